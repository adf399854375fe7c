"""Shares are exact to the row, and any block knows its rows' groups by itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Streams, Weighting
from synthkit.synthesizers.relational.conditional.groups import apportioned, groups_of


@pytest.mark.parametrize(
    ("shares", "total", "expected"),
    [
        ([0.5, 0.5], 7, [4, 3]),
        ([1 / 3, 1 / 3, 1 / 3], 100, [34, 33, 33]),
        ([0.7, 0.2, 0.1], 10, [7, 2, 1]),
        ([0.999, 0.001], 10, [10, 0]),
        ([1.0], 0, [0]),
    ],
)
def test_the_largest_remainders_get_the_rows_that_are_left(
    shares: list[float], total: int, expected: list[int]
) -> None:
    assert apportioned(shares, total).tolist() == expected


def test_groups_have_their_shares_over_all_blocks() -> None:
    weights = [
        Weighting("t", "a", pa.array(["x", "y"]), (0.5, 0.25), 0.25),
        Weighting("t", "b", pa.array([True, False]), (0.1, 0.9)),
    ]
    streams = Streams(3)
    whole = groups_of(weights, streams, 0, 1000, 1000)
    pieces = [groups_of(weights, streams, at, at + 100, 1000) for at in range(0, 1000, 100)]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert np.bincount(whole // 2).tolist() == [500, 250, 250]
    assert np.bincount(whole % 2).tolist() == [100, 900]
    assert len(np.unique(whole)) == 6
