"""When things happen: growth, seasons, weekdays and hours where people live, and bursts.

Times are seconds since 1970 in UTC. Time is also measured in busy seconds, of which the night has
few and the evening many; what is even in busy time has the rhythm in real time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from synthkit.domains.columns import Floats, Ints

__all__ = ["DAY", "EVENING", "HOUR", "OFFICE", "Clock", "Rhythm", "in_order"]

DAY = 86_400
HOUR = 3_600


def in_order(moments: Ints) -> Ints:
    """Return the places of times from the first to the last, equal ones as they stand.

    The same as a stable `numpy.argsort`, but 16 bits at a time, for which numpy has a radix sort.
    """
    if not len(moments):
        return np.zeros(0, dtype=np.int64)
    rest = (moments - moments.min()).astype(np.uint64)
    order: Ints = np.argsort(rest.astype(np.uint16), kind="stable")
    for shift in range(16, int(rest.max()).bit_length(), 16):
        digits = (rest >> np.uint64(shift)).astype(np.uint16)[order]
        order = order[np.argsort(digits, kind="stable")]
    return order


@dataclass(frozen=True)
class Rhythm:
    """How busy hours of the day, weekdays (Monday first) and months are, in any unit.

    ``growth`` is how much busier a year is than the one before.
    """

    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    months: tuple[float, ...]
    growth: float = 0.0

    def grown(self, growth: float) -> Rhythm:
        """Return the rhythm with another growth."""
        return replace(self, growth=growth)


EVENING = Rhythm(
    hours=(
        26, 14, 8, 5, 4, 6, 12, 24, 32, 34, 36, 42, 52, 48, 44, 46, 52, 60, 72, 88, 100, 98, 78, 48,
    ),
    weekdays=(0.96, 0.94, 0.95, 0.97, 1.0, 1.12, 1.16),
    months=(1.06, 1.02, 1.0, 0.98, 0.96, 0.92, 0.92, 0.94, 0.98, 1.02, 1.08, 1.1),
)  # fmt: skip
"""People in their free time."""

OFFICE = Rhythm(
    hours=(1, 1, 1, 1, 1, 2, 6, 22, 62, 95, 100, 86, 50, 76, 92, 84, 62, 34, 18, 12, 10, 8, 5, 2),
    weekdays=(1.04, 1.14, 1.12, 1.08, 0.82, 0.16, 0.14),
    months=(1.04, 1.05, 1.12, 1.04, 1.02, 1.02, 0.86, 0.74, 1.1, 1.12, 1.08, 0.7),
)
"""People at work."""


class Clock:
    """A period (both days included), and how busy each of its hours is in some time zones."""

    def __init__(self, start: date, end: date, zones: Sequence[str], rhythm: Rhythm) -> None:
        self.zones = tuple(zones)
        self.day_count = (end - start).days + 1
        self.start = int(np.datetime64(start, "s").astype(np.int64))
        self.end = self.start + self.day_count * DAY - 1
        self._hours = self.day_count * 24
        self._span = float(self._hours * HOUR)
        """Busy seconds of the period: as many as seconds, by the scale of `Rhythm`'s weights."""
        sums = np.stack([self._busy(zone, rhythm) for zone in zones])
        # One zone after the other on one line, so that a single look-up serves all of them.
        self._offsets = np.arange(len(zones)) * (self._span + HOUR)
        self._sums = (sums + self._offsets[:, None]).ravel()
        self._edges = np.tile(self.start + np.arange(self._hours + 1) * float(HOUR), len(zones))

    def _busy(self, zone: str, rhythm: Rhythm) -> Floats:
        """Return the busy seconds from the start until each hour of the period, in UTC."""
        midnights = self.start + np.arange(self.day_count) * DAY
        region = ZoneInfo(zone)
        offsets = np.array(
            [
                datetime.fromtimestamp(noon, UTC).astimezone(region).utcoffset().total_seconds()  # type: ignore[union-attr]
                for noon in (midnights + DAY // 2).tolist()
            ]
        )
        local = (self.start + np.arange(self._hours) * HOUR + HOUR // 2) + np.repeat(
            offsets, 24
        ).astype(np.int64)
        days = local // DAY
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        weights = (
            np.array(rhythm.hours)[local % DAY // HOUR]
            * np.array(rhythm.weekdays)[(days + 3) % 7]  # 1970-01-01 was a Thursday
            * np.array(rhythm.months)[months]
            * (1 + rhythm.growth) ** ((local - self.start) / (365.25 * DAY))
        )
        sums = np.cumsum(weights)
        cumulated: Floats = np.concatenate([[0.0], sums]) * (self._span / sums[-1])
        return cumulated

    def busy(self, moments: Ints, zone: Ints) -> Floats:
        """Return the busy seconds from the start of the period until some moments."""
        since = moments - self.start
        cell = np.clip(since // HOUR, 0, self._hours - 1)
        place = zone * (self._hours + 1) + cell
        part = (since - cell * HOUR) / HOUR
        low = self._sums[place]
        found: Floats = low + part * (self._sums[place + 1] - low) - self._offsets[zone]
        return found

    def moment(self, busy: Floats, zone: Ints) -> Ints:
        """Return the moments at which so many busy seconds have passed: `busy` the other way."""
        found = np.interp(busy + self._offsets[zone], self._sums, self._edges)
        moments: Ints = np.clip(np.floor(found), self.start, self.end).astype(np.int64)
        return moments

    def between(self, low: Ints, high: Ints | int, zone: Ints, places: Floats) -> Ints:
        """Return a moment in each window; ``places`` (0 to 1) say how far into its busy time."""
        high = np.broadcast_to(np.asarray(high, dtype=np.int64), low.shape)
        first, last = self.busy(low, zone), self.busy(high, zone)
        return np.clip(self.moment(first + places * (last - first), zone), low, high)

    def burst(
        self, low: Ints, zone: Ints, scale: Floats | float, shape: float, places: Floats
    ) -> Ints:
        """Return a moment after each: many soon, fewer and fewer later, all within the period.

        The delay in busy seconds has a Lomax law (a Pareto law from 0) with this scale and shape,
        cut off at the end of the period.
        """
        first = self.busy(low, zone)
        room = np.maximum(self._span - first, 0.0)
        inside = 1 - (1 + room / scale) ** -shape
        delays = scale * ((1 - places * inside) ** (-1 / shape) - 1)
        return np.clip(self.moment(first + delays, zone), low, self.end)
