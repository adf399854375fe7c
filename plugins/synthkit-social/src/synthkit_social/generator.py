"""The generator: subreddits first, then block after block of people with all that they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pyarrow as pa

from synthkit.contracts import GeneratedBlock, GenerateRequest, Progress, Streams, TableChunk
from synthkit.domains.columns import Ints
from synthkit.domains.layout import Block, Layout, in_order
from synthkit.domains.people import People
from synthkit.schema import Schema
from synthkit_social.github.users import make_github
from synthkit_social.linkedin.profiles import make_linkedin
from synthkit_social.people import gather
from synthkit_social.reddit.users import make_reddit
from synthkit_social.schema import SCHEMA
from synthkit_social.settings import Settings
from synthkit_social.twitter.accounts import make_twitter
from synthkit_social.world import World, make_world
from synthkit_social.youtube.channels import make_youtube

__all__ = ["LAYOUT", "SocialGenerator"]


def _pairs_of_accounts(rows: Mapping[str, Ints]) -> Ints:
    accounts = rows["twitter_accounts"]
    return accounts * (accounts - 1)


def _pairs_of_stars(rows: Mapping[str, Ints]) -> Ints:
    return rows["github_users"] * rows["github_repositories"]


LAYOUT = Layout(
    per_root={
        "people": 1.0,
        "reddit_users": 0.6,
        "reddit_posts": 1.5,
        "reddit_comments": 5.0,
        "youtube_channels": 0.12,
        "youtube_videos": 0.9,
        "youtube_comments": 3.5,
        "twitter_accounts": 0.6,
        "twitter_follows": 5.0,
        "tweets": 4.0,
        "linkedin_profiles": 0.55,
        "linkedin_positions": 1.6,
        "github_users": 0.25,
        "github_repositories": 0.6,
        "github_stars": 1.5,
    },
    default=2_000,
    parents={
        "reddit_users": ["people"],
        "reddit_posts": ["reddit_users", "subreddits"],
        "reddit_comments": ["reddit_posts", "reddit_users"],
        "youtube_channels": ["people"],
        "youtube_videos": ["youtube_channels"],
        "youtube_comments": ["youtube_videos", "people"],
        "twitter_accounts": ["people"],
        "twitter_follows": ["twitter_accounts"],
        "tweets": ["twitter_accounts"],
        "linkedin_profiles": ["people"],
        "linkedin_positions": ["linkedin_profiles"],
        "github_users": ["people"],
        "github_repositories": ["github_users"],
        "github_stars": ["github_users", "github_repositories"],
    },
    shared={"subreddits": 60},
    room={
        "twitter_follows": _pairs_of_accounts,
        "linkedin_profiles": lambda rows: rows["people"],
        "github_stars": _pairs_of_stars,
    },
)


class SocialGenerator:
    """Generates five social networks. Memory is bounded by a block of people.

    A block's rows depend on the request's numbers of rows, the settings, the locale, the seed and
    the block's number; every table gets exactly the number of rows that was asked for.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def schema(self) -> Schema:
        """Return the sixteen tables with their keys and rules."""
        return SCHEMA

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        """Yield the subreddits, then for each block its people and what they do.

        Raises `UsageError` for rows that cannot be, before the first chunk.
        """
        blocks = self.generated_blocks(request, streams)
        yield from in_order("social", blocks, request.chunk_rows, progress)

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        """Return the subreddits, and the people in blocks with what they do."""
        rows = LAYOUT.row_counts(request)
        plan = LAYOUT.blocks(rows, request.rows)
        people = People(request.values, self._settings.locales(request.locale), streams)
        world = make_world(self._settings, people, streams, rows)
        shared = world.subreddits.rows
        return [
            GeneratedBlock(shared.num_rows, lambda: {"subreddits": shared}),
            *(
                GeneratedBlock(sum(block.rows.values()), partial(_block_tables, block, world))
                for block in plan
            ),
        ]


def _block_tables(block: Block, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block, parents first."""
    crowd = gather(block, world)
    return {
        "people": crowd.table(),
        **make_reddit(block, crowd, world),
        **make_youtube(block, crowd, world),
        **make_twitter(block, crowd, world),
        **make_linkedin(block, crowd, world),
        **make_github(block, crowd, world),
    }
