"""Users, whose karma is the sum of what their posts and comments were given."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import happens, sums
from synthkit.domains.columns import Ints, flags, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit_social.library import TOPICS
from synthkit_social.people import Accounts, Crowd, handles, open_accounts, taken
from synthkit_social.reddit.comments import Comments, write_comments
from synthkit_social.reddit.posts import Posts, write_posts
from synthkit_social.reddit.tables import USERS
from synthkit_social.world import World

__all__ = ["make_reddit"]

MOODS = (
    "Sleepy Quiet Salty Curious Rusty Lucky Grumpy Mellow Sunny Cosmic Lazy Brave Clever Fuzzy "
    "Hidden Honest Humble Icy Jolly Loyal Misty Nimble Odd Plain Rapid Silent Spicy Tiny Vivid Wild"
).split()
FIGURES = (
    "Badger Baker Comet Cactus Falcon Ferret Gecko Harbor Heron Lantern Llama Magpie Maple Moth "
    "Noodle Otter Panda Pebble Pickle Pilot Quokka Raccoon Raven Sparrow Sprout Teapot Turnip "
    "Walrus Wizard Yak"
).split()


def make_reddit(block: Block, crowd: Crowd, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: users, posts, comments."""
    streams = world.streams.under("reddit", block.number)
    users = open_accounts("reddit_users", block, crowd, world, streams.at("users"))
    posts = write_posts(block, users, world, streams.at("posts"))
    comments = write_comments(block, users, posts, world, streams.at("comments"))
    num_comments = np.bincount(comments.post, minlength=len(posts))
    return {
        "reddit_users": _rows(users, crowd, posts, comments, world, streams.at("profiles")),
        "reddit_posts": posts.rows(num_comments, world, streams.at("contents")),
        "reddit_comments": comments.rows(posts, world, streams.at("bodies")),
    }


def _rows(
    users: Accounts,
    crowd: Crowd,
    posts: Posts,
    comments: Comments,
    world: World,
    rng: np.random.Generator,
) -> pa.Table:
    count, person = len(users), users.person
    post_karma = sums(posts.author, posts.score, count)
    comment_karma = sums(comments.author, comments.score, count)
    karma = post_karma + comment_karma
    keen = np.log1p(np.maximum(karma, 0)) / 12
    return table(
        USERS,
        {
            "id": whole(users.ids),
            "person_id": whole(crowd.ids[person]),
            "username": _usernames(users, crowd, world.rows["reddit_users"], rng),
            "display_name": taken(crowd, "name", person, happens(0.7, count, rng)),
            "email": taken(crowd, "email", person),
            "created_at": times(users.created),
            "karma": whole(karma),
            "post_karma": whole(post_karma),
            "comment_karma": whole(comment_karma),
            "verified": flags(happens(0.6 + 0.35 * np.minimum(keen, 1), count, rng)),
            "premium": flags(happens(0.02 + 0.18 * np.minimum(keen, 1), count, rng)),
            "bio": world.library.bios.draw(users.group, rng, happens(0.65 - keen / 3, count, rng)),
            "location": taken(crowd, "city", person, happens(0.7, count, rng)),
            "interests": _interests(users, rng),
        },
    )


def _usernames(users: Accounts, crowd: Crowd, total: int, rng: np.random.Generator) -> pa.Array:
    """Return invented names for most, own first names for some; the number makes them unique."""
    invented = pool([f"{mood}{figure}" for mood in MOODS for figure in FIGURES])
    index = rng.integers(0, len(invented), len(users))
    own = happens(0.3, len(users), rng)
    bases = pc.if_else(
        pa.array(own), taken(crowd, "slug_first", users.person), text(invented, index)
    )
    return handles(bases, users.ids, total, "_")


def _interests(users: Accounts, rng: np.random.Generator) -> pa.Array:
    """Return one or two topics as a JSON list."""
    size = len(TOPICS)
    lists = [
        json.dumps([TOPICS[first]] if first == second else [TOPICS[first], TOPICS[second]])
        for first in range(size)
        for second in range(size)
    ]
    second = np.where(happens(0.3, len(users), rng), users.first, users.second)
    index: Ints = users.first * size + second
    return text(pool(lists), index)
