"""Posts: who writes them where and when, how they do, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, counts, happens, pareto
from synthkit.domains.clock import DAY
from synthkit.domains.columns import (
    Flags,
    Floats,
    Ints,
    decimals,
    flags,
    pool,
    table,
    text,
    times,
    whole,
)
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit_social.library import KINDS, TOPICS
from synthkit_social.people import Accounts
from synthkit_social.reddit.tables import POSTS
from synthkit_social.world import World

__all__ = ["Posts", "write_posts"]

TYPES = ("text", "link", "image")
TYPES_OF_KINDS = np.array([[96, 1, 3], [30, 5, 65], [85, 12, 3], [40, 55, 5]], dtype=float)
"""How posts of each kind come: as text, as a link, as an image."""

REACH_OF_KINDS = np.array([0.7, 1.5, 1.0, 1.2])
OUTSIDE_INTERESTS = 0.25
"""Share of posts about the second interest of their author."""

FIRST_DAY = 0.6 * DAY
"""Seconds in which a post gets most of the votes that it will get."""

_KINDS = Choice(np.array([0.42, 0.2, 0.25, 0.13]))
_TYPES = Choice(TYPES_OF_KINDS)


@dataclass(frozen=True)
class Posts:
    """The posts of a block in order of time; ``author`` is a place in its users."""

    ids: Ints
    user_ids: Ints
    author: Ints
    subreddit: Ints
    group: Ints
    kind: Ints
    created: Ints
    ups: Ints
    score: Ints
    ratio: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, num_comments: Ints, world: World, rng: np.random.Generator) -> pa.Table:
        """Return the table of the posts, given the number of comments of each."""
        count, library, subreddits = len(self), world.library, world.subreddits
        language = self.group // len(TOPICS)
        form = _TYPES.draw_by(self.kind, rng)
        adult = subreddits.adult[self.subreddit] | happens(0.008, count, rng)
        labelled = np.array([0.8, 0.6, 0.3, 0.45])[self.kind]
        return table(
            POSTS,
            {
                "id": whole(self.ids),
                "user_id": whole(self.user_ids[self.author]),
                "subreddit": subreddits.names.take(pa.array(self.subreddit)),
                "title": library.titles.draw(self.group * len(KINDS) + self.kind, rng),
                "post_type": text(pool(TYPES), form),
                "content": _contents(self.group, language, self.kind, form != 0, world, rng),
                "created_at": times(self.created),
                "score": whole(self.score),
                "upvote_ratio": decimals(self.ratio, 2),
                "num_comments": whole(num_comments),
                "awards": whole(rng.poisson(np.minimum(self.score / 900, 40))),
                "flair": library.flairs.draw(self.group, rng, ~happens(labelled, count, rng)),
                "nsfw": flags(adult),
                "stickied": flags(happens(0.003, count, rng)),
            },
        )


def write_posts(block: Block, users: Accounts, world: World, rng: np.random.Generator) -> Posts:
    """Return the posts of a block."""
    count, subreddits, clock = block.rows["reddit_posts"], world.subreddits, world.clock
    author = np.repeat(np.arange(len(users)), counts(count, users.activity, rng))
    outside = happens(OUTSIDE_INTERESTS, count, rng)
    topic = np.where(outside, users.second[author], users.first[author])
    subreddit = subreddits.draw(users.language[author] * len(TOPICS) + topic, rng)
    low = np.maximum(users.created[author], subreddits.created[subreddit])
    created = clock.between(low, clock.end, users.zone[author], rng.random(count))
    order = np.argsort(created, kind="stable")
    author, subreddit, created = author[order], subreddit[order], created[order]
    kind = _KINDS.draw(count, rng)
    reach = (
        8.0
        * subreddits.size[subreddit] ** 0.5
        * REACH_OF_KINDS[kind]
        * np.minimum(users.activity[author], 60) ** 0.3
        * pareto(1.15, count, rng, 30_000)
    )
    ups, ratio, score = _votes(reach, clock.end - created, rng)
    return Posts(
        ids=block.ids("reddit_posts"),
        user_ids=users.ids,
        author=author,
        subreddit=subreddit,
        group=subreddits.group[subreddit],
        kind=kind,
        created=created,
        ups=ups,
        score=score,
        ratio=ratio,
    )


def _votes(reach: Floats, age: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return votes up, their share of all votes in hundredths, and the score: never below 0.

    A post starts with its author's vote.
    """
    settled = -np.expm1(-age / FIRST_DAY)
    wanted = np.floor(reach * settled).astype(np.int64)
    share = rng.beta(11, 1.3, len(reach))
    ups = 1 + np.floor(wanted * share).astype(np.int64)
    downs = wanted - (ups - 1)
    ratio = np.rint(100 * ups / (ups + downs)).astype(np.int64)
    return ups, ratio, np.maximum(ups - downs, 0)


def _contents(
    group: Ints, language: Ints, kind: Ints, missing: Flags, world: World, rng: np.random.Generator
) -> pa.Array:
    """Return what the posts say: two to four sentences, null for links and images."""
    count, library = len(group), world.library
    body = joined(
        library.context.draw(group, rng),
        library.context.draw(group, rng, happens(0.5, count, rng)),
        library.tips.draw(group, rng, (kind == 0) | happens(0.3, count, rng)),
        library.closings.draw(language * len(KINDS) + kind, rng, happens(0.25, count, rng)),
    )
    return pc.if_else(pa.array(missing), None, body)
