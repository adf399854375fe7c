"""Coordinates and dates: in range, without repeats, with a clear end."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.errors import UsageError
from synthkit.generators.values.numbers import BirthDates, Coordinates


def rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(1))


@pytest.mark.parametrize("limit", [90, 180])
def test_coordinates(limit: int) -> None:
    for made in (
        Coordinates(limit).draw(10_000, rng(), "en_US"),
        Coordinates(limit).distinct(7, 10_000, 3, "en_US"),
    ):
        degrees = np.asarray(made)
        assert made.type == pa.float64()
        assert -limit <= degrees.min() < -0.9 * limit
        assert 0.9 * limit < degrees.max() < limit
        assert all(len(str(value).partition(".")[2]) <= 6 or "e" in str(value) for value in degrees)


def test_distinct_coordinates_do_not_repeat_when_used_up() -> None:
    size = 2 * 90 * 1_000_000
    parts = [Coordinates(90).distinct(start, 100_000, 3, "en_US") for start in (0, size, 5 * size)]
    assert pc.count_distinct(pa.concat_arrays(parts)).as_py() == 300_000
    with pytest.raises(UsageError, match="distinct coordinates"):
        Coordinates(90).distinct(1000 * size, 1, 3, "en_US")


def test_dates_of_birth_are_those_of_adults() -> None:
    dates = BirthDates().draw(20_000, rng(), "en_US")
    assert dates.type == pa.date32()
    assert dt.date(1930, 1, 1) < pc.min(dates).as_py() < dt.date(1960, 1, 1)
    assert dt.date(2006, 1, 1) < pc.max(dates).as_py() < dt.date(2007, 2, 1)


def test_distinct_dates_go_back_in_time_and_end() -> None:
    dates = BirthDates().distinct(0, 500_000, 3, "en_US")
    assert pc.count_distinct(dates).as_py() == 500_000
    assert pc.min(dates.slice(0, 26_280)).as_py() > dt.date(1934, 1, 1)
    with pytest.raises(UsageError, match="distinct dates"):
        BirthDates().distinct(800_000, 1, 3, "en_US")


def test_an_unknown_locale_is_an_error_here_too() -> None:
    with pytest.raises(UsageError, match="no locale"):
        BirthDates().draw(1, rng(), "xx_XX")
