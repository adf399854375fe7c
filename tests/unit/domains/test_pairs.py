"""Pairs: as many as asked for, never twice, more of those with large weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from synthkit.domains.pairs import distinct_pairs


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_pairs_are_exact_and_distinct(data: st.DataObject) -> None:
    apart = data.draw(st.booleans())
    left = data.draw(st.integers(1, 25))
    right = left if apart else data.draw(st.integers(1, 25))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    room = left * right - (left if apart else 0)
    total = data.draw(st.integers(0, room))
    weights = [(1 - rng.random(size)) ** -2.0 for size in (left, right)]
    first, second = distinct_pairs(total, weights[0], weights[1], rng, apart=apart)
    assert len(first) == len(second) == total
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == total
    assert not total or (first.max() < left and second.max() < right)
    assert not (apart and (first == second).any())


@pytest.mark.parametrize("total", [300, 20_000])
def test_weights_say_who_is_in_more_pairs(total: int) -> None:
    rng = np.random.default_rng(1)
    weights = np.repeat([1.0, 4.0], 100)
    _, second = distinct_pairs(total, np.ones(200), weights, rng)
    heavy = int((second >= 100).sum())
    assert stats.binomtest(heavy, total, 0.5, alternative="greater").pvalue < 1e-6
    _, twin = distinct_pairs(total, np.ones(200), np.ones(200), rng)
    assert stats.binomtest(int((twin >= 100).sum()), total, 0.5).pvalue > 1e-6


def test_one_row_that_takes_nearly_all_weight_does_not_stop_it() -> None:
    weights = np.ones(2_000)
    weights[0] = 1e12
    first, _ = distinct_pairs(30_000, weights, weights, np.random.default_rng(1), apart=True)
    assert len(first) == 30_000
