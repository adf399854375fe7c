import numpy as np
import pytest
from scipy.stats import spearmanr
from scipy.stats.contingency import association as of_scipy

from synthkit.reports.sections.association import association


def test_numbers_have_spearmans_correlation():
    rng = np.random.Generator(np.random.Philox(1))
    a = rng.integers(0, 9, 200).astype(float)
    b = a + rng.normal(size=200) * 5
    b[:7] = np.nan
    expected = spearmanr(a[7:], b[7:]).statistic
    assert association(a, b, "number", "date") == pytest.approx(expected)


def test_labels_and_numbers_have_the_correlation_ratio():
    labels = np.repeat([0.0, 1.0], 4)
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    # ranks 1..8 with means 2.5 and 6.5: 8 * 2^2 of 42
    assert association(labels, values, "category", "number") == pytest.approx((32 / 42) ** 0.5)
    assert association(values, labels, "number", "category") == pytest.approx((32 / 42) ** 0.5)


def test_labels_have_cramers_v():
    rng = np.random.Generator(np.random.Philox(2))
    a = rng.integers(0, 3, 20_000)
    b = np.where(rng.random(20_000) < 0.6, a, rng.integers(0, 3, 20_000))
    table = np.bincount(a * 3 + b, minlength=9).reshape(3, 3)
    found = association(a.astype(float), b.astype(float), "category", "category")
    # the correction for chance is of the order of 1 / n
    assert found == pytest.approx(of_scipy(table, method="cramer"), abs=1e-3)
    c = rng.integers(0, 3, 20_000).astype(float)
    assert association(a.astype(float), c, "category", "category") < 0.03


def test_a_column_of_one_value_has_none():
    ones = np.ones(9)
    assert np.isnan(association(ones, np.arange(9.0), "number", "number"))
    assert np.isnan(association(ones, np.arange(9.0) % 2, "category", "category"))
