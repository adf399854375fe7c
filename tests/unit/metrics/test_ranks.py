import numpy as np
import pytest
from scipy import stats

from synthkit.metrics.ranks import correlation, midranks, spearman


def test_midranks_are_those_of_scipy():
    values = np.array([3.0, 1.0, 3.0, 2.0, 3.0, -1.0])
    np.testing.assert_array_equal(midranks(values), stats.rankdata(values))
    assert len(midranks(np.empty(0))) == 0


def test_spearman_is_that_of_scipy_where_both_values_are_there():
    rng = np.random.Generator(np.random.Philox(3))
    x = rng.integers(0, 9, 200).astype(float)
    y = x + rng.normal(size=200) * 4
    expected = stats.spearmanr(x[5:], y[5:]).statistic
    x[:3], y[3:5] = np.nan, np.nan
    assert spearman(x, y) == pytest.approx(expected, abs=1e-12)


def test_what_does_not_vary_has_no_correlation():
    assert correlation(np.ones(5), np.arange(5.0)) is None
    assert correlation(np.arange(2.0), np.arange(2.0)) is None
    assert spearman(np.array([np.nan, 1, 2, 3]), np.array([1.0, 2, 2, 2])) is None
