"""When things happen: growth over the years, months, weekdays and hours of the day.

Times are microseconds since 1970, as int64.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthkit.generators.recipes.arrays import DAY, SECOND, Floats, Ints

__all__ = ["PRESETS", "Rhythm"]

_CELLS = 1 << 16
"""Cells of the table that turns a uniform number into a minute of the day."""
_MINUTE = 60 * SECOND
_YEAR = 365.25

_OFFICE_HOURS = (0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 2, 6, 15, 21, 22, 19, 11, 17, 21, 20, 16, 9, 4, 3, 2,
                 1.5, 1, 0.5)  # fmt: skip
_SHOP_HOURS = (3, 1.5, 0.8, 0.5, 0.5, 1, 2.5, 5, 7, 9, 11, 12, 12, 11, 10, 10, 11, 12, 14, 17, 19,
               18, 12, 6)  # fmt: skip
_LEISURE_HOURS = (8, 5, 3, 1.5, 1, 1, 2, 5, 7, 7, 7, 8, 10, 9, 8, 8, 9, 11, 14, 18, 21, 22, 18, 13)
PRESETS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "even": ((1,) * 7, (1,) * 24),
    "office": ((19, 21, 21, 20, 16, 2, 1), _OFFICE_HOURS),
    "shop": ((13, 13, 13, 14, 15, 17, 15), _SHOP_HOURS),
    "leisure": ((13, 13, 13, 13, 15, 17, 16), _LEISURE_HOURS),
}
"""Weights of the days of a week, Monday first, and of the hours of a day."""


@dataclass(frozen=True)
class Rhythm:
    """How busy each day of a period is, and each hour of a day.

    ``start`` and ``end`` are the first and the last second; ``growth`` is yearly.
    """

    start: int
    end: int
    growth: float = 0.0
    months: tuple[float, ...] = (1.0,) * 12
    weekdays: tuple[float, ...] = (1.0,) * 7
    hours: tuple[float, ...] = (1.0,) * 24

    @cached_property
    def _first(self) -> int:
        """The first midnight."""
        return self.start // DAY * DAY

    @cached_property
    def _sums(self) -> Floats:
        """Rising shares of the period at each midnight, from 0 to 1.

        The first and the last day count as far as they lie inside the period.
        """
        days = self._first // DAY + np.arange(self.end // DAY - self._first // DAY + 1)
        weekdays = np.asarray(self.weekdays)[(days + 3) % 7]  # 1970-01-01 was a Thursday
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        busy = np.asarray(self.months)[months] * weekdays
        busy = busy * (1 + self.growth) ** ((days - days[0]) / _YEAR)
        busy[0] *= 1 - (self.start - self._first) / DAY
        busy[-1] *= max((self.end + SECOND - days[-1] * DAY) / DAY, 1e-9)
        if not busy.any():
            busy = np.ones(len(days))
        return np.concatenate([[0.0], np.cumsum(busy) / busy.sum()])

    @cached_property
    def _minutes(self) -> Ints:
        sums = np.cumsum(np.repeat(self.hours, 60))
        middles = (np.arange(_CELLS) + 0.5) / _CELLS * sums[-1]
        return np.asarray(np.searchsorted(sums, middles, side="right"), dtype=np.int64)

    @cached_property
    def _even(self) -> bool:
        return len(set(self.hours)) == 1

    def at(self, places: Floats, rng: np.random.Generator) -> Ints:
        """Return times of the period, by how far into it (0 to 1) they lie, in busy days."""
        days = np.searchsorted(self._sums, places, side="right") - 1
        days = np.clip(days, 0, len(self._sums) - 2)
        found = self._first + days * DAY + self._clock(len(places), rng)
        inside = (found >= self.start) & (found <= self.end)
        if inside.all():
            return found
        low = np.maximum(self._first + days * DAY, self.start)
        high = np.minimum(self._first + (days + 1) * DAY - SECOND, self.end)
        return np.where(inside, found, _between(low, high, rng.random(len(places))))

    def between(self, low: Ints, high: Ints, places: Floats, rng: np.random.Generator) -> Ints:
        """Return a time in each window, at usual days and hours where the window lets.

        Windows lie inside the period or reach out of it; ``places`` (0 to 1) say how far into
        the window, in busy days.
        """
        first, last = self._share(low), self._share(high)
        wanted = first + places * (last - first)
        inner = np.interp(wanted, self._sums, np.arange(len(self._sums)))
        found = self._first + np.floor(inner).astype(np.int64) * DAY
        found += self._clock(len(low), rng)
        outside = (found < low) | (found > high)
        return np.where(outside, _between(low, high, places), found)

    def usual_hour(self, moments: Ints, low: Ints, high: Ints, rng: np.random.Generator) -> Ints:
        """Return times on the same days at usual hours, where they still lie in their windows."""
        if self._even:
            return moments
        found = moments // DAY * DAY + self._clock(len(moments), rng)
        return np.where((found < low) | (found > high), moments, found)

    def _share(self, moments: Ints) -> Floats:
        return np.interp((moments - self._first) / DAY, np.arange(len(self._sums)), self._sums)

    def _clock(self, count: int, rng: np.random.Generator) -> Ints:
        """Return microseconds since midnight, whole seconds."""
        if self._even:
            return rng.integers(0, DAY // SECOND, count) * SECOND
        cells = rng.integers(0, _CELLS, count, dtype=np.uint16)
        return (
            self._minutes[cells] * _MINUTE
            + rng.integers(0, 60, count, dtype=np.uint8).astype(np.int64) * SECOND
        )


def _between(low: Ints, high: Ints, places: Floats) -> Ints:
    """Return whole seconds between two times, both of them allowed."""
    span = np.maximum(high - low, 0) // SECOND
    return np.asarray(low + np.minimum((places * (span + 1)).astype(np.int64), span) * SECOND)
