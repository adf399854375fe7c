"""Comments: trees below posts, soon after these, by people who care for the topic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Draw, counts, happens, pareto
from synthkit.domains.clock import HOUR
from synthkit.domains.columns import Flags, Ints, flags, table, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit.domains.trees import depths, grow
from synthkit_social.library import TOPICS
from synthkit_social.people import Accounts
from synthkit_social.reddit.posts import Posts
from synthkit_social.reddit.tables import COMMENTS
from synthkit_social.world import World

__all__ = ["Comments", "write_comments"]

DELAY, DELAY_SHAPE = 3.0 * HOUR, 1.1
"""Scale and shape of the Lomax law of the busy time from a post to a comment on it."""

TOP_LEVEL = 0.4
"""Share of comments that answer the post and not another comment."""

BY_AUTHOR = 0.08
"""Share of comments by who wrote the post."""

AT_HOME = 0.75
"""Share of comments by people whose first interest the post is about."""


@dataclass(frozen=True)
class Comments:
    """The comments of a block, post by post and in order of time below each.

    ``post``, ``author`` and ``parent`` are places in the block's posts, users and comments;
    ``parent`` is -1 for comments on the post itself.
    """

    ids: Ints
    post: Ints
    author: Ints
    parent: Ints
    depth: Ints
    created: Ints
    score: Ints
    submitter: Flags

    def rows(self, posts: Posts, world: World, rng: np.random.Generator) -> pa.Table:
        """Return the table of the comments."""
        library, group, count = world.library, posts.group[self.post], len(self.post)
        answer, advice = self.depth == 0, happens(0.35, count, rng)
        brief = ~answer & happens(0.55, count, rng)
        body = joined(
            library.replies.draw(group // len(TOPICS), rng, answer),
            library.comments.draw(group, rng, brief | advice),
            library.tips.draw(group, rng, brief | ~advice),
        )
        return table(
            COMMENTS,
            {
                "id": whole(self.ids),
                "post_id": whole(posts.ids[self.post]),
                "user_id": whole(posts.user_ids[self.author]),
                "parent_id": whole(self.ids[self.parent], self.parent < 0),
                "depth": whole(self.depth),
                "body": body,
                "created_at": times(self.created),
                "score": whole(self.score),
                "is_submitter": flags(self.submitter),
            },
        )


def write_comments(
    block: Block, users: Accounts, posts: Posts, world: World, rng: np.random.Generator
) -> Comments:
    """Return the comments of a block."""
    count = block.rows["reddit_comments"]
    interest = (posts.ups + 1.0) ** 0.7 * rng.standard_gamma(0.8, len(posts))
    post = np.repeat(np.arange(len(posts)), counts(count, interest, rng))
    author = _authors(users, posts, post, world, rng)
    created = world.clock.burst(
        posts.created[post], users.zone[author], DELAY, DELAY_SHAPE, rng.random(count)
    )
    order = np.lexsort((created, post))
    post, author, created = post[order], author[order], created[order]
    parent, place = grow(post, TOP_LEVEL, rng)
    depth = depths(parent)
    liked = (posts.ups[post] / (1.0 + place)) ** 0.45 * pareto(1.3, count, rng, 5_000)
    score = np.where(
        happens(0.07, count, rng),
        1 - rng.geometric(0.3, count),
        np.maximum(1, np.minimum(liked, posts.ups[post] * 1.5 + 3)).astype(np.int64),
    )
    return Comments(
        ids=block.ids("reddit_comments"),
        post=post,
        author=author,
        parent=parent,
        depth=depth,
        created=created,
        score=score,
        submitter=author == posts.author[post],
    )


def _authors(
    users: Accounts, posts: Posts, post: Ints, world: World, rng: np.random.Generator
) -> Ints:
    """Return who comments: people of the topic, anybody, or the author, who always exists."""
    count, group = len(post), posts.group[post]
    moments, zero = posts.created[post], np.zeros(count, dtype=np.int64)
    here = Draw(users.activity, users.group, len(world.library.languages) * len(TOPICS))
    anywhere = Draw(users.activity)
    of_topic = here.draw(count, rng, group, here.arrived(users.created, moments, group))
    anybody = anywhere.draw(count, rng, first=anywhere.arrived(users.created, moments, zero))
    chosen = np.where(happens(AT_HOME, count, rng) & (of_topic >= 0), of_topic, anybody)
    return np.where((chosen < 0) | happens(BY_AUTHOR, count, rng), posts.author[post], chosen)
