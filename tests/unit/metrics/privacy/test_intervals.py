import numpy as np
import pytest
from scipy.stats import binomtest

from synthkit.metrics.auc import Interval
from synthkit.metrics.privacy.intervals import gain, share_interval, wilson


@pytest.mark.parametrize(("hits", "count"), [(0, 9), (3, 9), (9, 9), (250, 500)])
def test_wilson_is_that_of_scipy(hits, count):
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    found = wilson(hits, count)
    assert found.value == hits / count
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_rows_alone_give_the_interval_of_wilson():
    scores = np.repeat([0.0, 1.0], [70, 30])
    assert share_interval(scores, np.arange(100)) == pytest.approx(wilson(30, 100), abs=0.002)


def test_rows_that_say_the_same_count_once():
    """Each of 25 groups has four rows of one score: the interval is that of 25 rows."""
    scores = np.repeat(np.repeat([0.0, 1.0], [15, 10]), 4)
    groups = np.repeat(np.arange(25), 4)
    assert share_interval(scores, groups) == pytest.approx(wilson(10, 25), abs=0.01)
    alone = share_interval(scores, np.arange(100))
    assert share_interval(scores, groups, np.arange(100)).low < alone.low


def test_two_groupings_are_wider_than_either():
    rng = np.random.Generator(np.random.Philox(3))
    first, second = rng.integers(0, 20, (2, 400))
    push = rng.normal(size=(2, 20))
    scores = (push[0][first] + push[1][second] + rng.normal(size=400) > 0).astype(float)
    both = share_interval(scores, first, second)
    assert both.low < min(share_interval(scores, each).low for each in (first, second))


def test_a_gain_is_what_an_attack_has_over_its_control():
    attack, control = Interval(0.6, 0.5, 0.7), Interval(0.2, 0.1, 0.3)
    found = gain(attack, control)
    # (.6 - .2) / .8, and .4 -+ sqrt(.1^2 + .1^2) over .8
    assert found == pytest.approx((0.5, (0.4 - 0.02**0.5) / 0.8, (0.4 + 0.02**0.5) / 0.8))
    assert gain(control, attack)[:2] == (0.0, 0.0)
