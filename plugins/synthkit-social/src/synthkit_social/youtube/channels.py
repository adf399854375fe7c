"""Channels of persons and of brands, with the sums of what their videos reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import happens, pareto, sums
from synthkit.domains.clock import DAY
from synthkit.domains.columns import Flags, Ints, flags, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit_social.people import Accounts, Crowd, open_accounts, taken
from synthkit_social.world import World
from synthkit_social.youtube.comments import write_comments
from synthkit_social.youtube.tables import CHANNELS
from synthkit_social.youtube.videos import CATEGORIES, Videos, publish

__all__ = ["make_youtube"]

BRANDS = 0.15
"""Share of channels that belong to no person."""

MONETIZED_FROM, VERIFIED_FROM = 1_000, 100_000
"""Subscribers that a channel needs to earn money, and to be verified."""

YEAR = 365.25 * DAY


@dataclass(frozen=True)
class Channels:
    """The channels of a block in the order in which they were opened."""

    accounts: Accounts
    brand: Flags
    subscribers: Ints

    def rows(
        self, videos: Videos, crowd: Crowd, world: World, rng: np.random.Generator
    ) -> pa.Table:
        """Return the table of the channels."""
        accounts, library, count = self.accounts, world.library, len(self.brand)
        person, subscribers = accounts.person, self.subscribers
        named = ~self.brand & happens(0.4, count, rng)
        names = pc.if_else(
            pa.array(named),
            taken(crowd, "name", person),
            library.channels.draw(accounts.group, rng),
        )
        earning = (subscribers >= MONETIZED_FROM) & happens(0.9, count, rng)
        verified = (subscribers >= VERIFIED_FROM) & happens(0.85, count, rng)
        return table(
            CHANNELS,
            {
                "id": whole(accounts.ids),
                "person_id": whole(crowd.ids[person], self.brand),
                "name": names,
                "description": library.about.draw(
                    accounts.group, rng, happens(np.where(self.brand, 0.02, 0.15), count, rng)
                ),
                "created_at": times(accounts.created),
                "subscriber_count": whole(subscribers),
                "video_count": whole(np.bincount(videos.channel, minlength=count)),
                "total_views": whole(sums(videos.channel, videos.views, count)),
                "category": text(pool(CATEGORIES), accounts.first),
                "country": taken(crowd, "country", person, happens(0.2, count, rng)),
                "verified": flags(verified),
                "monetization": flags(earning),
            },
        )


def make_youtube(block: Block, crowd: Crowd, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: channels, videos, comments."""
    streams = world.streams.under("youtube", block.number)
    channels = _open_channels(block, crowd, world, streams.at("channels"))
    videos, comments = _published(block, channels, crowd, world, streams.at("videos"))
    return {
        "youtube_channels": channels.rows(videos, crowd, world, streams.at("profiles")),
        "youtube_videos": videos.rows(world, streams.at("titles")),
        "youtube_comments": comments,
    }


def _published(
    block: Block, channels: Channels, crowd: Crowd, world: World, rng: np.random.Generator
) -> tuple[Videos, pa.Table]:
    videos = publish(block, channels.accounts, channels.subscribers, world, rng)
    comments = write_comments(block, videos, crowd, world, rng)
    return videos.commented(comments.video), comments.rows(crowd, videos, world, rng)


def _open_channels(block: Block, crowd: Crowd, world: World, rng: np.random.Generator) -> Channels:
    accounts = open_accounts("youtube_channels", block, crowd, world, rng)
    count = len(accounts)
    brand = happens(BRANDS, count, rng)
    years = (world.clock.end - accounts.created) / YEAR
    appeal = pareto(0.75, count, rng, 3e5) * np.where(brand, 4.0, 1.0)
    reach = 9 * appeal * (0.1 + years) ** 0.7 * np.minimum(accounts.activity, 50) ** 0.4
    return Channels(accounts, brand, np.minimum(reach, 9e7).astype(np.int64))
