"""The numbers that are known of rows before their own fields are drawn: bounds, and copies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.coding.fields import ColumnField, tightest
from synthkit.synthesizers.relational.coding.prepared import joined
from synthkit.synthesizers.relational.drawing.anchors import KNOWN
from synthkit.synthesizers.structure.skeleton import Rows

if TYPE_CHECKING:
    from synthkit.synthesizers.relational.drawing.decoding import Decoding

__all__ = ["around"]

Numbers = npt.NDArray[np.float64]


def around(numbers: Decoding, rows: Rows, number: int) -> Numbers:
    """Return float64 (rows, numbers): for each field that follows from parents, what it needs."""
    learned = numbers.model.tables[rows.table]
    anchors = learned.recurrence.anchors
    found = np.zeros((rows.count, anchors.width))
    for place, field in enumerate(learned.fields):
        at = anchors.at[place]
        if anchors.flags[place] == KNOWN:
            bounded = next(each for each in learned.fields[place:] if each.kind == "column")
            found[:, at] = _tightest(numbers, rows, bounded, number)
        elif anchors.flags[place] >= 0:
            origin = learned.fields[anchors.flags[place]].origin
            assert origin is not None
            found[:, at] = numbers.of_parent(rows, origin, number)
        elif anchors.sides[place] >= 0:
            found[:, at], found[:, at + 1] = _bounds(numbers, rows, field, number)
    return found


def _tightest(numbers: Decoding, rows: Rows, field: ColumnField, number: int) -> Numbers:
    """Return which of the bounds of each row is the nearest."""
    bound = partial(numbers.bound, rows, field, own={}, number=number)
    lows = [bound(each, is_low=True) for each in field.lows]
    return tightest(lows, [bound(each, is_low=False) for each in field.highs])


def _bounds(
    numbers: Decoding, rows: Rows, field: ColumnField, number: int
) -> tuple[Numbers, Numbers]:
    """Return the bounds of each row that its parents set, within the ends of what is sampled.

    A bound that distances are measured from is left where it is.
    """
    first, last = field.reach or (-np.inf, np.inf)
    bound = partial(numbers.bound, rows, field, own={}, number=number)
    lows = tuple(each for each in field.lows if each.parent is not None)
    highs = tuple(each for each in field.highs if each.parent is not None)
    low = joined(lows, partial(bound, is_low=True), np.fmax)
    high = joined(highs, partial(bound, is_low=False), np.fmin)
    least, most = np.full(rows.count, first), np.full(rows.count, last)
    low = least if low is None else np.where(np.isnan(low), first, low)
    high = most if high is None else np.where(np.isnan(high), last, high)
    from_low = field.side == "low" or (not field.highs and not field.in_window)
    from_high = field.side == "high" or (not field.lows and not field.in_window)
    return low if from_low else np.fmax(low, first), high if from_high else np.fmin(high, last)
