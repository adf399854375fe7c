"""Draws the coded rows of a block: one compiled pass, parent by parent, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, compiled_part, is_compiled
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec
from synthkit.synthesizers.relational.drawing.anchors import (
    Anchors,
    anchors_of,
    follow_parents,
    is_outside,
)
from synthkit.synthesizers.relational.drawing.parity import Parity, is_held_back
from synthkit.synthesizers.relational.trees.forest import Forest, mix

__all__ = [
    "ODD",
    "SAME",
    "Bundle",
    "Recurrence",
    "SlotLayout",
    "bundle",
    "draw_cell",
    "draw_inside",
    "draw_rows",
    "follow_sibling",
    "is_ready",
    "recurrence",
]

Codes = npt.NDArray[np.uint8]
ODD = 0x9E3779B97F4A7C15
SAME = 2
"""The code of a repetition; 1 is a new value, 0 that there is no sibling before."""
_TRIES = 12
"""Draws of a number that lies outside of its bounds; what little is left then is moved inside."""
_PATIENCE = 8
"""Draws of a row that is held back; what its parents leave no choice stays what it is."""


@dataclass(frozen=True)
class SlotLayout:
    """Where a row's inputs lie: parent, place among siblings, previous sibling, links, own."""

    parent: int
    given: int
    own: int

    @property
    def ordinal(self) -> int:
        """Slot of the place among siblings (from 1); the next is how many are left."""
        return self.parent

    @property
    def previous(self) -> int:
        """First slot of the previous sibling's columns."""
        return self.parent + 2

    @property
    def links(self) -> int:
        """First slot of what is given for each row."""
        return self.previous + self.own

    @property
    def first_own(self) -> int:
        """First slot of the row's own columns."""
        return self.links + self.given

    @property
    def size(self) -> int:
        """Number of slots."""
        return self.first_own + self.own

    def usable(self, column: int) -> int:
        """Return how many slots own column number ``column`` may depend on: the first ones."""
        return self.first_own + column


@dataclass(frozen=True)
class Bundle:
    """The forests of a table's columns laid end to end, roots by (column, tree)."""

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int16]
    goes_left: npt.NDArray[np.uint64]
    left: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    donors: Codes

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """All of it in the order of the fields, as compiled passes take it."""
        return (
            self.roots,
            self.feature,
            self.goes_left,
            self.left,
            self.start,
            self.stop,
            self.donors,
        )


@dataclass(frozen=True)
class Recurrence:
    """How fields follow from the sibling before, for each field.

    ``later``: whether it is about the sibling before, and so nothing (0) for the first.
    ``repeats``: the field that tells whether it repeats (-1: none does). ``steps``: the field of
    its step (-1: it is no clock). ``middles``: float64 (fields, 256), a number for each code.
    ``uppers``: float64 (fields, 256), the largest number of each code's bin, then infinity.
    ``anchors``: how fields follow from the row's parents.
    """

    later: npt.NDArray[np.bool_]
    repeats: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int64]
    middles: npt.NDArray[np.float64]
    uppers: npt.NDArray[np.float64]
    anchors: Anchors

    @property
    def arrays(self) -> tuple[Any, ...]:
        """All of it in the order of the fields, as compiled passes take it."""
        anchors = self.anchors.arrays
        return self.later, self.repeats, self.steps, self.middles, self.uppers, anchors


def recurrence(fields: Sequence[ColumnField]) -> Recurrence:
    """Read from a table's fields which of them follow from the sibling before."""
    repeats = np.full(len(fields), -1, np.int64)
    steps = np.full(len(fields), -1, np.int64)
    middles = np.zeros((len(fields), 256))
    uppers = np.full((len(fields), 256), np.inf)
    for place, field in enumerate(fields):
        if field.kind == "same":
            repeats[place + 1] = place
        elif field.kind == "gap":
            steps[place + 1] = place
        if isinstance(field.codec, NumberCodec) and field.codec.knots:
            bins = len(field.codec.knots)
            middles[place, 1 : bins + 1] = field.codec.middles
            uppers[place, : bins - 1] = field.codec.uppers[:-1]
        elif isinstance(field.codec, LabelCodec):
            uppers[place] = np.arange(1, 257)
    later = np.asarray([field.kind in ("same", "gap") for field in fields], bool)
    return Recurrence(later, repeats, steps, middles, uppers, anchors_of(fields))


def bundle(forests: Sequence[Forest]) -> Bundle:
    """Lay forests end to end."""
    nodes = np.cumsum([0, *(len(forest.feature) for forest in forests)])
    rows = np.cumsum([0, *(len(forest.donors) for forest in forests)])
    joined = zip(forests, nodes, rows, strict=False)
    parts = [
        (
            forest.roots + node,
            forest.left + node,
            forest.start.astype(np.int64) + row,
            forest.stop.astype(np.int64) + row,
        )
        for forest, node, row in joined
    ]
    return Bundle(
        roots=np.asarray([part[0] for part in parts], np.int32).reshape(len(forests), -1),
        feature=np.concatenate([forest.feature for forest in forests]),
        goes_left=np.concatenate([forest.goes_left for forest in forests]),
        left=np.concatenate([part[1] for part in parts]).astype(np.int32),
        start=np.concatenate([part[2] for part in parts]),
        stop=np.concatenate([part[3] for part in parts]),
        donors=np.concatenate([forest.donors for forest in forests]),
    )


def draw_rows(
    trees: Bundle,
    follows: Recurrence,
    parity: Parity,
    layout: SlotLayout,
    parents: Codes,
    counts: npt.NDArray[np.int64],
    given: Codes,
    around: npt.NDArray[np.float64],
    first_row: int,
    key: int,
) -> Codes:
    """Return uint8 (rows, columns): new rows for each parent, sibling after sibling.

    Args:
        trees: the forests, one for each column.
        follows: how columns follow from the sibling before.
        parity: which rows are drawn again, and how often.
        layout: where inputs lie.
        parents: uint8 (parents, slots), what is known of each parent.
        counts: int64 (parents,), rows of each parent.
        given: uint8 (rows, slots), what is known of each row beforehand.
        around: float64 (rows, numbers), the numbers that are, as `Anchors` tells.
        first_row: number of the first row; cells depend on row number and key alone.
        key: 63 bits that choose the randomness.
    """
    columns = len(trees.roots)
    result = np.zeros((int(counts.sum()), columns), np.uint8)
    _draw(
        trees.arrays,
        follows.arrays,
        parity.arrays,
        (layout.parent, layout.given),
        (parents, counts, given, around),
        first_row,
        np.uint64(key),
        (result, np.zeros(layout.size, np.uint8), np.zeros(columns), np.zeros(columns)),
    )
    return result


def is_ready() -> bool:
    """Say whether rows can be drawn without compiling first."""
    return is_compiled(_draw)


@compiled_part
def draw_cell(trees: Any, slots: Any, column: int, seed: Any) -> Any:
    """Draw one cell: pick a tree, walk the slots down to a leaf, pick one of its rows."""
    roots, feature, goes_left, left, start, stop, donors = trees
    node = roots[column, seed % np.uint64(roots.shape[1])]
    while feature[node] >= 0:
        code = slots[feature[node]]
        bit = (goes_left[node, code >> 6] >> np.uint64(code & 63)) & np.uint64(1)
        node = left[node] + (0 if bit else 1)
    width = np.uint64(stop[node] - start[node])
    return donors[start[node] + np.int64(mix(seed + np.uint64(ODD)) % width)]


@compiled_part
def draw_inside(
    trees: Any, follows: Any, slots: Any, around: Any, row: int, column: int, own: int, seed: Any
) -> int:
    """Draw a cell as `draw_cell` does, again while it lies outside of its bounds."""
    code = int(draw_cell(trees, slots, column, seed))
    if follows[5][0][column] < 0:
        return code
    for _ in range(_TRIES):
        slots[own + column] = code
        if not is_outside(follows, slots, around, row, column, own):
            break
        seed = mix(seed + np.uint64(ODD))
        code = int(draw_cell(trees, slots, column, seed))
    return code


@compiled_part
def follow_sibling(
    follows: Any, slots: Any, times: Any, column: int, own: int, previous: int
) -> int:
    """Return the code that follows from the sibling before, or -1 if the cell is to be drawn."""
    _, repeats, steps, middles, uppers, _ = follows
    if repeats[column] >= 0 and slots[own + repeats[column]] == SAME:
        return int(slots[previous + column])
    step = steps[column]
    if step < 0:
        return -1
    moved, was = slots[own + step], slots[previous + column]
    if moved == 0 or was == 0:
        return 0
    times[column] += middles[step, moved]
    low, high = 0, uppers.shape[1]
    while low < high:
        middle = (low + high) // 2
        if uppers[column, middle] < times[column]:
            low = middle + 1
        else:
            high = middle
    return low + 1


@compiled_part
def _enter(slots: Any, parents: Any, parent: int, previous: int, links: int) -> None:
    """Fill in what is known of a parent; no sibling is before its first row."""
    for slot in range(parents.shape[1]):
        slots[slot] = parents[parent, slot]
    for slot in range(previous, links):
        slots[slot] = 0


@compiled_part
def _restore(times: Any, before: Any, attempt: int) -> None:
    """Keep the times before the first attempt at a row, and begin each other with them."""
    for column in range(len(times)):
        if attempt == 0:
            before[column] = times[column]
        times[column] = before[column]


@compiled
def _draw(  # noqa: C901, PLR0912 - one compiled loop
    trees: Any,
    follows: Any,
    parity: Any,
    sizes: Any,
    known: Any,
    first_row: int,
    key: Any,
    room: Any,
) -> None:
    """Fill in the result. Loops, not slices: numba takes seconds to compile an assignment of one.

    ``room`` are the result, and zeros to work in: the slots, and a time for each column, twice.
    """
    parents, counts, given, around = known
    result, slots, times, before = room
    columns = result.shape[1]
    later, _, steps, middles, _, anchors = follows
    sides, _, _, _, sources, flags = anchors
    parent_slots, given_slots = sizes
    previous = parent_slots + 2
    links = previous + columns
    own = links + given_slots
    tries = _PATIENCE if len(parity[0]) > 0 else 1
    row: Any = np.int64(0)  # not a literal, for which what it calls would be compiled again
    for parent in range(len(counts)):
        _enter(slots, parents, parent, previous, links)
        for place in range(counts[parent]):
            slots[parent_slots] = min(place + 1, 255)
            slots[parent_slots + 1] = min(counts[parent] - place, 255)
            for slot in range(given_slots):
                slots[links + slot] = given[row, slot]
            seed = mix(key + np.uint64(ODD) * np.uint64(first_row + row + 1))
            for attempt in range(tries):
                if tries > 1:
                    _restore(times, before, attempt)
                for column in range(columns):
                    code = 0 if later[column] and place == 0 else -1
                    if place > 0:
                        code = follow_sibling(follows, slots, times, column, own, previous)
                    if code < 0 and (sources[column] >= 0 or flags[column] != -1):
                        code = follow_parents(follows, slots, around, row, column, own)
                    if code < 0:
                        cell = mix(seed + np.uint64(ODD) * np.uint64(column + 1))
                        if sides[column] < 0:
                            code = int(draw_cell(trees, slots, column, cell))
                        else:
                            code = draw_inside(
                                trees, follows, slots, around, row, column, own, cell
                            )
                        if steps[column] >= 0:
                            times[column] = middles[column, code]
                    slots[own + column] = code
                if tries == 1 or not is_held_back(parity, slots, own, seed):
                    break
                seed = mix(seed + np.uint64(ODD))
            for column in range(columns):
                result[row, column] = slots[own + column]
                slots[previous + column] = slots[own + column]
            row += 1
