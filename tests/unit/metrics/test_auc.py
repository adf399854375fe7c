import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from synthkit.metrics.auc import auc, auc_interval


def scores(seed, m=60, n=40):
    rng = np.random.Generator(np.random.Philox(seed))
    return rng.normal(0.5, 1, m).round(1), rng.normal(0, 1, n).round(1)


def test_auc_is_that_of_scikit_learn_and_of_mann_and_whitney():
    positive, negative = scores(1)
    labels = np.repeat([1, 0], [60, 40])
    expected = roc_auc_score(labels, np.concatenate([positive, negative]))
    assert auc(positive, negative) == pytest.approx(expected)
    u = stats.mannwhitneyu(positive, negative).statistic
    assert auc(positive, negative) == pytest.approx(u / 2400)
    assert auc(np.ones(3), np.ones(4)) == 0.5


def test_interval_is_delongs():
    positive, negative = scores(2)
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    variance = wins.mean(1).var(ddof=1) / 60 + wins.mean(0).var(ddof=1) / 40
    found = auc_interval(positive, negative)
    reach = stats.norm.ppf(0.975) * np.sqrt(variance)
    assert found == pytest.approx((wins.mean(), wins.mean() - reach, wins.mean() + reach))


def test_rows_of_a_group_are_no_independent_rows():
    positive, negative = scores(3)
    one = auc_interval(positive, negative)
    groups = np.repeat(np.arange(60), 4), np.repeat(np.arange(40), 4)
    repeated = np.repeat(positive, 4), np.repeat(negative, 4)
    assert auc_interval(*repeated, groups) == pytest.approx(one), "copies add nothing"
    naive = auc_interval(*repeated)
    assert naive.high - naive.low == pytest.approx((one.high - one.low) / 2, rel=0.02)


def test_the_interval_stays_within_bounds():
    assert auc_interval(np.array([2.0, 3]), np.array([0.0, 1])) == (1.0, 1.0, 1.0)
    low = auc_interval(np.array([1.0, 5]), np.array([0.0, 4]))
    assert (low.low, low.high) == (pytest.approx(0.75 - 1.96 * 0.3535, abs=1e-2), 1.0)
    assert auc_interval(np.array([1.0]), np.array([0.0])).low == 0.0, "one row shows nothing"


def test_the_interval_covers_as_often_as_it_says():
    truth = stats.norm.cdf(0.5 / np.sqrt(2))
    covered = 0
    for seed in range(400):
        rng = np.random.Generator(np.random.Philox(seed))
        found = auc_interval(rng.normal(0.5, 1, 80), rng.normal(0, 1, 80))
        covered += found.low <= truth <= found.high
    # n = 400, alpha = 1e-4: binomial bounds of a coverage between .93 and .97
    low, high = stats.binom.ppf(5e-5, 400, 0.93), stats.binom.ppf(1 - 5e-5, 400, 0.97)
    assert low <= covered <= high
