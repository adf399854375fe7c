import numpy as np
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from synthkit.errors import UsageError
from synthkit.metrics.sides import sides_of
from synthkit.metrics.targets import Target
from synthkit.metrics.utility import classes_auc, is_skewed, r_squared, utility
from synthkit.randomness import Streams

AMOUNT = Target("orders", "amount")


def compared(real, synthetic, holdout=None, **options):
    given = [each for each in (real, synthetic, holdout) if each is not None]
    sides = sides_of(given)
    aside = sides[2] if holdout is not None else None
    return utility(sides[0], sides[1], aside, Streams(1), **options)


def test_classes_auc_is_that_of_scikit_learn():
    rng = np.random.Generator(np.random.Philox(1))
    labels = rng.integers(0, 3, 300)
    scores = rng.dirichlet(np.ones(3), 300) + 0.2 * np.eye(3)[labels]
    expected = roc_auc_score(
        labels, scores / scores.sum(1, keepdims=True), multi_class="ovr", average="macro"
    )
    found = classes_auc(labels, scores / scores.sum(1, keepdims=True), np.arange(3))
    assert found == pytest.approx(expected)


def test_rare_classes_are_left_out_and_unknown_ones_guessed():
    labels = np.repeat([0, 1, 2], [30, 30, 5])
    perfect = (labels == 0).astype(float)[:, None]
    # class 0 is found, class 1 was never learned, class 2 has too few rows
    assert classes_auc(labels, perfect, np.array([0])) == pytest.approx((1 + 0.5) / 2)
    assert classes_auc(labels[:30], perfect[:30], np.array([0])) == 0.5


def test_r_squared_is_that_of_scikit_learn():
    values, predicted = np.array([1.0, 2, 4]), np.array([1.5, 2, 3])
    assert r_squared(values, predicted) == pytest.approx(r2_score(values, predicted))
    assert r_squared(np.ones(3), predicted) == 0
    assert r_squared(values, values + 1e9) == -1


def test_skewed_numbers():
    assert is_skewed(np.array([0, 0, 1, 100, np.nan]))
    assert not is_skewed(np.array([-1.0, 0, 1, 100]))
    assert not is_skewed(np.arange(10.0))
    assert not is_skewed(np.array([np.nan]))


def test_another_sample_teaches_as_much(real, second, make):
    held = make({name: second.arrow(name) for name in second})
    (found,) = compared(real, second, held, targets=[AMOUNT])
    assert (found.measure, found.logarithm, found.tested_on) == ("r2", False, "held out")
    assert found.trtr > 0.85
    assert found.test_rows == second.row_counts["orders"]
    assert found.trained_rows <= min(real.row_counts["orders"], second.row_counts["orders"])
    assert found.loss == found.trtr - found.tstr


def test_orders_given_to_any_customer_teach_nothing(real, second, shuffled_keys):
    (found,) = compared(real, shuffled_keys, second, targets=[AMOUNT])
    assert found.trtr > 0.85
    assert found.tstr < 0.3


def test_rows_are_set_aside_where_none_are_held_out(real, second):
    amount, region = compared(real, second)
    assert (amount.target, region.target) == (AMOUNT, Target("customers", "region"))
    assert amount.tested_on == "set aside"
    orders = real.row_counts["orders"]
    assert amount.trained_rows + amount.test_rows <= orders
    assert amount.test_rows == pytest.approx(orders / 4, rel=0.1)
    assert region.measure == "auc"
    assert region.trtr > 0.75
    assert abs(region.loss) < 0.15
    assert compared(real, second) == (amount, region)


def test_a_class_that_is_alone_is_guessed(real, second, change):
    flat = change("customers", "region", ["south"] * 300)
    (found,) = compared(real, flat, second, targets=[Target("customers", "region")])
    assert (found.trtr > 0.75, found.tstr) == (True, 0.5)


def test_too_few_rows_are_left_out(real, second, make):
    few = make({name: second.arrow(name).slice(0, 20) for name in second})
    assert compared(real, few, second, targets=[AMOUNT]) == ()


def test_a_wrong_target_is_a_usage_error(real, second):
    with pytest.raises(UsageError, match="no column"):
        compared(real, second, targets=[Target("orders", "price")])
