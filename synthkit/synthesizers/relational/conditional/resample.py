"""Completes rows of which some codes are given: several candidates each, one picked by weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, compiled_part, is_compiled
from synthkit.synthesizers.relational.conditional.redraw import NEXT, Attempts, Context
from synthkit.synthesizers.relational.drawing.anchors import COPIED, follow_parents
from synthkit.synthesizers.relational.drawing.kernel import (
    ODD,
    SAME,
    Bundle,
    draw_inside,
    follow_sibling,
)
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.relational.trees.forest import mix
from synthkit.synthesizers.structure.references import Indices

__all__ = ["CANDIDATES", "Forced", "in_order", "is_ready", "resample"]

Codes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
CANDIDATES = 64
"""Candidates for each row. The picked one is distributed as the exact conditional but for a bias
of the order of the weights' variance over this number (Rubin 1988, sampling importance
resampling)."""
_LAST = 255
_FLOOR = 1e-3
"""Part of every code's probability that is spread evenly over all 256, so that none is zero."""


@dataclass(frozen=True)
class Forced:
    """What is given of the rows of a block.

    ``codes`` is int16 (rows, fields), -1 where a field is drawn; ``numbers`` float64 (rows,
    fields), the coded numbers of those that are given; ``allowed`` bool (groups, fields, 256)
    and ``group`` int64 (rows,) say which codes may be drawn, ``ends`` uint8 (2, rows, fields)
    the least and the greatest of them, null apart.
    """

    codes: npt.NDArray[np.int16]
    numbers: npt.NDArray[np.float64]
    allowed: Mask
    group: Indices
    ends: Codes


def in_order(trees: Bundle) -> Codes:
    """Return the donors of all leaves, sorted inside each leaf."""
    leaves = np.flatnonzero(trees.feature < 0)
    leaves = leaves[np.argsort(trees.start[leaves], kind="stable")]
    leaf = np.repeat(np.arange(len(leaves)), trees.stop[leaves] - trees.start[leaves])
    return np.asarray(trees.donors[np.lexsort((trees.donors, leaf))], np.uint8)


def resample(
    learned: TableModel,
    ordered: Codes,
    context: Context,
    rows: Indices,
    since: Indices,
    forced: Forced,
    *,
    first_row: int,
    key: int,
    moves: bool,
) -> Attempts:
    """Draw candidates for some rows of a block and pick one of each row, as likely as it is.

    A candidate stands where a random row of the block does (if ``moves``), has the given codes,
    draws the fields up to the last given one from what precedes them, and weighs what the model
    makes of the given codes there. The picked one then draws the fields that are left.

    Args:
        learned: the table's model.
        ordered: its donors as `in_order` gives them.
        context: of all rows of the block.
        rows: int64, the rows to be completed, by their place in the block.
        since: int64, the first candidate's number of each.
        forced: what is given, of all rows of the block.
        first_row: number of the block's first row.
        key: 63 bits that choose the randomness.
        moves: whether rows may take another row's place.
    """
    trees, follows = learned.trees, learned.recurrence
    matters = (forced.codes >= 0).any(0) | ~forced.allowed.all((0, 2))
    matters |= (forced.ends[0] > 0).any(0) | (forced.ends[1] < _LAST).any(0)
    until = int(np.flatnonzero(matters)[-1]) + 1 if matters.any() else 0
    model = (
        trees.arrays,
        ordered,
        follows.arrays,
        _clocks(learned),
    )
    made = _resample(
        model,
        (learned.layout.parent, learned.layout.first_own, until, CANDIDATES if until else 1),
        (context.slots, context.times, context.around),
        (rows, since),
        (forced.codes, forced.numbers, forced.allowed, forced.group, forced.ends),
        first_row,
        np.uint64(key),
        moves,
    )
    return Attempts(rows, *made)


def is_ready() -> bool:
    """Say whether rows can be completed without compiling first."""
    return is_compiled(_resample)


def _clocks(learned: TableModel) -> Indices:
    """Return for each field the clock whose step it is; -1 for the others."""
    clocks = np.full(len(learned.fields), -1, np.int64)
    for place, step in enumerate(learned.recurrence.steps):
        if step >= 0:
            clocks[step] = place
    return clocks


@compiled_part
def _share(trees: Any, ordered: Any, slots: Any, column: int, code: int) -> Any:
    """Return how likely a cell has a code: the mean share of its leaves in all trees."""
    roots, feature, goes_left, left, start, stop, _ = trees
    total = 0.0
    for tree in range(roots.shape[1]):
        node = roots[column, tree]
        while feature[node] >= 0:
            other = slots[feature[node]]
            bit = (goes_left[node, other >> 6] >> np.uint64(other & 63)) & np.uint64(1)
            node = left[node] + (0 if bit else 1)
        leaf = ordered[start[node] : stop[node]]
        low = np.searchsorted(leaf, np.uint8(code))
        high = len(leaf) if code == 255 else np.searchsorted(leaf, np.uint8(code + 1))
        total += (high - low) / len(leaf)
    return (1 - _FLOOR) * total / roots.shape[1] + _FLOOR / 256


@compiled_part
def _candidate(  # noqa: C901 - one compiled loop
    model: Any, span: Any, given: Any, slots: Any, times: Any, where: Any, seed: Any
) -> float:
    """Fill in the fields of a span; return the weight of what is given of them (0: not allowed)."""
    trees, ordered, follows, clocks = model
    ordinal, first, start, stop = span
    row, codes, numbers, allowed, group, ends = given
    _, repeats, steps, _, uppers, anchors = follows
    around, context = where
    alone = slots[ordinal] == 1
    weight = 1.0
    for column in range(start, stop):
        forced = int(codes[row, column])
        clock = clocks[column]
        code = 0 if follows[0][column] and alone else -1
        if clock >= 0 and not alone and codes[row, clock] > 0 and slots[ordinal + 2 + clock] > 0:
            step = numbers[row, clock] - times[clock]
            if step < 0:
                return 0.0
            code = min(np.searchsorted(uppers[column], step), 254) + 1
            weight *= _share(trees, ordered, slots, column, code)
        elif not alone and code < 0:
            follow = forced < 0 or repeats[column] >= 0
            code = (
                follow_sibling(follows, slots, times, column, first, ordinal + 2) if follow else -1
            )
        if forced >= 0:
            flag = anchors[5][column]
            if flag >= 0 and slots[first + flag] == COPIED:
                code = follow_parents(follows, slots, around, context, column, first)
                weight *= 1.0 - _FLOOR if code == forced else _FLOOR
            elif repeats[column] >= 0 and slots[first + repeats[column]] == SAME:
                weight *= 1.0 - _FLOOR if code == forced else _FLOOR
            elif steps[column] < 0 or alone:
                weight *= _share(trees, ordered, slots, column, forced)
            code = forced
        elif code < 0:
            code = follow_parents(follows, slots, around, context, column, first)
            if code < 0:
                cell = mix(seed + np.uint64(ODD) * np.uint64(column + 1))
                code = draw_inside(trees, follows, slots, around, context, column, first, cell)
        slots[first + column] = code
        inside = code == 0 or ends[0, row, column] <= code <= ends[1, row, column]
        if not inside or not allowed[group[row], column, code]:
            return 0.0
    return weight


@compiled
def _resample(
    model: Any,
    sizes: Any,
    contexts: Any,
    asked: Any,
    forced: Any,
    first_row: int,
    key: Any,
    moves: bool,
) -> Any:
    rows, since = asked
    ordinal, first, until, candidates = sizes
    before, times_before, around = contexts
    columns = model[0][0].shape[0]
    slots = np.zeros(first + columns, np.uint8)
    times = np.zeros(columns)
    own = np.zeros((len(rows), columns), np.uint8)
    taken = np.zeros(len(rows), np.int64)
    number = np.full(len(rows), -1, np.int64)
    for place in range(len(rows)):
        row = rows[place]
        given = (row, forced[0], forced[1], forced[2], forced[3], forced[4])
        base = mix(key + np.uint64(ODD) * np.uint64(first_row + row + 1))
        total = 0.0
        for attempt in range(since[place], since[place] + candidates):
            seed = mix(base + np.uint64(NEXT) * np.uint64(attempt + 1))
            context = np.int64(mix(seed) % np.uint64(len(before))) if moves else row
            slots[:first] = before[context]
            slots[first:] = 0
            times[:] = times_before[context]
            weight = _candidate(
                model, (ordinal, first, 0, until), given, slots, times, (around, context), seed
            )
            total += weight
            # One pass: each candidate takes over with its share of the weight so far.
            uniform = (mix(seed ^ key) >> np.uint64(11)) * 2.0**-53
            if weight > 0 and uniform * total < weight:
                own[place] = slots[first:]
                taken[place] = context
                number[place] = attempt
        if number[place] >= 0:
            seed = mix(base + np.uint64(NEXT) * np.uint64(number[place] + 1))
            slots[:first] = before[taken[place]]
            slots[first:] = own[place]
            times[:] = times_before[taken[place]]
            span, where = (ordinal, first, until, columns), (around, taken[place])
            _candidate(model, span, given, slots, times, where, seed)
            own[place] = slots[first:]
    return own, taken, number
