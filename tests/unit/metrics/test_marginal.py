import numpy as np
import pytest
from scipy import stats

from synthkit.metrics import marginal
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams

NAN = np.nan


def array(*values):
    return np.array(values, float)


def test_ks_is_that_of_scipy():
    rng = np.random.Generator(np.random.Philox(1))
    a, b = rng.normal(size=300), rng.normal(0.5, 2, size=200).round(1)
    expected = 1 - stats.ks_2samp(a, b).statistic
    assert marginal.ks_complement(a, b) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        (array(1, 2, 3), array(1, 2, 3), 1.0),
        (array(1, 2), array(3, 4), 0.0),
        (array(1, 2, NAN, NAN), array(1, 2), 0.5),
        (array(NAN, NAN), array(NAN), 1.0),
        (array(), array(1), 0.0),
        (array(1), array(), 0.0),
    ],
)
def test_ks_counts_missing_values_as_one_more_value(real, synthetic, score):
    assert marginal.ks_complement(real, synthetic) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        (array(0, 0, 1, 1), array(0, 1), 1.0),
        (array(0, 0, 0, 1), array(0, 1, 1, 1), 0.5),  # |3/4 - 1/4| + |1/4 - 3/4| over 2
        (array(0), array(1), 0.0),
        (array(0, NAN), array(0, 0), 0.5),
        (array(NAN), array(NAN), 1.0),
        (array(), array(0), 0.0),
    ],
)
def test_tv(real, synthetic, score):
    assert marginal.tv_complement(real, synthetic) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        (array(NAN, 1, 1, 1), array(NAN, NAN, NAN, 1), 0.5),
        (array(1), array(2), 1.0),
        (array(), array(), 1.0),
        (array(), array(1), 0.0),
    ],
)
def test_missing_similarity(real, synthetic, score):
    assert marginal.missing_similarity(real, synthetic) == score


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        (array(0, 10), array(-5, 20), 1.0),
        (array(0, 10), array(2, 9), 0.7),
        (array(0, 10), array(4, NAN), 0.0),
        (array(0, 10), array(50), 0.0),
        (array(5, 5), array(1, 5), 1.0),
        (array(5, 5), array(1), 0.0),
        (array(0, 10), array(NAN), 0.0),
        (array(NAN), array(1), None),
    ],
)
def test_range_coverage(real, synthetic, score):
    assert marginal.range_coverage(real, synthetic) == pytest.approx(score)


@pytest.mark.parametrize(
    ("real", "synthetic", "score"),
    [
        (array(0, 1, 2, 3), array(1, 1, 3, 9), 0.5),
        (array(0, NAN), array(0), 1.0),
        (array(0), array(NAN), 0.0),
        (array(NAN), array(0), None),
    ],
)
def test_category_coverage(real, synthetic, score):
    assert marginal.category_coverage(real, synthetic) == score


@pytest.mark.parametrize(
    ("real", "synthetic", "kind", "share"),
    [
        (array(0, 10), array(-1, 0, 10, NAN), "number", 0.25),
        (array(0, 1), array(2, 0, NAN, 3), "category", 0.5),
        (array(NAN), array(1), "number", 0.0),
        (array(0), array(), "date", 0.0),
    ],
)
def test_outside_share(real, synthetic, kind, share):
    assert marginal.outside_share(real, synthetic, kind) == share


def test_every_scored_column_is_there_once_with_the_rows_looked_at(real, second):
    sides = sides_of([real, second])
    found = marginal.column_shapes(*sides, Streams(1))
    assert [(each.table, each.column) for each in found] == [
        ("customers", "age"),
        ("customers", "region"),
        ("orders", "placed"),
        ("orders", "amount"),
        ("orders", "channel"),
    ]
    assert found[0].rows == (300, 300)
    # n = m = 300: the two-sample DKW bound at alpha = 1e-6 is sqrt(ln(2 / alpha) (n + m) / (2 n m))
    assert found[0].shape > 1 - np.sqrt(np.log(2e6) / 300)


def test_a_shifted_column_is_found(real, change):
    ages = [90] * 300
    found = marginal.column_shapes(*sides_of([real, change("customers", "age", ages)]), Streams(1))
    assert (found[0].shape, found[0].coverage, found[0].outside) == (0.0, 0.0, 1.0)
    assert found[1].shape > 0.7


def test_large_tables_are_sampled_and_the_size_is_said(real, second, monkeypatch):
    monkeypatch.setattr(marginal, "_MOST_ROWS", 100)
    found = marginal.column_shapes(*sides_of([real, second]), Streams(1))
    assert {each.rows for each in found} == {(100, 100)}
    assert found == marginal.column_shapes(*sides_of([real, second]), Streams(1))
    assert found != marginal.column_shapes(*sides_of([real, second]), Streams(2))
