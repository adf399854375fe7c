import numpy as np
import pytest
from scipy import stats

from synthkit.metrics.siblings import (
    gaps,
    intraclass_agreement,
    intraclass_correlation,
    lag_agreement,
    lag_correlation,
    sibling_dependence,
)
from synthkit.metrics.sides import sides_of

FAMILY = np.array([0, 0, 1, 1, 1, 2, 2])
NAN = np.nan


def test_intraclass_correlation_follows_from_scipys_analysis_of_variance():
    rng = np.random.Generator(np.random.Philox(6))
    sizes = np.array([2, 3, 5, 4])
    family = np.repeat(np.arange(4), sizes)
    values = rng.normal(size=4)[family] + rng.normal(size=14)
    ranks = stats.rankdata(values)
    f = stats.f_oneway(*(ranks[family == each] for each in range(4))).statistic
    n0 = (14 - (sizes**2).sum() / 14) / 3
    expected = (f - 1) / (f + n0 - 1)
    assert intraclass_correlation(family, values) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 2, 2, 2, 3, 3], 1.0),
        ([1, 1, 1, 1, 1, 1, 1], None),
        ([1, NAN, 2, NAN, NAN, 3, NAN], None),
    ],
)
def test_extremes_of_the_intraclass_correlation(values, expected):
    assert intraclass_correlation(FAMILY, np.array(values, float)) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0, 0, 1, 1, 1, 0, 0], 1.0),
        # families agree 0, 1/3 and 0; chance is (4/7)^2 + (3/7)^2 = 25/49
        ([0, 1, 0, 0, 1, 1, 0], (1 / 9 - 25 / 49) / (24 / 49)),
        ([NAN, NAN, 0, 0, 0, NAN, NAN], 1.0),
        ([0, 0, 0, 0, 0, 0, 0], None),
    ],
)
def test_intraclass_agreement(codes, expected):
    assert intraclass_agreement(FAMILY, np.array(codes, float)) == pytest.approx(expected)


def test_families_of_one_tell_nothing():
    assert intraclass_agreement(np.arange(3), np.array([0.0, 1, 1])) is None
    assert intraclass_agreement(np.empty(0, np.int64), np.empty(0)) is None


def test_lag_one_is_scipys_correlation_of_ranks():
    rng = np.random.Generator(np.random.Philox(9))
    values = rng.normal(size=40).cumsum()
    ranks = stats.rankdata(values)
    follows = np.setdiff1d(np.arange(1, 40), [10, 20])
    expected = stats.pearsonr(ranks[follows], ranks[follows - 1]).statistic
    assert lag_correlation(follows, values) == pytest.approx(expected)
    assert lag_correlation(follows[:5], values) is None


def test_lag_of_labels_is_the_share_that_stays():
    codes = np.array([0, 0, 1, NAN, NAN, 1, 0], float)
    assert lag_agreement(np.arange(1, 7), codes) == pytest.approx(2 / 6)
    assert lag_agreement(np.arange(1, 4), codes) is None


def test_gaps_are_days_within_a_family():
    assert gaps(np.array([1, 3]), np.array([1.0, 4.5, 2.0, NAN])).tolist() == [3.5]


def scores(real, synthetic):
    found = sibling_dependence(*sides_of([real, synthetic]))
    return {(each.aspect, each.column): each for each in found}


def test_another_sample_has_the_same_siblings(real, second):
    found = scores(real, second)
    assert {aspect for aspect, _ in found} == {"icc", "lag1", "gaps"}
    assert found["icc", "channel"].real > 0.4
    assert found["icc", "amount"].real > 0.9
    assert found["gaps", "placed"].similarity > 0.9
    assert found["gaps", "placed"].real is None
    assert min(each.similarity for each in found.values()) > 0.85


def test_orders_given_to_any_customer_are_no_siblings(real, shuffled_keys):
    found = scores(real, shuffled_keys)
    # over 600 rows in families of about four: |icc| < .2 for unrelated rows at alpha = 1e-6
    for column in ("amount", "channel", "placed"):
        assert abs(found["icc", column].synthetic) < 0.2
    assert found["icc", "amount"].similarity < 0.3
    assert found["lag1", "amount"].similarity < 0.3
    assert found["gaps", "placed"].similarity < 0.5


def test_a_data_set_without_siblings_scores_against_none(real, second, make):
    orders = second.arrow("orders").slice(0, 1)
    alone = make({"customers": second.arrow("customers"), "orders": orders})
    found = scores(real, alone)
    assert found["icc", "amount"].synthetic == 0
    assert found["gaps", "placed"].similarity == 0
    assert sibling_dependence(*sides_of([alone, real])) == ()
