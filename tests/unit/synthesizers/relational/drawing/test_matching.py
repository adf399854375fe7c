"""Links are chosen again until bounds leave room, without changing anyone's number of children."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.drawing.matching import (
    redraw_until_ordered,
    swap_until_ordered,
)


def test_swapping_orders_bounds_and_keeps_counts() -> None:
    rng = np.random.default_rng(1)
    starts = rng.random(40)
    picks = rng.integers(0, 40, 400)
    high = rng.random(400) * 0.5 + 0.7
    low = starts[picks]
    assert (low > high).any()
    moved = swap_until_ordered(low, high, picks, rng, moves_low=True)
    assert (starts[moved] <= high).all()
    assert np.array_equal(np.bincount(moved, minlength=40), np.bincount(picks, minlength=40))


def test_what_fits_nobody_is_let_go() -> None:
    picks = np.array([0, 1, 2])
    low, high = np.array([5.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0])
    moved = swap_until_ordered(low, high, picks, np.random.default_rng(0), moves_low=True)
    assert moved.tolist() == [-1, 1, 2]


def test_a_row_without_takes_what_another_cannot_keep() -> None:
    picks = np.array([0, -1])
    low, high = np.array([5.0, np.nan]), np.array([1.0, 9.0])
    moved = swap_until_ordered(low, high, picks, np.random.default_rng(0), moves_low=True)
    assert moved.tolist() == [-1, 0]


def test_missing_links_and_bounds_stay() -> None:
    picks = np.array([-1, 0])
    low, high = np.array([np.nan, np.nan]), np.array([1.0, 1.0])
    moved = swap_until_ordered(low, high, picks, np.random.default_rng(0), moves_low=True)
    assert moved.tolist() == [-1, 0]


def test_a_bridge_is_drawn_again_without_repeating_a_pair() -> None:
    rng = np.random.default_rng(2)
    ends = np.arange(50.0)
    owners = np.repeat(np.arange(20), 10)
    picks = np.concatenate([rng.choice(50, 10, replace=False) for _ in range(20)])
    limits = np.repeat(np.linspace(0, 30, 20), 10)
    for at_least in (True, False):
        bound = limits if at_least else 50 - limits
        moved = redraw_until_ordered(bound, ends, owners, picks, rng, at_least=at_least)
        assert (ends[moved] >= bound).all() if at_least else (ends[moved] <= bound).all()
        assert len(np.unique(owners * 50 + moved)) == 200


def test_a_bridge_that_fits_nothing_stays() -> None:
    picks = np.array([0, 1])
    moved = redraw_until_ordered(
        np.array([9.0, 0.0]),
        np.array([1.0, 2.0]),
        np.array([0, 1]),
        picks,
        np.random.default_rng(0),
        at_least=True,
    )
    assert moved.tolist() == [0, 1]
