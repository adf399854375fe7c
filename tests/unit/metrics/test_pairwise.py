import numpy as np
import pytest
from scipy import stats

from synthkit.metrics import pairwise
from synthkit.metrics.pairwise import (
    Paired,
    contingency_similarity,
    correlation_similarity,
    discretize,
    pair_trends,
)
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams

NAN = np.nan


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [(0.5, 0.5, 1.0), (1.0, -1.0, 0.0), (0.5, 0.0, 0.75), (0.5, None, 0.75), (None, 0.5, None)],
)
def test_correlation_similarity(real, synthetic, score):
    assert correlation_similarity(real, synthetic) == score


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], 1.0),
        ([0, 0, 3, 3], [0, 1, 2, 3], 0.5),
        ([0, 3], [10**12], 0.0),
        ([0, 10**12], [10**12], 0.5),
        ([0], [], 0.0),
    ],
)
def test_contingency_similarity(real, synthetic, score):
    found = contingency_similarity(np.array(real, np.int64), np.array(synthetic, np.int64))
    assert found == pytest.approx(score)


def test_numbers_are_cut_at_the_real_deciles():
    real = np.arange(1000.0)
    (a, b), size = discretize(real, np.array([-5.0, 450.0, 2000.0, NAN]), "number")
    assert np.bincount(a, minlength=size).tolist() == [0, *[100] * 10]
    assert b.tolist() == [1, 5, 10, 0]
    assert discretize(np.array([NAN]), np.array([1.0]), "date")[0][1].tolist() == [1]


def test_rare_and_unknown_labels_are_one():
    real = np.repeat(np.arange(40.0), np.arange(40, 0, -1))
    (a, b), size = discretize(real, np.array([0.0, 29.0, 30.0, 99.0, NAN]), "category")
    assert size == 31
    assert b.tolist() == [0, 29, 30, 30, 30]
    assert a[0] == 0
    assert a[-1] == 30


def test_missing_labels_are_a_label():
    (a, b), _ = discretize(np.array([NAN, NAN, 0.0]), np.array([0.0, NAN]), "category")
    assert a.tolist() == [0, 0, 1]
    assert b.tolist() == [1, 0]


def test_a_pair_of_numbers_is_compared_by_scipys_spearman():
    rng = np.random.Generator(np.random.Philox(8))
    x, y = rng.normal(size=(2, 100))
    z = x + rng.normal(size=100)
    z[:3] = NAN
    first, second = Paired.of(x, y, "number"), Paired.of(z, x, "date")
    similarity, real, synthetic = first.with_other(second)
    assert real == pytest.approx(stats.spearmanr(x[3:], z[3:]).statistic)
    assert synthetic == pytest.approx(stats.spearmanr(y, x).statistic)
    assert similarity == pytest.approx(1 - abs(real - synthetic) / 2)


def test_a_number_and_a_category_are_compared_by_their_joint_shares():
    x = np.repeat([1.0, 2.0], 10)
    alike = Paired.of(x, x, "number").with_other(Paired.of(x, x, "category"))
    assert alike == (1.0, None, None)
    turned = Paired.of(x, x, "number").with_other(Paired.of(x, x[::-1], "category"))
    assert turned == (0.0, None, None)


def test_a_constant_real_column_has_no_trend():
    x, ones = np.arange(9.0), np.ones(9)
    assert Paired.of(ones, x, "number").with_other(Paired.of(x, x, "number")) is None
    assert Paired.of(x, ones, "number").with_other(Paired.of(x, x, "number"))[0] == 0.5


def test_a_column_drawn_alone_is_found(real, second, column_alone):
    def similarity(data):
        found = pair_trends(*sides_of([real, data]), Streams(1))
        return {(each.column, each.other_column): each.similarity for each in found}

    good, broken = similarity(second), similarity(column_alone)
    pair = ("age", "region")
    assert good[pair] > 0.8
    # age and region drawn apart: half of the mass of the joint table has to move from .8/.2
    assert broken[pair] < 0.75
    assert good[("amount", "channel")] == broken[("amount", "channel")]


def test_many_pairs_and_rows_are_sampled(real, second, monkeypatch):
    monkeypatch.setattr(pairwise, "_MOST_PAIRS", 2)
    monkeypatch.setattr(pairwise, "_MOST_ROWS", 50)
    sides = sides_of([real, second])
    found = pair_trends(*sides, Streams(1))
    assert [each.table for each in found] == ["customers", "orders", "orders"]
    assert {each.rows for each in found} == {(50, 50)}
    assert found == pair_trends(*sides, Streams(1))


def test_tables_without_rows_are_left_out(real, make):
    empty = make({name: real.arrow(name).slice(0, 0) for name in real})
    assert pair_trends(*sides_of([real, empty]), Streams(1)) == ()
    assert pair_trends(*sides_of([empty, real]), Streams(1)) == ()
