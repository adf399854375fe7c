"""Picked parent rows: shuffled, as popular as their weights, and distinct where they must be."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.randomness import Streams
from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.picks import (
    Permutation,
    Weights,
    pick_distinct,
    pick_in_groups,
)
from synthkit.synthesizers.structure.references import Indices


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def pairs(*columns: Indices) -> set[tuple[int, ...]]:
    return set(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 16, 17, 1000, 65_537])
@pytest.mark.parametrize("key", [0, 1, 2**63 - 1])
def test_a_permutation_reaches_every_number_once(size: int, key: int) -> None:
    moved = Permutation(size, key)(np.arange(size))
    assert sorted(moved.tolist()) == list(range(size))


@pytest.mark.parametrize("size", [2**31, 2**62, 10**15 + 7])
def test_large_permutations_stay_inside_and_repeat_nothing(size: int) -> None:
    for start in (0, size - 50_000):
        moved = Permutation(size, 5)(np.arange(start, start + 50_000))
        assert len(np.unique(moved)) == 50_000
        assert 0 <= moved.min() <= moved.max() < size


@pytest.mark.parametrize("places", [[-1], [5], [0, 5]])
def test_positions_that_there_are_not_are_refused(places: list[int]) -> None:
    with pytest.raises(ValueError, match="no such positions among 5"):
        Permutation(5, 1)(np.array(places))


def test_any_part_of_a_permutation_is_that_of_the_whole() -> None:
    order = Permutation(10_000, 3)
    assert (order(np.arange(500, 600)) == order(np.arange(10_000))[500:600]).all()
    assert order(np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("size", [5, 12, 64])
def test_keys_shuffle_evenly(size: int) -> None:
    """Where place 0 goes, over 4,000 keys: chi-square, mean d, within 8 standard deviations."""
    streams = Streams(1)
    ends = [
        int(Permutation(size, streams.integer(number))(np.zeros(1, np.int64))[0])
        for number in range(4000)
    ]
    expected = 4000 / size
    chi2 = ((np.bincount(ends, minlength=size) - expected) ** 2 / expected).sum()
    assert chi2 < size - 1 + 8 * np.sqrt(2 * (size - 1))


def test_a_shuffle_leaves_no_order() -> None:
    """Rank correlation of 10,000 places: sigma is 1 / sqrt(n), so 5.5 sigma has p < 1e-7."""
    places = np.arange(10_000)
    moved = Permutation(10_000, Streams(2).integer("x"))(places)
    assert abs(np.corrcoef(places, moved)[0, 1]) < 5.5 / np.sqrt(10_000)
    assert abs(np.corrcoef(moved[1:], moved[:-1])[0, 1]) < 5.5 / np.sqrt(10_000)
    assert (moved == places).sum() < 12  # fixed points are Poisson(1): p < 1e-9


def test_weights_give_each_row_as_many_positions_as_its_weight() -> None:
    weights = Weights(np.array([2, 0, 3, 0]))
    assert (len(weights), weights.total) == (4, 5)
    assert weights.at(np.arange(7)).tolist() == [0, 0, 2, 2, 2, -1, -1]
    assert weights.per_row().tolist() == [2, 0, 3, 0]
    assert weights.at(np.zeros(0, np.int64)).tolist() == []


def test_large_weights_do_not_overflow() -> None:
    weights = Weights(np.array([2**40, 1, 2**31]))
    assert weights.total == 2**40 + 1 + 2**31
    assert weights.at(np.array([0, 2**40 - 1, 2**40, 2**40 + 1, 2**41])).tolist() == [
        0,
        0,
        1,
        2,
        -1,
    ]


def test_rows_without_any_weight_own_nothing_and_are_picked_evenly() -> None:
    weights = Weights(np.zeros(3, np.int64))
    assert (len(weights), weights.total) == (3, 0)
    assert weights.at(np.arange(3)).tolist() == [-1, -1, -1]
    assert set(weights.pick(100, rng()).tolist()) == {0, 1, 2}
    empty = Weights(np.zeros(0, np.int64))
    assert (len(empty), empty.total, empty.pick(0, rng()).tolist()) == (0, 0, [])


def test_picks_follow_the_weights() -> None:
    """Hoeffding for each of three shares of 100,000 picks at alpha = 1e-6."""
    weights = np.array([1, 0, 9])
    picks = Weights(weights).pick(100_000, rng())
    bound = np.sqrt(np.log(2e6) / 2e5)
    assert np.abs(np.bincount(picks, minlength=3) / 100_000 - weights / 10).max() <= bound
    assert np.abs(np.bincount(rng().integers(0, 3, 100_000)) / 1e5 - weights / 10).max() > bound


@pytest.mark.parametrize(("rows", "total"), [(0, 0), (10, 0), (10, 25), (70_000, 123_456)])
def test_drawn_weights_have_the_total(rows: int, total: int) -> None:
    seen = CountDistribution((0, 1, 4), (5, 3, 2))
    weights = Weights.drawn(seen, rows, total, Streams(3).under("w"))
    assert (len(weights), weights.total) == (rows, total)
    again = Weights.drawn(seen, rows, total, Streams(3).under("w"))
    assert np.array_equal(weights.per_row(), again.per_row())


def test_distinct_picks_are_changed_only_where_they_repeat() -> None:
    groups = np.array([0, 0, 0, 1, 1, 2])
    picks = np.array([4, 4, 1, 4, 2, 4])
    (made,) = pick_distinct(groups, [picks], [Weights(np.ones(6, np.int64))], rng())
    assert len(pairs(groups, made)) == 6
    kept = np.array([0, 2, 3, 4, 5])
    assert (made[kept] == picks[kept]).all()
    assert picks.tolist() == [4, 4, 1, 4, 2, 4]  # what was given is not changed


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [1000, 1, 0, 0], [0, 0, 0, 0]])
def test_a_group_may_take_everything_there_is(weights: list[int]) -> None:
    groups = np.repeat(np.arange(50), 4)
    picks = np.zeros(200, np.int64)
    (made,) = pick_distinct(groups, [picks], [Weights(np.array(weights))], rng())
    assert len(pairs(groups, made)) == 200


def test_combinations_are_distinct_not_their_parts() -> None:
    groups = np.repeat(np.arange(20), 6)
    ends = [Weights(np.ones(size, np.int64)) for size in (2, 3)]
    made = pick_distinct(groups, [np.zeros(120, np.int64)] * 2, ends, rng())
    assert len(pairs(groups, *made)) == 120  # every combination in every group
    kept = np.arange(0, 120, 6)
    assert all((end[kept] == 0).all() for end in made)


def test_combinations_of_large_tables_can_be_distinct() -> None:
    """Of more combinations than 64 bits count, a free one is found without a list of all."""
    large = Weights(np.array([1, 1, *[0] * 999_998]))
    groups = np.zeros(20, np.int64)
    made = pick_distinct(groups, [np.zeros(20, np.int64)] * 4, [large] * 4, rng())
    assert len(pairs(*made)) == 20


def test_popular_rows_stay_popular_in_distinct_picks() -> None:
    """Two of ten per group, the first with half of all weight: it is in most groups."""
    weights = Weights(np.array([9, *[1] * 9]))
    groups = np.repeat(np.arange(5000), 2)
    (made,) = pick_distinct(groups, [weights.pick(10_000, rng())], [weights], rng(2))
    with_first = len(np.unique(groups[made == 0])) / 5000
    # Without the first in two draws: 1/4. A repeat is drawn again, so 3/4 of groups have it;
    # Hoeffding at alpha = 1e-6.
    assert abs(with_first - 0.75) <= np.sqrt(np.log(2e6) / 10_000)
    even = Weights(np.ones(10, np.int64))
    (evenly,) = pick_distinct(groups, [rng().integers(0, 10, 10_000)], [even], rng())
    assert len(np.unique(groups[evenly == 0])) / 5000 < 0.3


def test_picks_in_groups_stay_in_their_group() -> None:
    offered = np.array([2, 0, 1, 0, -1, 2, 0])
    wanted = np.array([0, 1, 2, 3, -1] * 50)
    picks = pick_in_groups(wanted, offered, Weights(np.ones(7, np.int64)), rng())
    found = picks >= 0
    assert (found == np.isin(wanted, [0, 1, 2])).all()
    assert (offered[picks[found]] == wanted[found]).all()
    assert set(picks[wanted == 0].tolist()) == {1, 3, 6}


def test_picks_in_groups_follow_the_weights_and_fall_back_to_even() -> None:
    """Hoeffding for shares of 50,000 picks at alpha = 1e-6."""
    offered = np.array([0, 0, 1, 1])
    wanted = np.repeat([0, 1], 50_000)
    picks = pick_in_groups(wanted, offered, Weights(np.array([3, 1, 0, 0])), rng())
    bound = np.sqrt(np.log(2e6) / 1e5)
    assert abs((picks[:50_000] == 0).mean() - 0.75) <= bound
    assert abs((picks[50_000:] == 2).mean() - 0.5) <= bound


def test_nothing_is_offered() -> None:
    none = np.zeros(0, np.int64)
    assert pick_in_groups(np.array([0, -1]), none, Weights(none), rng()).tolist() == [-1, -1]
    assert pick_in_groups(none, np.array([0]), Weights(np.array([1])), rng()).tolist() == []
