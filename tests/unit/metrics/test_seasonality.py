import datetime as dt

import numpy as np
import pytest

from synthkit.metrics.seasonality import CYCLES, profile, seasons
from synthkit.metrics.sides import sides_of

EPOCH = dt.datetime(1970, 1, 1)


def days(*moments):
    return np.array([(each - EPOCH) / dt.timedelta(days=1) for each in moments])


def test_profiles_are_those_of_the_calendar():
    rng = np.random.Generator(np.random.Philox(2))
    seconds = rng.integers(-(10**9), 2 * 10**9, 500).tolist()
    moments = [EPOCH + dt.timedelta(seconds=each) for each in seconds]
    parts = {
        "hour": [each.hour for each in moments],
        "weekday": [each.weekday() for each in moments],
        "month": [each.month - 1 for each in moments],
    }
    for cycle, size in CYCLES.items():
        expected = np.bincount(parts[cycle], minlength=size) / 500
        np.testing.assert_allclose(profile(days(*moments), cycle), expected)


def test_full_hours_survive_the_division_by_a_day():
    moments = [EPOCH + dt.timedelta(days=19_000 + each, hours=each % 24) for each in range(480)]
    np.testing.assert_allclose(profile(days(*moments), "hour"), np.full(24, 1 / 24))


def test_missing_dates_are_left_out():
    assert profile(np.array([np.nan, 0.0]), "weekday").tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert profile(np.array([np.nan]), "month").sum() == 0


def test_hours_weekdays_and_months_are_compared(real, second):
    found = {each.cycle: each for each in seasons(*sides_of([real, second]))}
    assert list(found) == ["hour", "weekday", "month"]
    assert sum(found["hour"].real) == pytest.approx(1)
    assert set(np.flatnonzero(found["hour"].synthetic)) <= set(range(8, 20))
    assert found["hour"].similarity > 0.85


def test_dates_at_midnight_lose_the_hours(real, second, change):
    placed = second.arrow("orders").column("placed").to_pylist()
    midnight = [each.replace(hour=0) for each in placed]
    sides = sides_of([real, change("orders", "placed", midnight)])
    found = {each.cycle: each.similarity for each in seasons(*sides)}
    assert found["hour"] == 0
    assert found["weekday"] > 0.8
    assert [each.cycle for each in seasons(sides[1], sides[0])] == ["weekday", "month"]


def test_no_date_is_not_alike(real, second, change):
    missing = change("orders", "placed", [None] * len(second["orders"]))
    assert {each.similarity for each in seasons(*sides_of([real, missing]))} == {0.0}
