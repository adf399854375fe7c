"""How fields follow from what is known of a row beforehand: its bounds, and a parent's values.

A number between bounds is drawn again while it lies outside of them; where it is on its own scale
follows from where it is between them; a copy is the parent's value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled_part
from synthkit.synthesizers.relational.coding.fields import ColumnField

__all__ = ["COPIED", "KNOWN", "Anchors", "anchors_of", "follow_parents", "is_outside"]

Places = npt.NDArray[np.int64]
COPIED = 2
"""The code of a copy; 1 is a value of its own, 0 that there is nothing to copy."""
KNOWN = -2
"""The flag of what is always that of the parents."""
_PLACE, _FROM_LOW, _FROM_HIGH = 0, 1, 2


@dataclass(frozen=True)
class Anchors:
    """How fields follow from parents, for each field; -1 where one does not.

    ``sides``: whether it is coded as its place between its bounds (0), or as its distance from
    the lower (1) or upper one (2). ``at``: where a row's numbers begin: the bounds that are known
    beforehand, lower and upper, or what is copied. ``lows`` and ``highs``: the own field that
    bounds it too. ``sources``: the field that it tells the absolute value of. ``flags``: the
    field that tells whether it is a copy, -2 if it always is.
    """

    sides: Places
    at: Places
    lows: Places
    highs: Places
    sources: Places
    flags: Places

    @property
    def arrays(self) -> tuple[Places, ...]:
        """All of it in the order of the fields, as compiled passes take it."""
        return self.sides, self.at, self.lows, self.highs, self.sources, self.flags

    @property
    def width(self) -> int:
        """How many numbers are known of each row beforehand."""
        bounds = 2 * int((self.sides >= 0).sum())
        return bounds + int((self.flags != -1).sum())


def anchors_of(fields: Sequence[ColumnField]) -> Anchors:
    """Read from a table's fields which of them follow from parents."""
    found = Anchors(*(np.full(len(fields), -1, np.int64) for _ in range(6)))
    width = 0
    for place, field in enumerate(fields):
        if field.kind == "absolute":
            source = place - 1
            found.sources[place] = source
            found.sides[source] = _side(fields[source])
            found.at[source] = width
            width += 2
            for bounds, own in (
                (fields[source].lows, found.lows),
                (fields[source].highs, found.highs),
            ):
                for bound in bounds:
                    if bound.parent is None:
                        own[source] = _absolute(fields, bound.column)
        elif field.kind == "copy":
            found.flags[place + 1] = place
            found.at[place + 1] = width
            width += 1
        elif field.kind == "tight":
            found.flags[place] = KNOWN
            found.at[place] = width
            width += 1
    return found


def _side(field: ColumnField) -> int:
    if field.side is not None:
        return _FROM_LOW if field.side == "low" else _FROM_HIGH
    if field.in_window or (field.lows and field.highs):
        return _PLACE
    return _FROM_LOW if field.lows else _FROM_HIGH


def _absolute(fields: Sequence[ColumnField], name: str) -> int:
    """Return the field whose codes tell a column's value itself."""
    kinds = {field.kind: place for place, field in enumerate(fields) if field.name == name}
    return kinds.get("absolute", kinds["column"])


@compiled_part
def _number(follows: Any, slots: Any, around: Any, row: int, column: int, own: int) -> Any:
    """Return a bounded field's value by its code, and what bounds it."""
    middles = follows[3]
    sides, at, lows, highs, _, _ = follows[5]
    low, high = around[row, at[column]], around[row, at[column] + 1]
    if lows[column] >= 0 and slots[own + lows[column]] > 0:
        low = max(low, middles[lows[column], slots[own + lows[column]]])
    if highs[column] >= 0 and slots[own + highs[column]] > 0:
        high = min(high, middles[highs[column], slots[own + highs[column]]])
    middle = middles[column, slots[own + column]]
    if sides[column] == _PLACE:
        return low + middle * max(high - low, 0.0), low, high
    if sides[column] == _FROM_LOW:
        return low + middle, low, high
    return high - middle, low, high


@compiled_part
def _bin(uppers: Any, column: int, number: float) -> Any:
    low, high = 0, uppers.shape[1] - 1
    while low < high:
        middle = (low + high) // 2
        if uppers[column, middle] < number:
            low = middle + 1
        else:
            high = middle
    return low + 1


@compiled_part
def follow_parents(follows: Any, slots: Any, around: Any, row: int, column: int, own: int) -> Any:
    """Return the code that follows from a row's parents, or -1 if the cell is to be drawn.

    ``around`` is float64 (rows, numbers), what is known of each row beforehand.
    """
    uppers = follows[4]
    _, at, _, _, sources, flags = follows[5]
    source = sources[column]
    if source >= 0:
        if slots[own + source] == 0:
            return 0
        number, _, _ = _number(follows, slots, around, row, source, own)
        return _bin(uppers, column, number)
    flag = flags[column]
    if flag == -1 or (flag >= 0 and slots[own + flag] != COPIED):
        return -1
    copied = around[row, at[column]]
    return -1 if np.isnan(copied) else _bin(uppers, column, copied)


@compiled_part
def is_outside(follows: Any, slots: Any, around: Any, row: int, column: int, own: int) -> bool:
    """Say whether the code of a bounded field means a number that lies outside of its bounds."""
    if follows[5][0][column] <= _PLACE or slots[own + column] == 0:
        return False
    number, low, high = _number(follows, slots, around, row, column, own)
    return bool(low <= high and (number < low or number > high))
