"""Times with a rhythm: in their windows, in the hours of the place, soon after what they follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synthkit.domains.clock import DAY, EVENING, HOUR, OFFICE, Clock, in_order

ZONES = ("America/New_York", "Asia/Kolkata", "Europe/Berlin", "UTC")
ALPHA = 1e-6
COUNT = 40_000


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(date(2023, 1, 1), date(2024, 12, 31), ZONES, EVENING)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def even(clock: Clock, zone: int, rng: np.random.Generator) -> pd.DatetimeIndex:
    """Times over the whole period, by the clock of a zone."""
    zones = np.full(COUNT, zone)
    drawn = clock.between(np.full(COUNT, clock.start), clock.end, zones, rng.random(COUNT))
    return pd.to_datetime(drawn, unit="s", utc=True).tz_convert(ZoneInfo(ZONES[zone]))


@pytest.mark.parametrize("zone", range(len(ZONES)))
def test_hours_are_those_of_the_place(clock: Clock, zone: int, rng: np.random.Generator) -> None:
    """Exact binomial tests of evening hours; the twin reads the clock of another place."""
    share = sum(EVENING.hours[18:23]) / sum(EVENING.hours)
    local = even(clock, zone, rng)
    assert stats.binomtest(int(local.hour.isin(range(18, 23)).sum()), COUNT, share).pvalue > ALPHA
    other = local.tz_convert("Pacific/Auckland")
    assert stats.binomtest(int(other.hour.isin(range(18, 23)).sum()), COUNT, share).pvalue < ALPHA


def test_weekdays_months_and_growth_are_those_of_the_rhythm(rng: np.random.Generator) -> None:
    clock = Clock(date(2023, 1, 1), date(2024, 12, 31), ["UTC"], OFFICE.grown(0.5))
    drawn = clock.between(
        np.full(COUNT, clock.start), clock.end, np.zeros(COUNT, dtype=int), rng.random(COUNT)
    )
    times = pd.to_datetime(drawn, unit="s")
    days = pd.date_range("2023-01-01", "2024-12-31")
    weights = (
        np.array(OFFICE.weekdays)[days.dayofweek]
        * np.array(OFFICE.months)[days.month - 1]
        * 1.5 ** ((np.arange(len(days)) + 0.5) / 365.25)
    )
    for inside, happened in (
        (days.dayofweek >= 5, times.dayofweek >= 5),
        (days.month == 8, times.month == 8),
        (days.year == 2024, times.year == 2024),
    ):
        share = weights[inside].sum() / weights.sum()
        assert stats.binomtest(int(happened.sum()), COUNT, share).pvalue > ALPHA
        assert stats.binomtest(int(happened.sum()), COUNT, inside.mean()).pvalue < ALPHA


def test_busy_time_and_moments_are_inverse(clock: Clock, rng: np.random.Generator) -> None:
    zone = rng.integers(0, len(ZONES), COUNT)
    moments = rng.integers(clock.start, clock.end + 1, COUNT)
    again = clock.moment(clock.busy(moments, zone), zone)
    assert np.abs(again - moments).max() <= 1


def test_windows_are_kept_even_if_they_are_one_second_wide(
    clock: Clock, rng: np.random.Generator
) -> None:
    zone = rng.integers(0, len(ZONES), COUNT)
    low = rng.integers(clock.start, clock.end + 1, COUNT)
    high = np.minimum(low + rng.integers(0, 3 * DAY, COUNT) * (rng.random(COUNT) < 0.7), clock.end)
    drawn = clock.between(low, high, zone, rng.random(COUNT))
    assert (drawn >= low).all()
    assert (drawn <= high).all()


def test_bursts_fade_and_end_with_the_period(clock: Clock, rng: np.random.Generator) -> None:
    """Kolmogorov-Smirnov against the Lomax law in busy time; the twin is even in time."""
    zone = np.full(COUNT, 2)
    low = np.full(COUNT, clock.start + 90 * DAY)
    drawn = clock.burst(low, zone, 3.0 * HOUR, 1.1, rng.random(COUNT))
    assert (drawn >= low).all()
    assert (drawn <= clock.end).all()
    law = stats.lomax(1.1, scale=3.0 * HOUR)
    delays = clock.busy(drawn, zone) - clock.busy(low, zone)
    assert stats.kstest(delays, law.cdf).pvalue > ALPHA
    spread = clock.busy(clock.between(low, clock.end, zone, rng.random(COUNT)), zone)
    assert stats.kstest(spread - clock.busy(low, zone), law.cdf).pvalue < ALPHA


def test_a_burst_at_the_very_end_stays_there(clock: Clock) -> None:
    low = np.full(3, clock.end)
    drawn = clock.burst(low, np.zeros(3, dtype=int), 60.0, 1.0, np.array([0.0, 0.5, 0.999]))
    assert (drawn == clock.end).all()


def test_an_hour_that_the_clock_skips_has_no_events_of_its_own(rng: np.random.Generator) -> None:
    """When summer time begins, 03:00 follows 01:59: nothing shows 02:xx on that day."""
    at_two = replace(EVENING, hours=tuple(1.0 if hour == 2 else 0.0 for hour in range(24)))
    clock = Clock(date(2024, 3, 1), date(2024, 4, 30), ["Europe/Berlin"], at_two)
    drawn = clock.between(
        np.full(COUNT, clock.start), clock.end, np.zeros(COUNT, dtype=int), rng.random(COUNT)
    )
    local = pd.to_datetime(drawn, unit="s", utc=True).tz_convert("Europe/Berlin")
    usual = local[(local < "2024-03-30") | (local > "2024-04-02")]
    assert set(usual.hour) == {2}


@pytest.mark.parametrize("span", [0, 1, 40, 1 << 16, 1 << 17, 1 << 40])
def test_the_order_of_times_is_that_of_a_stable_sort(span: int, rng: np.random.Generator) -> None:
    moments = 1_700_000_000 - span // 2 + rng.integers(0, span + 1, 3_000)
    for each in (moments, moments[:1], moments[:0], -moments):
        assert (in_order(each) == np.argsort(each, kind="stable")).all()
