"""The generator: block after block of visitors with their sessions and all they do in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from synthkit.contracts import (
    GeneratedBlock,
    GenerateRequest,
    OutsideParent,
    Progress,
    Streams,
    TableChunk,
)
from synthkit.domains.layout import Block, Layout, in_order
from synthkit.errors import UsageError
from synthkit.schema import Schema
from synthkit_interactions.funnel import pour
from synthkit_interactions.pages import browse
from synthkit_interactions.reactions import click, like, share, watch
from synthkit_interactions.schema import described
from synthkit_interactions.settings import Settings
from synthkit_interactions.tables import page_rows, session_rows, visitor_rows
from synthkit_interactions.visits import arrive, visit
from synthkit_interactions.world import World, make_world

__all__ = ["LAYOUT", "InteractionsGenerator"]

VISITORS_PER_CUSTOMER = 3.0
OUTSIDE = (
    OutsideParent("customers", ("id", "created_at")),
    OutsideParent("articles", ("id", "published_at")),
    OutsideParent("content_videos", ("id", "published_at", "duration")),
)
LAYOUT = Layout(
    per_root={
        "visitors": 1.0,
        "sessions": 2.5,
        "page_views": 8.0,
        "clicks": 5.0,
        "likes": 0.4,
        "shares": 0.12,
        "watches": 0.7,
    },
    default=2_000,
    parents={
        "sessions": ["visitors"],
        "page_views": ["sessions"],
        "clicks": ["page_views"],
        "likes": ["page_views"],
        "shares": ["page_views"],
        "watches": ["page_views"],
    },
    room={name: lambda rows: rows["page_views"] for name in ("likes", "shares", "watches")},
)


class InteractionsGenerator:
    """Generates what visitors do. Memory is bounded by a block, and by the rows of others.

    A block's rows depend on the request's numbers of rows, the settings, the locale, the rows of
    others, the seed and the block's number, never on chunk sizes.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def schema(self) -> Schema:
        """Return the seven tables with their keys and rules."""
        return described()

    def outside_parents(self) -> Sequence[OutsideParent]:
        """Return the customers, articles and videos that visitors are, read and watch."""
        return OUTSIDE

    def linked_schema(self, outside: Schema) -> Schema:
        """Return the schema of the tables and of those outside that they point at."""
        return described(outside)

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        """Yield for each block its visitors, their sessions, and what they did.

        Raises `UsageError` for rows that cannot be, before the first chunk.
        """
        blocks = self.generated_blocks(request, streams)
        yield from in_order("interactions", blocks, request.chunk_rows, progress)

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        """Return the visitors in blocks with what they did."""
        rows = row_counts(request)
        plan = LAYOUT.blocks(rows, request.rows)
        world = make_world(self._settings, request, streams, plan)
        schema = described(Schema(tables=tuple(each.table for each in request.outside.values())))
        return [
            GeneratedBlock(sum(block.rows.values()), partial(_block_tables, block, schema, world))
            for block in plan
        ]


def row_counts(request: GenerateRequest) -> dict[str, int]:
    """Return the rows of every table: visitors follow customers, every session has a page view."""
    if "customers" in request.outside and not set(request.rows) & set(LAYOUT.per_root):
        visitors = round(VISITORS_PER_CUSTOMER * request.outside["customers"].rows.num_rows)
        implied = replace(request, rows={"visitors": visitors})
    else:
        implied = request
    rows = LAYOUT.row_counts(implied)
    if rows["sessions"] > rows["page_views"]:
        if "sessions" in request.rows and "page_views" in request.rows:
            raise UsageError(
                f"{rows['sessions']:,} sessions cannot have {rows['page_views']:,} page views in "
                "all: each has one or more.",
                hint="Ask for as many page_views as sessions, or more.",
            )
        if "page_views" in request.rows:
            rows["sessions"] = rows["page_views"]
        else:
            rows["page_views"] = rows["sessions"]
    return rows


def _block_tables(block: Block, schema: Schema, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: whole histories first, then the visitors they make."""
    streams = world.streams.under("block", block.number)
    visitors = arrive(block, world, streams.at("visitors"))
    sessions = visit(block, visitors, world, streams.at("sessions"))
    pages = browse(block, sessions, world, streams.at("pages"))
    clicks = click(block, sessions, pages, streams.at("clicks"))
    funnel = pour(visitors, sessions, pages, clicks, world, streams.at("funnel"))
    return {
        "visitors": visitor_rows(schema, visitors, sessions, funnel, world),
        "sessions": session_rows(schema, visitors, sessions, pages, streams.at("sources")),
        "page_views": page_rows(schema, sessions, pages, clicks, world, streams.at("paths")),
        "clicks": clicks.rows(schema, pages),
        "likes": like(block, schema, pages, streams.at("likes")),
        "shares": share(block, schema, pages, streams.at("shares")),
        "watches": watch(block, schema, pages, world, streams.at("watches")),
    }
