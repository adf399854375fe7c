"""Comments on videos: soon after these, and answers one level deep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Draw, counts, happens, pareto
from synthkit.domains.clock import HOUR
from synthkit.domains.columns import Ints, table, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit.domains.trees import places_in_groups
from synthkit_social.library import TOPICS
from synthkit_social.people import Crowd
from synthkit_social.world import World
from synthkit_social.youtube.tables import COMMENTS
from synthkit_social.youtube.videos import Videos

__all__ = ["Comments", "write_comments"]

DELAY, DELAY_SHAPE = 10.0 * HOUR, 0.9
ANSWERS = 0.3
"""Share of comments that answer another one."""

AT_HOME = 0.7
"""Share of comments by people whose first interest the video is about."""


@dataclass(frozen=True)
class Comments:
    """The comments of a block, video by video and in order of time below each."""

    ids: Ints
    video: Ints
    person: Ints
    parent: Ints
    published: Ints
    likes: Ints

    def rows(
        self, crowd: Crowd, videos: Videos, world: World, rng: np.random.Generator
    ) -> pa.Table:
        """Return the table of the comments."""
        library, group, count = world.library, videos.group[self.video], len(self.video)
        first, advice = self.parent < 0, happens(0.25, count, rng)
        brief = ~first & happens(0.6, count, rng)
        text = joined(
            library.replies.draw(group // len(TOPICS), rng, first & happens(0.7, count, rng)),
            library.comments.draw(group, rng, brief | advice),
            library.tips.draw(group, rng, brief | ~advice),
        )
        return table(
            COMMENTS,
            {
                "id": whole(self.ids),
                "video_id": whole(videos.ids[self.video]),
                "person_id": whole(crowd.ids[self.person]),
                "parent_id": whole(self.ids[self.parent], first),
                "text": text,
                "published_at": times(self.published),
                "likes": whole(self.likes),
            },
        )


def write_comments(
    block: Block, videos: Videos, crowd: Crowd, world: World, rng: np.random.Generator
) -> Comments:
    """Return the comments of a block; only public videos have any."""
    count = block.rows["youtube_comments"]
    interest = (videos.views + 1.0) ** 0.75 * rng.standard_gamma(0.7, len(videos))
    interest *= videos.privacy == 0
    video = np.repeat(np.arange(len(videos)), counts(count, interest, rng))
    group = crowd.language * len(TOPICS) + crowd.first
    eager = pareto(1.2, len(crowd), rng, 1_000)
    here = Draw(eager, group, len(world.library.languages) * len(TOPICS))
    of_topic = here.draw(count, rng, videos.group[video])
    anybody = Draw(eager).draw(count, rng)
    person = np.where(happens(AT_HOME, count, rng) & (of_topic >= 0), of_topic, anybody)
    published = world.clock.burst(
        videos.published[video], crowd.zone[person], DELAY, DELAY_SHAPE, rng.random(count)
    )
    order = np.lexsort((published, video))
    video, person, published = video[order], person[order], published[order]
    parent, place = _answers(video, rng)
    likes = (videos.views[video] / (10.0 + place)) ** 0.4 * pareto(1.2, count, rng, 3_000)
    return Comments(
        ids=block.ids("youtube_comments"),
        video=video,
        person=person,
        parent=parent,
        published=published,
        likes=np.minimum(likes * 0.2, videos.views[video]).astype(np.int64),
    )


def _answers(video: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the comment that each answers: one that answers none; -1 for no comment.

    Every fourth or so of a video's comments answers the last one before it that does not.
    """
    count = len(video)
    place = places_in_groups(video)
    alone = (place == 0) | (rng.random(count) >= ANSWERS)
    last = np.maximum.accumulate(np.where(alone, np.arange(count), -1)) if count else place
    return np.where(alone, -1, last), place
