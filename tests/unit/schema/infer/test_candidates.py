"""Which ways are tried: relations solved for each of their columns."""

from __future__ import annotations

import numpy as np

from synthkit.schema.formulas import written
from synthkit.schema.infer.candidates import candidates, telling_rows


def solved(order: list[str], rows: np.ndarray) -> list[list[str]]:
    found = candidates(order, rows.astype(float), np.full(len(order), 0.5))
    return [[written(*each) for each in relation.solved()] for relation in found]


def test_a_sum_is_solved_for_the_last_column_first() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 1000, (2, 16))
    assert solved(["a", "total", "b"], np.array([a, a + b, b])) == [
        ["b = total - a", "total = a + b", "a = total - b"]
    ]


def test_a_ratio_is_solved_for_its_value_only() -> None:
    rng = np.random.default_rng(1)
    b = rng.integers(100, 1000, 16)
    a = b * rng.integers(300, 5000, 16) + 7
    ways = solved(["a", "b", "share"], np.array([a, b, np.round(a / b)]))
    assert ["share = a / b"] in ways
    assert all(len(way) == 1 for way in ways)


def test_four_columns_that_balance_come_once() -> None:
    rng = np.random.default_rng(1)
    a, b, c = rng.integers(1000, 9000, (3, 16))
    (ways,) = solved(["a", "b", "c", "d"], np.array([a, b, c, a + b - c]))
    assert ways[0] == "d = a + b - c"
    assert len(ways) == 4


def test_rows_with_values_tell_more_than_gaps_and_zeros() -> None:
    rows = np.zeros((2, 100))
    rows[:, 40:56] = 5.0
    rows[:, 90:] = np.nan
    assert (telling_rows(rows) == 5.0).sum() >= 2 * 4
    assert not np.isnan(telling_rows(rows)).any()
