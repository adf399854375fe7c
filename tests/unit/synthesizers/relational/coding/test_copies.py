"""Numbers that equal a parent's, or are one of a few multiples of it, are found."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.coding.copies import best_origin, best_ratio
from synthkit.synthesizers.relational.coding.fields import Bound

RNG = np.random.default_rng(5)
THEIRS = np.round(RNG.lognormal(3, 1, 1_000), 2)
OTHERS = np.round(RNG.lognormal(3, 1, 1_000), 2)
PRICE = Bound(column="price", foreign_key=("product",), parent="products")
COST = Bound(column="cost", foreign_key=("product",), parent="products")


def test_the_column_that_is_equal_most_often_is_the_origin() -> None:
    half = np.where(np.arange(1_000) % 2, THEIRS, OTHERS[::-1])
    found = best_origin(half, [(COST, OTHERS), (PRICE, THEIRS)], lambda: 0.0)
    assert found is not None
    assert found[0] == PRICE


def test_what_chance_or_another_column_tells_is_no_copy() -> None:
    few = np.floor(RNG.random(1_000) * 2)
    assert best_origin(few, [(PRICE, few[::-1])], lambda: 0.0) is None
    half = np.where(np.arange(1_000) % 2, THEIRS, OTHERS)
    assert best_origin(half, [(PRICE, THEIRS)], lambda: 0.4) is None


def test_rows_without_a_parent_do_not_count() -> None:
    missing = np.where(np.arange(1_000) < 900, np.nan, THEIRS)
    assert best_origin(THEIRS, [(PRICE, missing)], lambda: 0.0) is not None
    assert best_origin(THEIRS[:940], [(PRICE, missing[:940])], lambda: 0.0) is None


def test_multiples_have_as_few_decimals_as_give_the_number_back() -> None:
    rates = np.asarray([1.0, 1.06, 0.9])[np.arange(1_000) % 3]
    found = best_ratio(np.round(THEIRS * rates, 2), [(COST, OTHERS), (PRICE, THEIRS)], 2)
    assert found is not None
    (origin, _), ratios = found
    assert origin == PRICE
    whole = THEIRS > 10
    assert set(np.unique(ratios[whole]).tolist()) <= {0.9, 1.0, 1.06}


def test_numbers_of_their_own_are_no_multiples() -> None:
    assert best_ratio(OTHERS, [(PRICE, THEIRS)], 2) is None
    # Mostly equal and else unrelated: a copy, which `best_origin` finds.
    mostly = np.where(np.arange(1_000) % 3, THEIRS, OTHERS)
    assert best_ratio(mostly, [(PRICE, THEIRS)], 2) is None


def test_nothing_is_a_multiple_of_nothing() -> None:
    zero = np.where(np.arange(1_000) == 7, 0.0, THEIRS)
    missing = np.where(np.arange(1_000) == 7, np.nan, THEIRS)
    for values in (zero, missing):
        assert best_ratio(np.round(THEIRS * 0.9, 2), [(PRICE, values)], 2) is None
