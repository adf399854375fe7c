"""Weekdays and times of day of dates whose own codes are too coarse to tell them.

A code of a date spans days; what hour it is depends on other things than which day, and so does
the day of the week. Both are fields of their own, and the date drawn is the nearest one to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, day_of

__all__ = ["Moment", "moment_fields", "spread_of", "widths_of"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_EVIDENCE = 50
"""Dates that must be known."""
_STRICT = 1e-6
"""How likely even dates may look as uneven as those that are not taken for even."""
_THURSDAY = 3
"""The first day of 1970, Monday being 0."""
_HOURS = 24
_WEEKS = 28
"""Days that distances spread over where some days more or less do not matter: a parcel that takes
three to ten days is not moved to another weekday."""


@dataclass(frozen=True)
class Moment:
    """The weekday (0 is Monday) and the time of day that dates shall have, NaN for any.

    ``day`` is how many units of the dates and times make one.
    """

    day: float
    weekday: Numbers
    time: Numbers

    def nearest(self, numbers: Numbers, least: Numbers, most: Numbers) -> Numbers:
        """Return for each date the nearest such moment; itself where none lies within reach.

        Args:
            numbers: float64 (rows,), NaN for no date.
            least: the first moment allowed.
            most: the last one.
        """
        days = np.floor(numbers / self.day)
        away = np.nan_to_num((self.weekday - _weekday(days) + 3) % 7 - 3)
        time = np.where(np.isnan(self.time), numbers - days * self.day, self.time)
        step = np.where(np.isnan(self.weekday), 1, 7)
        result = numbers.copy()
        waiting = ~np.isnan(numbers)
        for steps in (0, 1, -1):
            tried = (days + away + steps * step) * self.day + time
            good = waiting & (tried >= least) & (tried <= most)
            result[good] = tried[good]
            waiting &= ~good
        return result


def moment_fields(
    field: ColumnField,
    storage: str,
    numbers: Numbers,
    apart: tuple[Numbers, float],
    widths: Numbers,
    crowd: tuple[npt.NDArray[np.int64], int],
) -> list[tuple[ColumnField, Codes]]:
    """Return what tells the weekday and the time of a date, where either is uneven.

    Args:
        field: the date.
        storage: that of its column.
        numbers: float64 (rows,), the dates.
        apart: float64 (rows,), how far each is from what it is coded against, or the bounds that it
            lies between are apart, infinite if there are none; and how far they spread.
        widths: how far the dates of its code lie apart.
        crowd: whom each row is about, and how many must share what is kept.
    """
    (distances, spread), (subjects, protect) = apart, crowd
    day = day_of(storage)
    if day is None:
        return []
    made: list[tuple[ColumnField, Codes]] = []
    known = ~np.isnan(numbers)
    days = np.floor(numbers / day)
    far = np.where(
        np.isinf(distances), widths >= 2 * day, (distances >= 7 * day) & (spread >= _WEEKS * day)
    )
    weekdays = np.where(known & far, _weekday(days), np.nan)
    if _is_uneven(weekdays, 7):
        texts = [None if np.isnan(each) else str(int(each)) for each in weekdays.tolist()]
        seen = pa.chunked_array([pa.array(texts, pa.string())])
        labels = LabelCodec.learn("string", seen, subjects, protect)
        made.append(
            (ColumnField(kind="weekday", name=field.name, codec=labels), labels.encode(seen))
        )
    far = np.where(np.isinf(distances), widths >= day / 8, (distances >= day) & (spread >= 2 * day))
    times = np.where(known & far, numbers - days * day, np.nan)
    if field.step % day and _is_uneven(np.floor(times / day * _HOURS), _HOURS):
        codec = NumberCodec.learn("int64", times, subjects, protect)
        made.append((ColumnField(kind="time", name=field.name, codec=codec), codec.encode(times)))
    return made


def widths_of(codec: NumberCodec, codes: Codes) -> Numbers:
    """Return how far apart the ends of each code's bin lie; NaN for 0."""
    low, high = codec.ends(codes)
    return high - low


def spread_of(numbers: Numbers) -> float:
    """Return how far apart the quartiles of some numbers lie."""
    present = numbers[~np.isnan(numbers)]
    return float(np.subtract(*np.percentile(present, [75, 25]))) if len(present) else 0.0


def _weekday(days: Numbers) -> Numbers:
    return (days + _THURSDAY) % 7


def _is_uneven(groups: Numbers, count: int) -> bool:
    """Say whether numbers from 0 are not equally frequent, by Pearson's chi-squared test.

    The statistic is compared with the bound that it exceeds with a probability of at most
    ``_STRICT`` (Laurent and Massart 2000, lemma 1).
    """
    found = groups[~np.isnan(groups)].astype(np.int64)
    if len(found) < _EVIDENCE:
        return False
    expected = len(found) / count
    statistic = float(((np.bincount(found, minlength=count) - expected) ** 2).sum()) / expected
    rare = -np.log(_STRICT)
    free = count - 1
    return bool(statistic > free + 2 * np.sqrt(free * rare) + 2 * rare)
