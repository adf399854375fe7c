"""What numbers between bounds are measured from, and what becomes of those past an end."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.coding.fields import (
    absolute,
    folded,
    nearest_side,
    relative,
    tightest,
)

RNG = np.random.default_rng(2)
LOW = RNG.uniform(0, 500, 2_000)
HIGH = LOW + RNG.uniform(100, 400, 2_000)


def test_places_and_distances_are_told_apart() -> None:
    place = LOW + RNG.random(2_000) * (HIGH - LOW)
    soon = RNG.exponential(20, 2_000)
    assert nearest_side(place, LOW, HIGH) is None
    assert nearest_side(np.fmin(LOW + soon, HIGH), LOW, HIGH) == "low"
    assert nearest_side(np.fmax(HIGH - soon, LOW), LOW, HIGH) == "high"
    assert nearest_side(place, LOW, None) is None


def test_distances_are_undone_and_never_leave_the_bounds() -> None:
    numbers = np.round(LOW + RNG.random(2_000) * (HIGH - LOW), 3)
    for side in ("low", "high"):
        coded = relative(numbers, LOW, HIGH, side)
        assert np.allclose(absolute(coded, LOW, HIGH, 3, side), numbers)
        far = absolute(coded + 1_000, LOW, HIGH, None, side)
        assert ((far >= LOW) & (far <= HIGH)).all()


def test_what_lies_past_an_end_is_folded_inside() -> None:
    least, most = np.zeros(5), np.full(5, 10.0)
    made = folded(np.array([-1.0, 3.0, 12.0, 31.0, np.nan]), least, most)
    assert made[:4].tolist() == [1.0, 3.0, 8.0, 9.0]
    assert np.isnan(made[4])


def test_the_nearest_bounds_have_a_number() -> None:
    one, two = np.array([1.0, np.nan, 3.0]), np.array([2.0, 2.0, 2.0])
    assert tightest([one, two], []).tolist() == [2, 2, 1]
    assert tightest([], [one, two]).tolist() == [1, 2, 2]
    assert tightest([one, two], [one, two]).tolist() == [2, 4, 3]
