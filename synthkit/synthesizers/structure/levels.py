"""Self references: a level first, then a row of the level above, so that no cycle can arise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.picks import Weights, pick_in_groups
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Levels", "draw_parents", "draw_within", "seen_levels"]


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
    level = _levels(np.where(selfish, -1, parents))
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
    reached = np.cumsum(levels.rows)
    parents = np.full(count, -1, np.int64)
    if not count or not reached[-1]:
        return parents
    ends = np.maximum(1, np.rint(count * reached / reached[-1]).astype(np.int64)).tolist()
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


def draw_within(
    groups: Indices, levels: Levels, children: CountDistribution, rng: np.random.Generator
) -> Indices:
    """Return the parent of each of a block's rows among those of its own group; -1: none.

    ``groups`` tells rows apart (an article's comments), -1 is one of none. Each group has a top
    row, as many others are top rows as were seen, and the rest have levels as often as was seen,
    without a gap. Of a group's rows, in order, a parent stands before its children.
    """
    count, reached = len(groups), sum(levels.rows)
    parents = np.full(count, -1, np.int64)
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    first = np.append(True, sorted_groups[1:] != sorted_groups[:-1])[:count]
    level = np.zeros(count, np.int64)
    if reached > levels.rows[0]:
        free = np.flatnonzero(~first & (sorted_groups >= 0))
        tops = max(0, round(count * levels.rows[0] / reached) - (count - len(free)))
        below = rng.permutation(free)[tops:]
        shares = np.cumsum(levels.rows[1:])
        drawn = np.searchsorted(shares, rng.integers(0, shares[-1], len(below)), side="right")
        level[below] = drawn + 1
    group = np.cumsum(first) - 1
    level = level[np.lexsort((level, group))]
    rises = np.append(0, np.diff(level) > 0)
    rises[first] = 0
    climbed = np.cumsum(rises)
    level = climbed - climbed[np.maximum.accumulate(np.where(first, np.arange(count), 0))]
    depth = int(level.max(initial=0)) + 1
    picked = pick_in_groups(
        np.where(level > 0, group * depth + level - 1, -1),
        group * depth + level,
        Weights(children.draw(count, rng)),
        rng,
    )
    parents[order] = np.where(picked < 0, -1, order[np.maximum(picked, 0)])
    if levels.top_points_at_itself:
        tops_of_all = np.flatnonzero(parents < 0)
        parents[tops_of_all] = tops_of_all
    return parents


def _levels(above: Indices) -> Indices:
    """Return the number of rows above each row, 0 where they form a cycle.

    Each round doubles how far a row looks, so long chains are no trouble.
    """
    count = len(above)
    ahead = np.append(np.where(above < 0, count, above), count)
    steps = np.append(np.ones(count, np.int64), 0)
    for _ in range(max(count, 1).bit_length()):
        steps += steps[ahead]
        ahead = ahead[ahead]
    return np.where(ahead == count, steps - 1, 0)[:count]
