"""Pools, concatenations and choices draw what they say, as often as they say."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import numpy as np
import pyarrow as pa
import pytest

from synthkit.generators.values.expressions import (
    Checked,
    Joined,
    Mixture,
    Pool,
    joined,
    listed,
    literal,
    mixture,
    render,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def close(observed: int, count: int, probability: float) -> bool:
    """Five standard deviations of a binomial: p < 6e-7 a comparison."""
    spread = sqrt(count * probability * (1 - probability))
    return abs(observed - count * probability) <= 5 * spread


def test_a_pool_draws_by_weight() -> None:
    drawn = Counter(Pool.of({"a": 7, "b": 2, "c": 1}).draw(100_000, rng()).to_pylist())
    assert all(
        close(drawn[value], 100_000, share)
        for value, share in {"a": 0.7, "b": 0.2, "c": 0.1}.items()
    )


def test_the_weight_check_fails_for_wrong_weights() -> None:
    drawn = Counter(Pool.of(["a", "b", "c"]).draw(100_000, rng()).to_pylist())
    assert not close(drawn["a"], 100_000, 0.7)


def test_a_pool_does_not_depend_on_order_and_adds_repeats_up() -> None:
    one, two = Pool.of(["b", "a", "b"]), Pool.of({"b": 2.0, "a": 1.0})
    assert one.values == two.values == pa.array(["a", "b"])
    for pool in (one, two):
        assert pool.weights == pytest.approx([1 / 3, 2 / 3])


def test_a_pool_drops_what_is_never_drawn_and_refuses_to_be_empty() -> None:
    assert Pool.of({"a": 1.0, "b": 0.0}).values.to_pylist() == ["a"]
    with pytest.raises(ValueError, match="at least one"):
        Pool.of([])


def test_strings_of_one_length_and_others_are_joined_alike() -> None:
    fixed = [Pool.of(["ab", "cd"]), literal("-"), Pool.of(["1", "2"])]
    mixed = [Pool.of(["ab", "c"]), literal("-"), Pool.of(["é", "22"])]
    places = [np.array([0, 1]), np.array([0, 0]), np.array([1, 0])]
    assert fixed[0].matrix is not None
    assert render(fixed, places).to_pylist() == ["ab-2", "cd-1"]
    assert render(mixed, places).to_pylist() == ["ab-é", "c-22"]


def test_small_neighbours_become_one_pool_with_the_products_of_weights() -> None:
    merged = joined([Pool.of({"a": 3.0, "b": 1.0}), literal("."), Pool.of(["x", "y"])])
    assert isinstance(merged, Pool)
    shares = dict(zip(merged.values.to_pylist(), merged.weights, strict=True))
    assert shares == pytest.approx({"a.x": 0.375, "a.y": 0.375, "b.x": 0.125, "b.y": 0.125})


def test_large_neighbours_stay_apart() -> None:
    large = Pool.of([f"{number:03d}" for number in range(1000)])
    product = joined([large, large])
    assert isinstance(product, Joined)
    assert product.size == 1_000_000
    assert all(len(value) == 6 for value in product.draw(50, rng()).to_pylist())


def test_a_choice_draws_each_option_by_weight() -> None:
    large = Pool.of([f"{number:03d}" for number in range(1000)])
    choice = mixture([(joined([large, large]), 3), (joined([literal("x"), large, large]), 1)])
    assert isinstance(choice, Mixture)
    drawn = choice.draw(100_000, rng()).to_pylist()
    assert close(sum(value[0] == "x" for value in drawn), 100_000, 0.25)


def test_choices_between_pools_become_one_pool() -> None:
    pool = mixture([(Pool.of(["a", "b"]), 1), (Pool.of(["b", "c"]), 1)])
    assert isinstance(pool, Pool)
    assert dict(zip(pool.values.to_pylist(), pool.weights, strict=True)) == pytest.approx(
        {"a": 0.25, "b": 0.5, "c": 0.25}
    )


def test_listing_writes_out_what_is_drawn() -> None:
    digits = Pool.of("0123456789")
    expression = Mixture([Joined([digits, literal("-"), digits]), Pool.of(["x"])], [1, 1])
    pool = listed(expression)
    assert pool.size == 101
    assert dict(zip(pool.values.to_pylist(), pool.weights, strict=True))["x"] == pytest.approx(0.5)


def test_check_characters_are_put_at_their_place() -> None:
    digits = Pool.of("0123456789")
    values = np.arange(10)
    checked = Checked([digits, digits], [values, values], 10, list("0123456789"), 1)
    assert all(
        int(value[1]) == (int(value[0]) + int(value[2])) % 10
        for value in checked.draw(500, rng()).to_pylist()
    )
    assert listed(checked).size == 100


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows_can_be_drawn(count: int) -> None:
    large = Pool.of([f"{number:03d}" for number in range(1000)])
    both = mixture([(joined([large, large]), 1), (joined([large, literal("é"), large]), 1)])
    assert len(both.draw(count, rng())) == count
