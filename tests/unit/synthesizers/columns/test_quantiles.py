"""Numbers drawn between means of neighbours: within range, at the granularity, none of them real.

Distributions: the Dvoretzky-Kiefer-Wolfowitz bound with Massart's constant, alpha 1e-9.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from math import log, sqrt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema.storage import storage_of
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.quantiles import Quantiles

LEAST = 5
DRAWN = 20_000


def learned(values: list[Any], kind: pa.DataType | None = None) -> Quantiles:
    seen = pa.array(values, kind)
    return Quantiles.learn(storage_of(seen.type), seen, Crowd.of_rows(len(seen), LEAST))


def drawn(quantiles: Quantiles, count: int = DRAWN) -> pa.Array:
    return quantiles.draw(count, np.random.default_rng(3))


def distance(made: np.ndarray, seen: np.ndarray) -> float:
    """Return the largest gap between two empirical distribution functions."""
    places = np.unique(np.concatenate([made, seen]))
    one, two = (
        np.searchsorted(np.sort(each), places, "right") / len(each) for each in (made, seen)
    )
    return float(np.abs(one - two).max())


def test_drawn_numbers_are_distributed_as_those_seen() -> None:
    seen = np.random.default_rng(1).exponential(10, 3000).round(2)
    made = np.asarray(drawn(learned(seen.tolist())))
    # Two DKW bounds, and at either end half of one knot's share of what was seen.
    sampling = sqrt(log(2 / 1e-9) / (2 * DRAWN)) + 1 / 64
    assert distance(made, seen) < sampling
    assert distance(made + seen.std(), seen) > sampling


def test_no_end_is_a_value_of_fewer_than_five() -> None:
    seen = [1.0] * 40 + [-1e9, 1e9]
    made = np.asarray(drawn(learned(seen)))
    assert set(made.tolist()) == {1.0}
    assert learned(seen).held == (1.0,)
    numbers = learned([100 * number for number in range(23)])
    assert len(numbers.knots) == 4
    assert numbers.held == ()
    assert 400 < numbers.knots[0] < 800, "the mean of the fifth to the ninth, and those below it"
    assert not set(numbers.knots) & {100.0 * number for number in range(23)}


@pytest.mark.parametrize(
    ("seen", "decimals"),
    [
        ([1.5, 2.25, 3.0], 2),
        ([1.0, 20.0], 0),
        ([1e-7, 1.0], 7),
        ([1e300, 1.0], 0),
        ([0.1 + 0.2], 12),
    ],
)
def test_numbers_have_the_decimals_seen(seen: list[float], decimals: int) -> None:
    quantiles = learned(seen * LEAST)
    assert quantiles.decimals == decimals
    made = np.asarray(drawn(quantiles, 50))
    assert np.array_equal(made, np.round(made, decimals))


def test_whole_numbers_keep_their_step() -> None:
    quantiles = learned([5 * number + 3 for number in range(100)])
    made = np.asarray(drawn(quantiles))
    assert set((made % 5).tolist()) == {3}
    assert made.min() >= 3
    assert made.max() <= 498


def test_a_number_that_most_rows_have_stays_as_common() -> None:
    made = np.asarray(drawn(learned([0] * 900 + list(range(1, 101)))))
    # 57 of 64 knots are 0 and the next is not: Hoeffding's bound and one knot's share.
    assert abs((made == 0).mean() - 0.9) < sqrt(log(2 / 1e-9) / (2 * DRAWN)) + 1 / 64


@pytest.mark.parametrize(
    "values",
    [
        [date(2024, 1, day) for day in range(1, 29)],
        [time(hour, 30) for hour in range(24)],
        [datetime(2024, 1, day, 12, tzinfo=UTC) for day in range(1, 29)],
        [2**63 - 1 - number for number in range(40)],
        [-(2**63) + number for number in range(40)],
    ],
    ids=["dates", "times", "moments", "largest", "smallest"],
)
def test_every_storage_comes_back_within_its_range(values: list[Any]) -> None:
    seen = pa.array(values)
    made = drawn(learned(values), 100)
    assert made.type == seen.type
    assert made.null_count == 0
    if not pa.types.is_integer(seen.type):
        assert min(values) <= min(made.to_pylist())
        assert max(made.to_pylist()) <= max(values)
    few = drawn(learned(values[-2:]), 100)
    assert few.type == seen.type
    few.to_pylist()


def test_numbers_of_few_subjects_are_as_few() -> None:
    seen = pa.array([10.5] * 50 + [20.25] * 50 + list(range(100)))
    crowd = Crowd(np.concatenate([[1] * 50, np.arange(2, 52), np.arange(52, 152)]), LEAST)
    quantiles = Quantiles.learn("double", seen, crowd)
    assert 10.5 not in quantiles.knots
    assert 10.5 not in quantiles.held
    assert learned([20.25] * 50 + list(range(100))).held == (20.25,)


def test_of_fewer_values_only_signs_and_digits_are_kept() -> None:
    assert learned([4321, 1234]).knots == (0.0, 10_000.0)
    assert learned([-4321, 12]).knots == (-10_000.0, 10_000.0)
    assert learned([-0.5]).knots == (-10.0, 0.0)
    assert learned([0]).knots == (0.0, 0.0)


def test_nothing_drawn_is_an_empty_array() -> None:
    assert len(drawn(learned([1, 2, 3, 4, 5]), 0)) == 0


def test_a_round_trip_through_json_draws_the_same() -> None:
    quantiles = learned([1.5, 2.5, 9.0] * 9)
    copy = Quantiles.model_validate_json(quantiles.model_dump_json())
    assert drawn(copy, 20).equals(drawn(quantiles, 20))
