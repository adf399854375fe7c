"""Child counts: as frequent as seen, and a total that is exact."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.synthesizers.structure.counts import CountDistribution, fit_total

SKEWED = CountDistribution((0, 1, 2, 50), (50, 30, 15, 5))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_what_is_seen_counts_childless_rows_too() -> None:
    seen = CountDistribution.seen(np.array([0, 0, 3, -1, 0, 2]), 5)
    assert seen == CountDistribution((0, 1, 3), (2, 2, 1))
    assert seen.mean == 1.0
    assert CountDistribution.from_json(seen.to_json()) == seen  # type: ignore[arg-type]


def test_no_parents_and_no_children() -> None:
    assert CountDistribution.seen(np.zeros(0, np.int64), 3) == CountDistribution((0,), (3,))
    empty = CountDistribution.seen(np.zeros(0, np.int64), 0)
    assert empty == CountDistribution((), ())
    assert empty.mean == 0.0
    assert empty.draw(3, rng()).tolist() == [1, 1, 1]
    assert CountDistribution.seen(np.full(4, -1), 2) == CountDistribution((0,), (2,))


def frequencies(values: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([(values == value).mean() for value in SKEWED.values])


def test_counts_are_drawn_as_often_as_they_were_seen() -> None:
    """DKW: 100,000 draws stay within sqrt(log(2e6) / 2e5) = .0085 at alpha = 1e-6."""
    drawn = SKEWED.draw(100_000, rng())
    bound = np.sqrt(np.log(2e6) / 2e5)
    expected = np.array(SKEWED.frequencies) / 100
    assert np.abs(np.cumsum(frequencies(drawn)) - np.cumsum(expected)).max() <= bound
    # The twin: counts drawn evenly are far from it.
    evenly = rng().choice(SKEWED.values, 100_000)
    assert np.abs(np.cumsum(frequencies(evenly)) - np.cumsum(expected)).max() > bound


@pytest.mark.parametrize("total", [0, 1, 999, 1000, 1010, 5000, 10**6])
@pytest.mark.parametrize("most", [None, 1200])
def test_the_total_is_exact_and_bounds_are_kept(total: int, most: int | None) -> None:
    counts = SKEWED.draw(1000, rng())
    fitted = fit_total(counts, total, rng(2), most=most)
    assert fitted.sum() == total
    assert fitted.min() >= 0
    assert most is None or fitted.max() <= most
    if total > counts.sum():
        assert (fitted[counts == 0] == 0).all() or most is not None


@pytest.mark.parametrize("most", [1, 2, 7])
def test_a_bound_can_be_filled_to_the_brim(most: int) -> None:
    counts = SKEWED.draw(100, rng())
    assert (fit_total(counts, 100 * most, rng(), most=most) == most).all()


def test_a_total_that_is_near_changes_single_rows_by_one() -> None:
    counts = SKEWED.draw(1000, rng())
    for difference in (-8, -1, 0, 1, 8):
        fitted = fit_total(counts, int(counts.sum()) + difference, rng(3))
        changed = fitted - counts
        assert np.abs(changed).sum() == abs(difference)
        assert (fitted[counts == 0] == 0).all()  # the childless stay childless
        assert (fitted[counts > 0] > 0).all()  # and parents stay parents


def test_scaling_keeps_who_has_many() -> None:
    counts = SKEWED.draw(1000, rng())
    fitted = fit_total(counts, 10 * int(counts.sum()), rng())
    assert np.abs(fitted - 10 * counts).max() <= 1
    assert ((fitted == 0) == (counts == 0)).all()


def test_childless_rows_get_children_only_if_there_is_no_other_way() -> None:
    assert fit_total(np.zeros(4, np.int64), 6, rng()).sum() == 6
    full = fit_total(np.array([2, 0, 2, 0]), 6, rng(), most=2)
    assert full.tolist()[0::2] == [2, 2]
    assert sum(full.tolist()[1::2]) == 2


def test_what_cannot_be_is_an_error() -> None:
    none = np.zeros(0, np.int64)
    assert fit_total(none, 0, rng()).tolist() == []
    for counts, total, most in ((none, 1, None), (np.ones(3, int), -1, None), (np.ones(3), 7, 2)):
        with pytest.raises(ValueError, match="cannot have"):
            fit_total(counts, total, rng(), most=most)


def test_the_counts_given_are_not_changed() -> None:
    counts = np.array([1, 2, 3])
    fit_total(counts, 60, rng())
    assert counts.tolist() == [1, 2, 3]


def test_scaling_leaves_no_parent_childless_where_none_is() -> None:
    counts = np.minimum(1 + rng().geometric(0.5, 1_000), 6)
    made = fit_total(counts, 1_200, rng())
    assert made.min() == 1
    assert made.sum() == 1_200
    # With childless ones, they stay the only kind of hint that there are some.
    assert (fit_total(np.append(counts, 0), 1_200, rng()) == 0).sum() > 1
