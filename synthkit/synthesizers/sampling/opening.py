"""The first rows of a sample and where a part of it begins: what follows from the plan alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from synthkit.contracts.synthesizer import FittedModel, SampleRequest
from synthkit.synthesizers.sampling.blockwise import Blockwise
from synthkit.synthesizers.structure.layout import Layout

__all__ = ["Opening", "opening", "rows_before"]

_ROWS = 50_000
"""Rows of each table that are looked at, if it has them."""
_MOST = 500_000
"""Rows of all tables below a root that are drawn for that at most: two or three seconds of work."""


@dataclass(frozen=True)
class Opening:
    """The first rows of each table: how many they are, and the requests that draw them."""

    rows: Mapping[str, int]
    requests: tuple[SampleRequest, ...]


def opening(fitted: FittedModel, request: SampleRequest) -> Opening | None:
    """Return the opening of a sample: one row at least of each table that has any.

    None for a model whose chunks are not known before they are drawn.
    """
    if not isinstance(fitted, Blockwise):
        return None
    layout = Layout(fitted.profile.forest, request.plan)
    rows: dict[str, int] = {}
    requests, before = [], 0
    for root in layout.forest.roots:
        tables, count = layout.forest.below(root), layout.block_count(root)
        blocks = _blocks(layout, root)
        wanted = {(0, blocks)} if blocks else set()
        for table in tables:
            rows[table] = layout.rows(table, blocks - 1)[1] if blocks else 0
            if request.plan[table] and not rows[table]:
                ends = partial(_end, layout, table)
                first = bisect_right(range(count), 0, key=ends)
                rows[table] = layout.rows(table, first)[1]
                wanted.add((first, first + 1))
        requests += [
            replace(request, blocks=(before + start, before + stop))
            for start, stop in sorted(wanted)
        ]
        before += count
    return Opening(rows, tuple(requests))


def rows_before(fitted: FittedModel, request: SampleRequest) -> dict[str, int] | None:
    """Return how many rows of each table a sample has before a part of it; None as `opening`."""
    if not isinstance(fitted, Blockwise):
        return None
    layout = Layout(fitted.profile.forest, request.plan)
    index = request.blocks[0] if request.blocks else 0
    found, before = {}, 0
    for root in layout.forest.roots:
        number = min(max(index - before, 0), layout.block_count(root))
        for table in layout.forest.below(root):
            found[table] = layout.rows(table, number)[0]
        before += layout.block_count(root)
    return found


def _end(layout: Layout, table: str, number: int) -> int:
    return layout.rows(table, number)[1]


def _blocks(layout: Layout, root: str) -> int:
    """Return how many blocks of a root hold enough rows of all tables, and not too many."""
    count = layout.block_count(root)
    plan = [layout.plan[table] for table in layout.forest.below(root)]
    enough = max((-(-_ROWS * count // rows) for rows in plan if rows), default=0)
    most = max(_MOST * count // max(sum(plan), 1), 1)
    return min(count, enough, most)
