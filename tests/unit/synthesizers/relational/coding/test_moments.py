"""Weekdays and times of day: which dates have them as fields, and the nearest such date."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.moments import Moment, moment_fields
from synthkit.synthesizers.relational.coding.numbers import NumberCodec

DAY = 86_400.0
MONDAY = 4.0
"""5 January 1970."""
NAN = float("nan")


def nearest(number: float, weekday: float, time: float, least: float, most: float) -> float:
    moment = Moment(DAY, np.array([weekday]), np.array([time]))
    return float(moment.nearest(np.array([number]), np.array([least]), np.array([most]))[0])


def test_the_nearest_weekday_is_at_most_three_days_away() -> None:
    for weekday in range(7):
        for day in range(4, 18):
            made = nearest(day * DAY + 60, weekday, 3600, -1e9, 1e9)
            assert abs(made // DAY - day) <= 3
            assert (made // DAY - MONDAY) % 7 == weekday
            assert made % DAY == 3600


def test_time_or_weekday_alone() -> None:
    assert nearest(9 * DAY + 60, NAN, 7200, -1e9, 1e9) == 9 * DAY + 7200
    assert nearest(MONDAY * DAY + 60, 1, NAN, -1e9, 1e9) == 5 * DAY + 60
    assert np.isnan(nearest(NAN, 1, 60, -1e9, 1e9))


def test_bounds_come_first() -> None:
    monday = MONDAY * DAY
    assert nearest(monday + 60, 6, 0, monday, 1e9) == monday + 6 * DAY
    assert nearest(monday + 60, 6, 0, monday, monday + DAY) == monday + 60
    assert nearest(monday + 7200, NAN, 3600, monday + 5400, 1e9) == monday + DAY + 3600


def fields(
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]], distance: float, spread: float
) -> set[str]:
    field = ColumnField(kind="column", name="at", codec=NumberCodec(storage="int64"), step=1.0)
    made = moment_fields(
        field,
        "timestamp[s]",
        numbers,
        (np.full(len(numbers), distance), spread),
        np.full(len(numbers), 4 * DAY),
        (np.arange(len(numbers)), 5),
    )
    return {each.kind for each, _ in made}


def test_uneven_hours_and_weekdays_of_coarse_codes_are_fields() -> None:
    rng = np.random.default_rng(1)
    days, times = np.floor(rng.uniform(0, 900, 500)), np.floor(rng.uniform(0, DAY, 500))
    working = days - (days - MONDAY) % 7 + rng.integers(0, 5, 500) + MONDAY % 7
    nine = 9 * 3600 + np.floor(rng.uniform(0, 3600, 500))
    assert fields(days * DAY + times, np.inf, np.inf) == set()
    assert fields(days * DAY + nine, np.inf, np.inf) == {"time"}
    assert fields(working * DAY + times, np.inf, np.inf) == {"weekday"}
    # A parcel's day of arrival is told by how many days it takes; nothing is added.
    assert fields(working * DAY + nine, 9 * DAY, 5 * DAY) == {"time"}
    assert fields(working * DAY + nine, 0.1 * DAY, 50 * DAY) == set()
