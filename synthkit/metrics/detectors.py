"""The two classifiers behind detection and utility: what they are fed and how they are set."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.columns import Floats, Integers, Kind

__all__ = ["MODELS", "Detector", "Matrix", "Score", "design", "few_threads"]

Detector = Literal["boosting", "logistic"]
Matrix = NDArray[np.float64]
Score = Callable[[Matrix], Floats]

_THREADS = 1  # faster than two on tables of this size, and sums never change their order
_LABELS = 20
_CLIP = 10.0


def few_threads() -> AbstractContextManager[Any]:
    """Return a context in which scikit-learn uses one thread."""
    from threadpoolctl import threadpool_limits

    limited: AbstractContextManager[Any] = threadpool_limits(limits=_THREADS)
    return limited


def design(
    real: Mapping[str, Floats],
    synthetic: Mapping[str, Floats],
    kinds: Mapping[str, Kind],
    detector: Detector,
) -> tuple[Matrix, list[str]]:
    """Return the matrix of all rows, real ones first, and the names of its columns.

    For boosting: values and codes as they are, NaN for missing. For the logistic detector: numbers
    standardised by both sides together and cut at 10 deviations, the 20 most frequent labels as
    columns of 0 and 1, and one for missing values.
    """
    columns: list[Floats] = []
    names: list[str] = []
    for name, kind in kinds.items():
        values = np.concatenate([real[name], synthetic[name]])
        if detector == "boosting":
            columns.append(values)
            names.append(name)
            continue
        missing = np.isnan(values)
        if kind == "category":
            labels, counts = np.unique(values[~missing], return_counts=True)
            frequent = labels[np.argsort(-counts, kind="stable")[:_LABELS]]
            columns += [(values == label).astype(np.float64) for label in frequent]
            names += [name] * len(frequent)
        elif not missing.all():
            columns.append(_standardised(values, missing))
            names.append(name)
        if missing.any():
            columns.append(missing.astype(np.float64))
            names.append(name)
    return np.stack(columns, axis=1), names


def _standardised(values: Floats, missing: NDArray[np.bool_]) -> Floats:
    present = values[~missing]
    middle, spread = float(np.median(present)), float(present.std())
    filled = np.where(missing, middle, values)
    return np.clip((filled - middle) / (spread if spread > 0 else 1.0), -_CLIP, _CLIP)


def _boosting(rows: Matrix, labels: Integers) -> Score:
    """Fit gradient boosted trees and return what scores rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=100,
        max_leaf_nodes=31,
        max_depth=6,
        min_samples_leaf=5,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    used = ~np.isnan(rows).all(axis=0)  # a column without a value cannot be binned
    if not used.any():
        return lambda rows: np.zeros(len(rows))
    with few_threads():
        model.fit(rows[:, used], labels)

    def score(rows: Matrix) -> Floats:
        with few_threads():
            found: Floats = model.decision_function(rows[:, used])
        return found

    return score


def _logistic(rows: Matrix, labels: Integers) -> Score:
    """Fit a logistic regression and return what scores rows; blind to how columns combine."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=300)
    with few_threads(), warnings.catch_warnings():
        # columns of one label repeat each other: the scores settle before the coefficients do
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, labels)

    def score(rows: Matrix) -> Floats:
        with few_threads():
            found: Floats = model.decision_function(rows)
        return found

    return score


MODELS: dict[Detector, Callable[[Matrix, Integers], Score]] = {
    "boosting": _boosting,
    "logistic": _logistic,
}
