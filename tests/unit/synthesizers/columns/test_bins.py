"""Ends of numbers are found from the rows that decide them."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.columns.bins import bounded

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
        owners = rng.integers(1, 30, 2_000)
        owners[:alone] = 0  # one owner has all of the lowest
        assert bounded(numbers, owners, PROTECT)[0] == _low(numbers, owners)
        spike = np.maximum(numbers, numbers[alone + 60])
        assert bounded(spike, owners, PROTECT)[0] == _low(spike, owners)
