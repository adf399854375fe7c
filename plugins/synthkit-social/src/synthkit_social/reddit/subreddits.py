"""Subreddits: founded before anybody posts, each about a topic, shared by all blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.contracts import Streams
from synthkit.domains.chance import Choice, Draw, happens, zipf
from synthkit.domains.clock import DAY, Clock
from synthkit.domains.columns import Flags, Floats, Ints, flags, pool, table, text, times, whole
from synthkit_social.library import TOPIC_SHARES, TOPICS, Library
from synthkit_social.reddit.tables import SUBREDDITS

__all__ = ["Subreddits", "found_subreddits"]

_TOPICS = Choice(TOPIC_SHARES)
FOUNDING_SHARE = 0.1
"""The part of the period in which subreddits are founded."""

ABROAD = 0.4
"""Size of subreddits in other languages than the first one's, against these."""


@dataclass(frozen=True)
class Subreddits:
    """All subreddits, one array each; ``group`` is that of the texts, ``size`` has mean 1."""

    rows: pa.Table
    names: pa.Array
    group: Ints
    created: Ints
    size: Floats
    adult: Flags
    by_group: Draw
    by_size: Draw

    def __len__(self) -> int:
        return len(self.group)

    def draw(self, group: Ints, rng: np.random.Generator) -> Ints:
        """Return a subreddit of each group; else one of the topic, else any."""
        found = self.by_group.draw(len(group), rng, group)
        translated = self.by_group.draw(len(group), rng, group % len(TOPICS))
        anywhere = self.by_size.draw(len(group), rng)
        return np.where(found >= 0, found, np.where(translated >= 0, translated, anywhere))


def found_subreddits(count: int, library: Library, clock: Clock, streams: Streams) -> Subreddits:
    """Return ``count`` subreddits: every topic's own names, then names with a number."""
    rng = streams.at("subreddits")
    language, topic, names = _named(count, library, rng)
    group = language * len(TOPICS) + topic
    size = rng.permutation(zipf(count, 0.9)) * np.where(language == 0, 1.0, ABROAD)
    size *= count / max(size.sum(), 1e-9)
    first_days = max(1, int(clock.day_count * FOUNDING_SHARE))
    created = clock.start + rng.integers(0, first_days * DAY, count)
    adult = happens(0.03, count, rng)
    subscribers = np.floor(size * 40_000 * rng.lognormal(0, 0.4, count)).astype(np.int64) + 12
    rows = table(
        SUBREDDITS,
        {
            "name": names,
            "topic": text(pool(TOPICS), topic),
            "language": text(pool(library.languages), language),
            "description": library.communities.draw(group, rng),
            "created_at": times(created),
            "subscriber_count": whole(subscribers),
            "nsfw": flags(adult),
        },
    )
    groups = len(library.languages) * len(TOPICS)
    return Subreddits(
        rows=rows,
        names=names,
        group=group,
        created=created,
        size=size,
        adult=adult,
        by_group=Draw(size, group, groups),
        by_size=Draw(size),
    )


def _named(count: int, library: Library, rng: np.random.Generator) -> tuple[Ints, Ints, pa.Array]:
    """Return languages, topics and names.

    Names are dealt out topic by topic, so that a few subreddits cover many topics.
    """
    own = [
        (language, topic, name)
        for place in range(5)
        for language in range(len(library.languages))
        for topic in rng.permutation(len(TOPICS)).tolist()
        for name in [library.topic_words(language, topic, "places")[place]]
    ]
    dealt = [
        (language, topic, name if round_ == 0 else f"{name}{round_ + 1}")
        for round_ in range(-(-count // len(own)))
        for language, topic, name in own
    ][:count]
    return (
        np.array([each[0] for each in dealt], dtype=np.int64),
        np.array([each[1] for each in dealt], dtype=np.int64),
        pool([each[2] for each in dealt]),
    )
