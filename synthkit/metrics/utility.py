"""Is a model trained on synthetic rows as good as one trained on real rows?

Trained on synthetic, tested on real (TSTR) against trained on real (TRTR). For the targets tested
and this one learner; other questions may fare better or worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthkit.metrics.auc import auc
from synthkit.metrics.columns import Floats, Integers
from synthkit.metrics.detectors import Matrix, few_threads
from synthkit.metrics.families import folds_of, root_rows
from synthkit.metrics.samples import drawn_rows
from synthkit.metrics.sides import Side
from synthkit.metrics.targets import Target, check_target, chosen_targets, predictors
from synthkit.randomness import Streams

__all__ = ["TargetUtility", "classes_auc", "is_skewed", "r_squared", "utility"]

_MOST_ROWS = 20_000
_LEAST_ROWS = 50
_LEAST_OF_CLASS = 20
_ASIDE = 4
_SKEW = 2.0
_ROUNDS = 100
_LEAST_ROUNDS = 30


@dataclass(frozen=True)
class TargetUtility:
    """How well a target is predicted on real rows after training on real or synthetic ones.

    ``measure`` is the AUC of a category or the R squared of a number or date, of its logarithm
    where ``logarithm``; ``trained_rows`` of both trainings, ``test_rows`` real ones that were held
    out, or, without a held-out data set, set aside (``tested_on``).
    """

    target: Target
    measure: Literal["auc", "r2"]
    logarithm: bool
    trtr: float
    tstr: float
    trained_rows: int
    test_rows: int
    tested_on: Literal["held out", "set aside"]

    @property
    def loss(self) -> float:
        """What training on synthetic rows costs: TRTR - TSTR, at most a little below 0."""
        return self.trtr - self.tstr


def utility(
    real: Side,
    synthetic: Side,
    holdout: Side | None,
    streams: Streams,
    *,
    targets: Sequence[Target] = (),
    reference: frozenset[str] = frozenset(),
    known: Sequence[TargetUtility] = (),
) -> tuple[TargetUtility, ...]:
    """Compare training on real and on synthetic rows, target by target.

    Formula: TRTR and TSTR are the AUC or R squared on real test rows of gradient boosted trees
    trained on as many real and synthetic rows, at most 20,000. Range: see `classes_auc` and
    `r_squared`; best is TSTR = TRTR. Source: Esteban, Hyland and Raetsch 2017 (arXiv
    1706.02633). Without a held-out data set a quarter of the root entities of the real one is set
    aside: the synthesizer has seen those rows. Targets that are not given are chosen by
    `chosen_targets`; those with fewer than 50 rows to train on or to test are left out. ``known``
    holds what another synthetic data set came to against the same real rows: its targets and
    their TRTR are taken over.

    Raises:
        UsageError: A target's column does not exist or is not scored.
    """
    for target in targets:
        check_target(real, target)
    trtr = {each.target: each.trtr for each in known}
    wanted = targets or tuple(trtr) or chosen_targets(real, reference)
    found = (
        _tested(real, synthetic, holdout, target, streams, reference, trtr.get(target))
        for target in wanted
    )
    return tuple(each for each in found if each is not None)


def classes_auc(labels: Integers, scores: Matrix, classes: Integers) -> float:
    """Return the AUC of each class against all others, averaged over classes.

    Formula: mean over the classes with at least 20 of the rows, and not all of them; ``scores``
    has one column for each of ``classes``; a class the model never saw scores .5. Range: 0 to 1,
    .5 for guessing. Source: Provost and Domingos 2003, without their weights.
    """
    areas = []
    for label in np.unique(labels):
        here = labels == label
        if here.sum() < _LEAST_OF_CLASS or here.all():
            continue
        at = np.flatnonzero(classes == label)
        areas.append(auc(scores[here, at[0]], scores[~here, at[0]]) if len(at) else 0.5)
    return float(np.mean(areas)) if areas else 0.5


def r_squared(values: Floats, predicted: Floats) -> float:
    """Return the share of the variance that is explained.

    Formula: 1 - sum (y - p)^2 / sum (y - mean y)^2. Range: up to 1, 0 for predicting the mean,
    below 0 for worse; 0 where y does not vary. What is below -1 counts as -1: how useless a model
    is would else decide about every mean. Source: the coefficient of determination.
    """
    total = float(((values - values.mean()) ** 2).sum())
    if not total > 0:
        return 0.0
    return max(1.0 - float(((values - predicted) ** 2).sum()) / total, -1.0)


def is_skewed(values: Floats) -> bool:
    """Return whether numbers are learned as log(1 + y): none below 0, mean over twice the median.

    A few large values would else decide about R squared alone.
    """
    present = values[~np.isnan(values)]
    if not len(present) or present.min() < 0:
        return False
    return float(present.mean()) > _SKEW * float(np.median(present))


def _tested(
    real: Side,
    synthetic: Side,
    holdout: Side | None,
    target: Target,
    streams: Streams,
    reference: frozenset[str],
    trtr: float | None,
) -> TargetUtility | None:
    table = target.table
    train, test = _split(real, holdout, table, streams, reference)
    tested = real if holdout is None else holdout
    wanted = [_known(real, target, train), _known(synthetic, target, None)]
    test = _known(tested, target, test)
    count = min(_MOST_ROWS, *(len(rows) for rows in wanted))
    if count < _LEAST_ROWS or len(test) < _LEAST_ROWS:
        return None
    drawn = [
        rows[drawn_rows(len(rows), count, streams, "train", name, table, target.column)]
        for rows, name in zip(wanted, ("real", "synthetic"), strict=True)
    ]
    is_class = real.kinds[table][target.column] == "category"
    logarithm = not is_class and is_skewed(real.values[table][target.column])
    asked = _matrix(tested, target)[test]
    answers = _answers(tested, target, test, logarithm)
    learn = _classify if is_class else _regress
    scores = [] if trtr is None else [trtr]
    for side, rows in list(zip((real, synthetic), drawn, strict=True))[len(scores) :]:
        learned, told = _matrix(side, target)[rows], _answers(side, target, rows, logarithm)
        scores.append(learn(learned, told, asked, answers))
    return TargetUtility(
        target,
        "auc" if is_class else "r2",
        logarithm,
        scores[0],
        scores[1],
        count,
        len(test),
        "set aside" if holdout is None else "held out",
    )


def _split(
    real: Side,
    holdout: Side | None,
    table: str,
    streams: Streams,
    reference: frozenset[str],
) -> tuple[Integers | None, Integers | None]:
    """Return the real rows to train on and the rows to test on; None stands for all rows."""
    if holdout is not None:
        return None, None
    roots = root_rows(real, reference)[table]
    groups = roots if roots is not None else np.arange(real.rows[table])
    fold = folds_of(groups, _ASIDE, streams.at("split"))
    return np.flatnonzero(fold > 0), np.flatnonzero(fold == 0)


def _known(side: Side, target: Target, rows: Integers | None) -> Integers:
    """Return those of the rows whose target is there."""
    there = np.flatnonzero(~np.isnan(side.values[target.table][target.column]))
    return there if rows is None else np.intersect1d(rows, there)


def _matrix(side: Side, target: Target) -> Matrix:
    columns = list(predictors(side, target).values())
    return np.stack(columns, axis=1) if columns else np.zeros((side.rows[target.table], 1))


def _answers(side: Side, target: Target, rows: Integers, logarithm: bool) -> Floats:
    values = side.values[target.table][target.column][rows]
    return np.log1p(np.maximum(values, 0)) if logarithm else values


def _classify(rows: Matrix, labels: Floats, asked: Matrix, answers: Floats) -> float:
    from sklearn.ensemble import HistGradientBoostingClassifier

    classes = np.unique(labels).astype(np.int64)
    used = ~np.isnan(rows).all(axis=0)
    if len(classes) < 2 or not used.any():
        return 0.5
    # a tree for each class and round: many classes take fewer rounds
    rounds = max(_LEAST_ROUNDS, 2 * _ROUNDS // len(classes))
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )
    with few_threads():
        model.fit(rows[:, used], labels.astype(np.int64))
        scores = model.predict_proba(asked[:, used])
    return classes_auc(answers.astype(np.int64), scores, classes)


def _regress(rows: Matrix, values: Floats, asked: Matrix, answers: Floats) -> float:
    from sklearn.ensemble import HistGradientBoostingRegressor

    used = ~np.isnan(rows).all(axis=0)
    if not used.any():
        return r_squared(answers, np.full(len(answers), values.mean()))
    model = HistGradientBoostingRegressor(min_samples_leaf=10, early_stopping=False, random_state=0)
    with few_threads():
        model.fit(rows[:, used], values)
        predicted = model.predict(asked[:, used])
    return r_squared(answers, predicted)
