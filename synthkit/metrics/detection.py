"""Can a classifier tell synthetic rows from real ones, and by what?

The classifier two-sample test (C2ST). An AUC of .5 says that this detector found nothing
in so many rows; it proves nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthkit.metrics.aggregates import child_aggregates
from synthkit.metrics.auc import Interval, auc, auc_interval
from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.detectors import MODELS, Detector, Matrix, Score, design
from synthkit.metrics.families import folds_of, root_rows
from synthkit.metrics.samples import drawn_rows
from synthkit.metrics.sides import Side
from synthkit.randomness import Streams

__all__ = ["Features", "TableDetection", "Telling", "c2st", "detect"]

Features = Literal["own", "children"]

FOLDS = 3
_MOST_ROWS = 20_000
_LEAST_ROWS = 60
_PROBES = 256
_TELLING = 5


@dataclass(frozen=True)
class Telling:
    """A feature, and how much of its AUC the detector loses when the feature is shuffled."""

    feature: str
    loss: float


@dataclass(frozen=True)
class TableDetection:
    """What one detector made of one table.

    ``auc`` carries its 95% interval; ``telling`` the features it relied on most (boosting only),
    most telling first; ``rows`` how many rows of each side it saw; ``grouped`` whether rows of one
    root entity were kept in one fold. ``roc`` are the out-of-fold scores of real and synthetic
    rows as points (false positive share, true positive share), synthetic being the positives.
    """

    table: str
    features: Features
    detector: Detector
    auc: Interval
    telling: tuple[Telling, ...]
    rows: int
    grouped: bool
    roc: tuple[tuple[float, float], ...]


def detect(
    real: Side,
    synthetic: Side,
    streams: Streams,
    *,
    reference: frozenset[str] = frozenset(),
    detectors: Sequence[Detector] = ("boosting", "logistic"),
    lean: bool = False,
) -> tuple[TableDetection, ...]:
    """Run the detectors on every table by its own columns, and with what its children come to.

    Range: AUC 0 to 1, best .5. Source: classifier two-sample tests (Lopez-Paz and Oquab 2017);
    aggregates of children after SyntheRela (Hudovernik et al., arXiv 2410.03411). As many rows of
    both sides, at most 20,000 of each; tables with fewer than 60 on a side are left out. Folds
    keep the rows of one root entity together. Rows, folds and features are drawn from three
    unrelated streams: with one for all, folds fall together with what was drawn. ``lean`` leaves
    out reference tables and telling features; the areas of the rest are the same.
    """
    roots = [root_rows(side, reference) for side in (real, synthetic)]
    found = []
    for table, kinds in real.kinds.items():
        if min(real.rows[table], synthetic.rows[table]) < _LEAST_ROWS:
            continue
        if lean and table in reference:
            continue
        chosen, groups = _drawn((real, synthetic), roots, table, streams)
        columns: list[Mapping[str, Floats]] = [side.values[table] for side in (real, synthetic)]
        wanted: list[tuple[Features, list[Mapping[str, Floats]], dict[str, Kind]]] = []
        if kinds:
            wanted.append(("own", columns, dict(kinds)))
        if real.schema.children_of(table):
            above = [child_aggregates(side, table) for side in (real, synthetic)]
            both = [{**own, **more} for own, more in zip(columns, above, strict=True)]
            wanted.append(("children", list(both), {**kinds, **dict.fromkeys(above[0], "number")}))
        for features, values, types in wanted:
            drawn = [
                {name: side[name][rows] for name in types}
                for side, rows in zip(values, chosen, strict=True)
            ]
            for detector in detectors:
                named = streams.under(table)
                tested = c2st(drawn[0], drawn[1], types, groups, detector, named, lean=lean)
                found.append(
                    TableDetection(
                        table,
                        features,
                        detector,
                        tested.auc,
                        tested.telling,
                        len(chosen[0]),
                        roots[0][table] is not None,
                        tested.roc,
                    )
                )
    return tuple(found)


@dataclass(frozen=True)
class Tested:
    """The outcome of `c2st`."""

    auc: Interval
    telling: tuple[Telling, ...]
    roc: tuple[tuple[float, float], ...]


def c2st(
    real: Mapping[str, Floats],
    synthetic: Mapping[str, Floats],
    kinds: Mapping[str, Kind],
    groups: tuple[Integers, Integers],
    detector: Detector,
    streams: Streams,
    *,
    lean: bool = False,
) -> Tested:
    """Return how well a classifier of three grouped folds tells two sets of rows apart.

    Formula: AUC of out-of-fold scores, pooled over folds. Range: 0 to 1, best .5. A telling
    feature's loss is the AUC within a fold minus that with the feature shuffled, averaged over
    folds (permutation importance, Breiman 2001), on 256 rows of each; features that say the same
    share it; ``lean`` leaves them out. Source: Lopez-Paz and Oquab 2017.
    """
    matrix, names = design(real, synthetic, kinds, detector)
    count = len(groups[0])
    labels = np.repeat([0, 1], [count, len(groups[1])])
    folds = np.concatenate(
        [
            folds_of(each, FOLDS, streams.at("folds", side))
            for side, each in zip(("real", "synthetic"), groups, strict=True)
        ]
    )
    scores = np.zeros(len(labels))
    losses: list[Floats] = []
    for fold in range(FOLDS):
        test = np.flatnonzero(folds == fold)
        train = np.flatnonzero(folds != fold)
        if len(np.unique(labels[train])) < 2 or not len(test):
            continue
        score = MODELS[detector](matrix[train], labels[train])
        scores[test] = score(matrix[test])
        if detector == "boosting" and not lean and len(np.unique(labels[test])) == 2:
            rng = streams.at("shuffles", fold)
            probe = np.sort(rng.permutation(test)[:_PROBES])
            losses.append(_losses(score, matrix[probe], labels[probe], rng))
    telling: tuple[Telling, ...] = ()
    if losses:
        mean = np.mean(losses, axis=0)
        best = np.argsort(-mean, kind="stable")[:_TELLING]
        telling = tuple(Telling(names[at], float(mean[at])) for at in best if mean[at] > 0)
    fake, true = scores[labels == 1], scores[labels == 0]
    interval = auc_interval(fake, true, (groups[1], groups[0]))
    return Tested(interval, telling, _roc(fake, true))


def _losses(score: Score, rows: Matrix, labels: Integers, rng: np.random.Generator) -> Floats:
    """Return the fall of the AUC for each feature, all shuffled copies scored in one go."""
    features = rows.shape[1]
    if len(np.unique(labels)) < 2:
        return np.zeros(features)
    copies = np.repeat(rows[None], features + 1, axis=0)
    for at in range(features):
        copies[at, :, at] = rng.permutation(rows[:, at])
    found = score(copies.reshape(-1, features)).reshape(features + 1, -1)
    areas = np.array([auc(each[labels == 1], each[labels == 0]) for each in found])
    losses: Floats = areas[-1] - areas[:-1]
    return losses


def _drawn(
    sides: tuple[Side, Side],
    roots: Sequence[Mapping[str, Integers | None]],
    table: str,
    streams: Streams,
) -> tuple[tuple[Integers, Integers], tuple[Integers, Integers]]:
    """Return as many rows of both sides, and the groups they belong to."""
    most = min(_MOST_ROWS, *(side.rows[table] for side in sides))
    rows = [
        drawn_rows(side.rows[table], most, streams, "rows", name, table)
        for side, name in zip(sides, ("real", "synthetic"), strict=True)
    ]
    groups = []
    for each, chosen in zip(roots, rows, strict=True):
        root = each[table]
        groups.append(chosen if root is None else root[chosen])
    return (rows[0], rows[1]), (groups[0], groups[1])


def _roc(positive: Floats, negative: Floats, points: int = 101) -> tuple[tuple[float, float], ...]:
    """Return the ROC curve at up to 101 false positive shares, from (0, 0) to (1, 1)."""
    scores = np.concatenate([positive, negative])
    cuts = np.unique(scores)[::-1]
    true = 1.0 - np.searchsorted(np.sort(positive), cuts, "left") / len(positive)
    false = 1.0 - np.searchsorted(np.sort(negative), cuts, "left") / len(negative)
    true, false = np.append(0.0, true), np.append(0.0, false)
    kept = np.unique(np.round(np.linspace(0, len(false) - 1, points)).astype(np.int64))
    return tuple(zip(false[kept].tolist(), true[kept].tolist(), strict=True))
