"""Draws rows again, each where another row of its block stands, until their codes are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, is_compiled
from synthkit.synthesizers.relational.drawing.anchors import follow_parents
from synthkit.synthesizers.relational.drawing.kernel import ODD, draw_inside, follow_sibling
from synthkit.synthesizers.relational.drawing.parity import is_held_back
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.relational.trees.forest import mix
from synthkit.synthesizers.structure.references import Indices

__all__ = ["NEXT", "Attempts", "Context", "is_ready", "redraw", "uniforms"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
NEXT = 0xD1B54A32D192ED03


@dataclass(frozen=True)
class Context:
    """What rows of a block depend on: all that comes before their own fields.

    ``slots`` is uint8 (rows, slots before the row's own). ``times`` is float64 (rows, fields),
    the coded numbers of the sibling before, for fields that are clocks. ``around`` is float64
    (rows, numbers), the bounds and what may be copied.
    """

    slots: Codes
    times: Numbers
    around: Numbers


@dataclass(frozen=True)
class Attempts:
    """Rows that were drawn, by their place in the block: codes, and where each stood.

    ``own`` is uint8 (rows, fields), ``number`` which attempt it was (-1: none was allowed).
    """

    rows: Indices
    own: Codes
    context: Indices
    number: Indices

    def take(self, chosen: Indices) -> Attempts:
        """Return some of the rows."""
        return Attempts(
            self.rows[chosen], self.own[chosen], self.context[chosen], self.number[chosen]
        )

    def put(self, other: Attempts) -> None:
        """Put other attempts at rows in the place of those here, which are all of a block."""
        self.own[other.rows] = other.own
        self.context[other.rows] = other.context
        self.number[other.rows] = other.number


def redraw(
    learned: TableModel,
    context: Context,
    rows: Indices,
    since: Indices,
    tries: int,
    allowed: Mask,
    group: Indices,
    *,
    first_row: int,
    key: int,
    moves: bool,
) -> Attempts:
    """Draw some rows of a block, each until all of its codes are allowed.

    An attempt stands in the place of any row of the block if ``moves``, else in its own. What it
    gives depends on key, row number and attempt alone.

    Args:
        learned: the table's model.
        context: of all rows of the block.
        rows: int64, the rows to be drawn, by their place in the block.
        since: int64, the first attempt of each, from 1.
        tries: how many attempts to make of each.
        allowed: bool (groups, fields up to the last that matters, 256).
        group: int64, the group of each.
        first_row: number of the block's first row.
        key: 63 bits that choose the randomness.
        moves: whether rows may take another row's place.
    """
    trees, follows = learned.trees, learned.recurrence
    made = _redraw(
        trees.arrays,
        follows.arrays,
        learned.parity.arrays,
        (learned.layout.parent, learned.layout.first_own),
        context.slots,
        (context.times, context.around),
        (rows, since, group),
        tries,
        allowed,
        first_row,
        np.uint64(key),
        moves,
    )
    return Attempts(rows, *made)


def is_ready() -> bool:
    """Say whether rows can be drawn again without compiling first."""
    return is_compiled(_redraw)


def uniforms(key: int, rows: Indices, attempts: Indices) -> Numbers:
    """Return a number from 0 to 1 for each attempt of a row; a function of the three alone."""
    with np.errstate(over="ignore"):
        seeds = _mixed(np.uint64(key) + np.uint64(ODD) * (rows.astype(np.uint64) + 1))
        seeds = _mixed(seeds + np.uint64(NEXT) * (attempts.astype(np.uint64) + 1))
    return np.asarray((seeds >> np.uint64(11)) * 2.0**-53, np.float64)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return well mixed numbers, as `mix` does one."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@compiled
def _redraw(
    trees: Any,
    follows: Any,
    parity: Any,
    sizes: Any,
    contexts: Any,
    known: Any,
    asked: Any,
    tries: int,
    allowed: Any,
    first_row: int,
    key: Any,
    moves: bool,
) -> Any:
    rows, since, group = asked
    later = follows[0]
    times_before, around = known
    ordinal, first = sizes
    columns = trees[0].shape[0]
    until = allowed.shape[1]
    previous = ordinal + 2
    slots = np.zeros(first + columns, np.uint8)
    times = np.zeros(columns)
    own = np.zeros((len(rows), columns), np.uint8)
    taken = np.zeros(len(rows), np.int64)
    number = np.full(len(rows), -1, np.int64)
    for place in range(len(rows)):
        base = mix(key + np.uint64(ODD) * np.uint64(first_row + rows[place] + 1))
        for attempt in range(since[place], since[place] + tries):
            seed = mix(base + np.uint64(NEXT) * np.uint64(attempt + 1))
            context = rows[place]
            if moves:
                context = np.int64(mix(seed) % np.uint64(len(contexts)))
            slots[:first] = contexts[context]
            slots[first:] = 0
            times[:] = times_before[context]
            alone = slots[ordinal] == 1
            fits = True
            for column in range(columns):
                code = 0 if later[column] and alone else -1
                if not alone:
                    code = follow_sibling(follows, slots, times, column, first, previous)
                if code < 0:
                    code = follow_parents(follows, slots, around, context, column, first)
                if code < 0:
                    cell = mix(seed + np.uint64(ODD) * np.uint64(column + 1))
                    code = draw_inside(trees, follows, slots, around, context, column, first, cell)
                slots[first + column] = code
                if column < until and not allowed[group[place], column, code]:
                    fits = False
                    break
            fits = fits and not (len(parity[0]) > 0 and is_held_back(parity, slots, first, seed))
            if fits:
                own[place] = slots[first:]
                taken[place] = context
                number[place] = attempt
                break
    return own, taken, number
