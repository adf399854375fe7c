"""Ends of numbers are found from the rows that decide them."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.synthesizers.columns.bins import bounded, shared_bins

PROTECT = 5


def _low(numbers: np.ndarray, owners: np.ndarray) -> float:
    """Return the lower end, looking at all rows for each owner."""
    first: dict[int, int] = {}
    for row, owner in enumerate(owners.tolist()):
        first.setdefault(owner, row)
    rows = sorted(first.values())
    start = rows[PROTECT - 1]
    if len({*owners[numbers == numbers[start]].tolist()}) >= PROTECT:
        return float(numbers[start])
    return float(numbers[start : rows[2 * PROTECT - 1]].mean())


def test_an_end_is_found_wherever_the_owners_come_that_decide_it() -> None:
    rng = np.random.default_rng(1)
    for alone in (0, 10, 100, 1_000, 1_900):
        numbers = np.sort(np.round(rng.normal(0, 1, 2_000), 3))
        owners = rng.integers(1, 40, 2_000)
        owners[:alone] = 0  # one owner has all of the lowest
        assert bounded(numbers, owners, PROTECT)[0] == _low(numbers, owners)
        spike = np.maximum(numbers, numbers[alone + 60])
        assert bounded(spike, owners, PROTECT)[0] == _low(spike, owners)


@pytest.mark.parametrize("count", [5, 6, 8, 9, 13, 14, 20, 29])
def test_ends_of_few_are_inside_of_the_numbers_and_far_apart(count: int) -> None:
    rng = np.random.default_rng(count)
    for _ in range(50):
        numbers = np.sort(rng.normal(1e15, 1e9, count))  # times in microseconds are as large
        low, high = bounded(numbers, np.arange(count), PROTECT)
        assert numbers[0] < low < high < numbers[-1]
        assert high - low > (numbers[-1] - numbers[0]) / 3


def test_ends_of_few_follow_no_single_number() -> None:
    numbers, owners = np.array([1.0, 2, 3, 4, 5, 6, 7]), np.arange(7)
    further = np.append(numbers[:-1], 1_000)
    high = bounded(further, owners, PROTECT)[1]
    assert numbers[-1] < high < 500
    low, high = bounded(numbers[:4], owners[:4], PROTECT)  # too few even for a mean
    assert (low, high) == (0, 10)


def test_an_entity_with_most_of_the_rows_of_few_decides_no_more_than_others() -> None:
    numbers = np.append(np.arange(10.0), np.full(990, 100.0) + np.arange(990) / 1e6)
    owners = np.append(np.arange(10), np.full(990, 10))
    low, high = bounded(numbers, owners, PROTECT)
    assert low < 9
    assert high < 70


@pytest.mark.parametrize("numbers", [[0.1] * 7, [1e300] * 3 + [2e300] * 4, [-1e308, *range(6)]])
def test_ends_of_few_hold_for_any_numbers(numbers: list[float]) -> None:
    sorted_numbers = np.sort(np.asarray(numbers, float))
    low, high = bounded(sorted_numbers, np.arange(7), PROTECT)
    assert sorted_numbers[0] <= low <= high <= sorted_numbers[-1]


def test_codes_of_few_rows_decode_to_numbers_inside() -> None:
    numbers = np.array([10.0, 12, 15, 15, 16, 21, 22, 30])
    knots, held = shared_bins(numbers, np.arange(8), PROTECT, 1.0)
    assert not held
    assert 10 < knots[0][0] < knots[-1][-1] < 30
