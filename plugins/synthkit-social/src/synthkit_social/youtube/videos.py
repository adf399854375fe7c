"""Videos: when they come out, how long they are, and how many people watch and like them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, counts, happens, pareto
from synthkit.domains.clock import DAY
from synthkit.domains.columns import Floats, Ints, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit_social.library import TOPICS
from synthkit_social.people import Accounts
from synthkit_social.world import World
from synthkit_social.youtube.tables import VIDEOS

__all__ = ["CATEGORIES", "PRIVACY", "Videos", "publish"]

CATEGORIES = (
    "Howto & Style",
    "Gaming",
    "Science & Technology",
    "Sports",
    "Travel & Events",
    "Music",
    "News & Politics",
    "Howto & Style",
    "Film & Animation",
    "Education",
    "Pets & Animals",
    "Howto & Style",
)
"""What YouTube calls each of the `TOPICS`."""

MINUTES = np.array([9, 24, 14, 11, 13, 4, 12, 9, 10, 16, 5, 15], dtype=float)
"""Median length of a video on each topic."""

SHORTS = np.array([0.3, 0.15, 0.08, 0.3, 0.2, 0.2, 0.12, 0.25, 0.2, 0.1, 0.45, 0.2])
"""Share of videos of at most a minute on each topic."""

PRIVACY = ("public", "unlisted", "private")
_PRIVACY = Choice(np.array([0.93, 0.05, 0.02]))
OUTSIDE_TOPIC = 0.1
LONGEST = 6 * 3_600
FIRST_DAYS = 9 * DAY
"""Seconds in which a video gets most of the views of its first burst."""


@dataclass(frozen=True)
class Videos:
    """The videos of a block in order of time; ``channel`` is a place in its channels."""

    ids: Ints
    channel_ids: Ints
    channel: Ints
    group: Ints
    published: Ints
    duration: Ints
    privacy: Ints
    views: Ints
    comments: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def commented(self, video: Ints) -> Videos:
        """Return the videos with the number of their comments; who comments has watched."""
        comments = np.bincount(video, minlength=len(self)).astype(np.int64)
        privacy = np.where(comments > 0, 0, self.privacy)
        return replace(
            self, comments=comments, privacy=privacy, views=np.maximum(self.views, comments)
        )

    def rows(self, world: World, rng: np.random.Generator) -> pa.Table:
        """Return the table of the videos."""
        count, library = len(self), world.library
        topic, language = self.group % len(TOPICS), self.group // len(TOPICS)
        likes, dislikes = _reactions(self.views, rng)
        short = self.duration <= 60
        described = joined(
            library.descriptions.draw(self.group, rng),
            library.tips.draw(self.group, rng, happens(0.4, count, rng)),
            library.calls.draw(language, rng, happens(0.35, count, rng)),
        )
        none = pa.array(happens(np.where(short, 0.5, 0.04), count, rng))
        return table(
            VIDEOS,
            {
                "id": whole(self.ids),
                "channel_id": whole(self.channel_ids[self.channel]),
                "title": library.videos.draw(self.group, rng),
                "description": pc.if_else(none, None, described),
                "published_at": times(self.published),
                "duration": whole(self.duration),
                "views": whole(self.views),
                "likes": whole(likes),
                "dislikes": whole(dislikes),
                "comments": whole(self.comments),
                "category": text(pool(CATEGORIES), topic),
                "tags": library.tag_lists.draw(self.group, rng, happens(0.12, count, rng)),
                "thumbnail_url": joined(
                    "https://img.example.com/vi/",
                    pa.array(self.ids).cast(pa.string()),
                    "/hq720.jpg",
                    separator="",
                ),
                "privacy": text(pool(PRIVACY), self.privacy),
            },
        )


def publish(
    block: Block, channels: Accounts, subscribers: Ints, world: World, rng: np.random.Generator
) -> Videos:
    """Return the videos of a block, before anybody has commented on them."""
    count, clock = block.rows["youtube_videos"], world.clock
    diligence = channels.activity**0.8 * (1 + subscribers) ** 0.1
    channel = np.repeat(np.arange(len(channels)), counts(count, diligence, rng))
    published = clock.between(
        channels.created[channel], clock.end, channels.zone[channel], rng.random(count)
    )
    order = np.argsort(published, kind="stable")
    channel, published = channel[order], published[order]
    outside = happens(OUTSIDE_TOPIC, count, rng)
    topic = np.where(outside, channels.second[channel], channels.first[channel])
    privacy = _PRIVACY.draw(count, rng)
    duration = _durations(topic, rng)
    views = _views(subscribers[channel], clock.end - published, privacy, duration, rng)
    return Videos(
        ids=block.ids("youtube_videos"),
        channel_ids=channels.ids,
        channel=channel,
        group=channels.language[channel] * len(TOPICS) + topic,
        published=published,
        duration=duration,
        privacy=privacy,
        views=views,
        comments=np.zeros(count, dtype=np.int64),
    )


def _durations(topic: Ints, rng: np.random.Generator) -> Ints:
    """Return lengths in seconds: log-normal about the topic's median, or that of a short."""
    count = len(topic)
    lengths = 60 * MINUTES[topic] * rng.lognormal(0, 0.55, count)
    short = happens(SHORTS[topic], count, rng)
    seconds: Ints = np.where(
        short, rng.integers(12, 61, count), np.clip(lengths, 61, LONGEST).astype(np.int64)
    )
    return seconds


def _views(
    subscribers: Ints, age: Ints, privacy: Ints, duration: Ints, rng: np.random.Generator
) -> Ints:
    """Return views: they follow the channel's reach, come soon, and then trickle in with age."""
    count = len(subscribers)
    share = 0.12 * pareto(1.2, count, rng, 20_000) * np.where(duration <= 60, 1.6, 1.0)
    settled: Floats = -np.expm1(-age / FIRST_DAYS) + 0.25 * np.log1p(age / (90 * DAY))
    views = (subscribers + 40.0) ** 0.95 * share * settled
    views = np.where(privacy == 2, rng.poisson(3, count), views)
    return np.minimum(views, 2e9).astype(np.int64)


def _reactions(views: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return likes and dislikes: together never more than there are views."""
    count = len(views)
    likes = np.floor(views * rng.beta(2.2, 50, count)).astype(np.int64)
    dislikes = np.floor((views - likes) * rng.beta(1.1, 700, count)).astype(np.int64)
    return likes, dislikes
