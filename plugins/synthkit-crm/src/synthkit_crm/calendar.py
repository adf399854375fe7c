"""When things happen: growth over the years, seasons, weekdays and hours of the day.

Times are seconds since 1970, days are counted from the start of the period.
"""

from __future__ import annotations

import numpy as np

from synthkit.domains.columns import Flags, Floats, Ints
from synthkit_crm.settings import Settings

__all__ = ["DAY", "HOUR", "Calendar"]

DAY = 86_400
HOUR = 3_600
QUIET_END = 7
"""Days without sign-ups at the end of the period, so that whatever follows them fits in."""

CELLS = 1 << 16
"""Cells of the tables that turn a uniform number into a day or an hour."""

# Businesses in the first row, consumers in the second.
WEEKDAYS = np.array([[1.0, 1.15, 1.15, 1.05, 0.8, 0.12, 0.08], [0.9, 0.85, 0.85, 0.9, 1, 1.3, 1.3]])
MONTHS = np.array(
    [
        [1.0, 1.05, 1.2, 1.05, 1.0, 1.05, 0.8, 0.65, 1.15, 1.2, 1.15, 0.7],
        [0.8, 0.8, 0.9, 0.95, 0.95, 0.9, 0.85, 0.85, 0.95, 1.0, 1.5, 1.6],
    ]
)
HOURS = np.array(
    [
        [1, 1, 1, 1, 1, 2, 6, 20, 60, 95, 100, 85, 45, 75, 95, 85, 65, 35, 15, 8, 6, 4, 2, 1],
        [6, 3, 2, 1, 1, 2, 5, 10, 16, 22, 28, 32, 38, 34, 30, 30, 34, 44, 60, 82, 95, 85, 50, 20],
    ],
    dtype=float,
)


def _cumulated(weights: Floats) -> Floats:
    """Return shares summed up along the last axis, from 0 to 1."""
    sums = np.cumsum(weights, axis=-1)
    zero = np.zeros((*sums.shape[:-1], 1))
    return np.concatenate([zero, sums / sums[..., -1:]], axis=-1)


def _inverse(cumulated: Floats) -> Ints:
    """Return, for each cell of [0, 1), the position whose share holds the cell's middle."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    return np.stack([np.searchsorted(row, middles, side="right") - 1 for row in cumulated])


class Calendar:
    """The period's days and how busy they are, for businesses (0) and consumers (1)."""

    def __init__(self, settings: Settings) -> None:
        start = np.datetime64(settings.start, "D")
        self.day_count = (settings.end - settings.start).days + 1
        self.start = int(start.astype("datetime64[s]").astype(np.int64))
        self.end = self.start + self.day_count * DAY - 1
        days = start + np.arange(self.day_count)
        weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        months = days.astype("datetime64[M]").astype(np.int64) % 12
        busy = MONTHS[:, months] * WEEKDAYS[:, weekdays]
        busy /= busy.mean(axis=1, keepdims=True)
        self._cumulated = _cumulated(busy)
        self._days = _inverse(self._cumulated)
        self._hours = _inverse(_cumulated(np.repeat(HOURS / 60, 60, axis=1)))

        open_days = self.day_count - QUIET_END
        years = np.arange(open_days) / 365.25
        shares = np.array([[1 - settings.consumer_share], [settings.consumer_share]])
        sign_ups = shares * busy[:, :open_days] * (1 + settings.growth) ** years
        self._sign_ups = _cumulated(sign_ups.sum(axis=0))
        self.consumer_shares = sign_ups[1] / sign_ups.sum(axis=0)

    def sign_up_days(self, quantiles: Floats) -> Ints:
        """Return the days by which these shares of all customers have signed up."""
        days = np.searchsorted(self._sign_ups, quantiles, side="right") - 1
        return np.clip(days, 0, len(self._sign_ups) - 2)

    def midnight(self, days: Ints) -> Ints:
        """Return the first second of days."""
        return self.start + days * DAY

    def day_of(self, seconds: Ints) -> Ints:
        """Return the days of times."""
        return (seconds - self.start) // DAY

    def clock(self, consumer: Flags, rng: np.random.Generator) -> Ints:
        """Return a second of the day for each customer: office hours or evenings."""
        cells = rng.integers(0, CELLS, len(consumer), dtype=np.uint16)
        seconds = rng.integers(0, 60, len(consumer), dtype=np.uint8)
        return self._hours[consumer.astype(np.int64), cells] * 60 + seconds

    def between(
        self, low: Ints, high: Ints, consumer: Flags, places: Floats, rng: np.random.Generator
    ) -> Ints:
        """Return a time in each window, at usual days and hours.

        ``places`` (0 to 1) say how far into the window, measured in busy days.
        """
        kind = consumer.astype(np.int64)
        first = self._cumulated[kind, self.day_of(low)]
        last = self._cumulated[kind, self.day_of(high) + 1]
        cells = ((first + places * (last - first)) * (CELLS - 1)).astype(np.int64)
        found = self.midnight(self._days[kind, cells]) + self.clock(consumer, rng)
        outside = (found < low) | (found > high)
        spare = low + (places * (high - low)).astype(np.int64)
        return np.where(outside, spare, found)

    def usual_hours(
        self, moments: Ints, low: Ints, high: Ints | int, consumer: Flags, rng: np.random.Generator
    ) -> Ints:
        """Return times on the same days at usual hours, where they still lie in their windows."""
        found = self.midnight(self.day_of(moments)) + self.clock(consumer, rng)
        return np.where((found < low) | (found > high), moments, found)
