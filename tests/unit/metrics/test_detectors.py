import numpy as np
import pytest

from synthkit.metrics.detectors import MODELS, design

NAN = np.nan
REAL = {"x": np.array([1.0, 2, NAN]), "c": np.array([0.0, 1, 1]), "n": np.full(3, NAN)}
FAKE = {"x": np.array([3.0]), "c": np.array([NAN]), "n": np.array([NAN])}
KINDS = {"x": "number", "c": "category", "n": "number"}


def test_trees_are_fed_values_and_codes():
    matrix, names = design(REAL, FAKE, KINDS, "boosting")
    assert names == ["x", "c", "n"]
    np.testing.assert_array_equal(matrix[:, 0], [1, 2, NAN, 3])


def test_the_logistic_detector_is_fed_standardised_numbers_and_indicators():
    matrix, names = design(REAL, FAKE, KINDS, "logistic")
    assert names == ["x", "x", "c", "c", "c", "n"]
    deviation = np.std([1, 2, 3])
    np.testing.assert_allclose(matrix[:, 0], [-1 / deviation, 0, 0, 1 / deviation])
    assert matrix[:, 1].tolist() == [0, 0, 1, 0]
    assert matrix[:, 2].tolist() == [0, 1, 1, 0], "the most frequent label first"
    assert np.isfinite(matrix).all()


@pytest.mark.parametrize("detector", ["boosting", "logistic"])
def test_models_learn_what_is_there(detector):
    rng = np.random.Generator(np.random.Philox(1))
    rows = rng.normal(size=(200, 2))
    score = MODELS[detector](rows, (rows[:, 0] > 0).astype(int))
    assert score(np.array([[2.0, 0]])) > 0 > score(np.array([[-2.0, 0]]))


def test_trees_do_without_columns_that_have_no_value():
    rows = np.stack([np.arange(50.0), np.full(50, NAN)], axis=1)
    labels = np.repeat([0, 1], 25)
    assert MODELS["boosting"](rows, labels)(rows)[-1] > 0
    assert MODELS["boosting"](rows[:, 1:], labels)(rows[:, 1:]).tolist() == [0.0] * 50
