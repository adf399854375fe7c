"""Values that are not text: coordinates and dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.errors import UsageError
from synthkit.generators.values.locales import known_locale
from synthkit.generators.values.permutation import Permutation

__all__ = ["BirthDates", "Coordinates"]

MICRO = 1_000_000
"""Coordinates have six decimals, about 0.1 m."""
ROUNDS = 1_000
"""Used up, they come again with a seventh to ninth decimal, as often as this."""
TODAY = dt.date(2025, 1, 1).toordinal() - dt.date(1970, 1, 1).toordinal()
"""The fixed day that ages count from, in days since 1970."""
YOUNGEST = 18 * 365
SPAN = 72 * 365
"""Drawn ages lie between 18 and 90 years."""
FIRST_DAY = dt.date(1, 1, 1).toordinal() - dt.date(1970, 1, 1).toordinal()


class Coordinates:
    """Degrees with six decimals, uniform between ``-limit`` and ``limit``; doubles."""

    def __init__(self, limit: int) -> None:
        """Store the limit: 90 for latitudes, 180 for longitudes."""
        self._limit = limit
        self._size = 2 * limit * MICRO

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        known_locale(locale)
        return self._degrees(rng.integers(0, self._size, count))

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return distinct degrees; `UsageError` beyond the nine decimals that a double holds."""
        known_locale(locale)
        if start + count > self._size * ROUNDS:
            raise UsageError(
                f"There are {self._size * ROUNDS:,} distinct coordinates.",
                hint="Ask for fewer rows.",
            )
        places = np.arange(start, start + count, dtype=np.uint64)
        size = np.uint64(self._size)
        found = self._degrees(Permutation(self._size, key).at(places % size).astype(np.int64))
        rounds = (places // size).astype(np.float64)
        return pa.array(np.round(np.asarray(found) + rounds / (MICRO * ROUNDS), 9))

    def _degrees(self, steps: NDArray[np.int64]) -> pa.Array:
        return pa.array((steps - self._limit * MICRO) / MICRO)


class BirthDates:
    """Dates of birth of adults; ``date32``. Young and middle ages are commoner than old ones."""

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        known_locale(locale)
        share = 1 - np.sqrt(1 - rng.random(count) * 0.95)
        days = TODAY - YOUNGEST - np.floor(share * SPAN).astype(np.int32)
        return pa.array(days.astype(np.int32)).cast(pa.date32())

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return distinct dates, those of adults first, then ever earlier ones.

        `UsageError` before the year 1.
        """
        known_locale(locale)
        most = (TODAY - YOUNGEST - FIRST_DAY) // SPAN * SPAN
        if start + count > most:
            raise UsageError(
                f"There are {most:,} distinct dates of birth.", hint="Ask for fewer rows."
            )
        places = np.arange(start, start + count, dtype=np.uint64)
        inside = Permutation(SPAN, key).at(places % np.uint64(SPAN)).astype(np.int64)
        back = inside + (places // np.uint64(SPAN)).astype(np.int64) * SPAN
        return pa.array((TODAY - YOUNGEST - back).astype(np.int32)).cast(pa.date32())
