"""Self references: a level first, then a row of the level above, so that no cycle can arise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Levels", "draw_parents", "seen_levels"]


@dataclass(frozen=True)
class Levels:
    """How a self reference is nested: rows per level, and whether top rows point at themselves."""

    rows: tuple[int, ...]
    top_points_at_itself: bool


def seen_levels(parents: Indices) -> Levels:
    """Return the levels of a self reference, given each row's parent row (-1: none).

    A row that points at itself is a top row. Rows on a cycle count as top rows too. Where every
    row has a parent row, top rows point at themselves.
    """
    own = np.arange(len(parents))
    selfish = parents == own
    above = np.where(selfish, -1, parents)
    level = np.where(above < 0, 0, -1)
    depth = 0
    while True:
        waiting = (level < 0) & (above >= 0)
        reached = waiting & (level[np.maximum(above, 0)] == depth)
        if not reached.any():
            break
        depth += 1
        level[reached] = depth
    level[level < 0] = 0
    tops = level == 0
    return Levels(
        tuple(int(count) for count in np.bincount(level)) if len(level) else (0,),
        bool(tops.any() and (2 * int(selfish.sum()) > int(tops.sum()) or (parents >= 0).all())),
    )


def draw_parents(
    count: int,
    levels: Levels,
    children: CountDistribution,
    rng: np.random.Generator,
    one_to_one: bool = False,
) -> Indices:
    """Return the parent, as a position in ``range(count)``, of each of a block's rows; -1: none.

    Rows come level by level, so a parent stands before its children. Levels have the share that
    was seen; every block has a top row. Within a level parents are as unequal as was seen, or,
    where the key is one-to-one, each has one child at most.
    """
    total = sum(levels.rows)
    parents = np.full(count, -1, np.int64)
    if not count or not total:
        return parents
    ends = [
        max(1, round(count * sum(levels.rows[: i + 1]) / total)) for i in range(len(levels.rows))
    ]
    ends[-1] = count
    weights = children.draw(count, rng)
    start = 0
    for above, end in zip([0, *ends], ends, strict=False):
        if above and end > above and above > start and one_to_one:
            paired = min(end - above, above - start)
            parents[above : above + paired] = start + rng.permutation(above - start)[:paired]
        elif above and end > above and above > start:
            mass = weights[start:above].astype(np.float64)
            if not mass.any():
                mass[:] = 1.0
            bounds = np.cumsum(mass)
            places = np.searchsorted(bounds, rng.random(end - above) * bounds[-1], side="right")
            parents[above:end] = start + np.minimum(places, above - start - 1)
        if end > above:
            start = above
    if levels.top_points_at_itself:
        tops = np.flatnonzero(parents < 0)
        parents[tops] = tops
    return parents
