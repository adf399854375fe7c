"""Rows that share a parent: how alike they are, and how they follow each other in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.marginal import ks_complement
from synthkit.metrics.ranks import correlation, midranks
from synthkit.metrics.sides import Side
from synthkit.schema import ForeignKey

__all__ = [
    "Sibling",
    "gaps",
    "intraclass_agreement",
    "intraclass_correlation",
    "lag_agreement",
    "lag_correlation",
    "sibling_dependence",
]

Aspect = Literal["icc", "lag1", "gaps"]

_LEAST_ROWS = 20
_LEAST_STEPS = 6


@dataclass(frozen=True)
class Sibling:
    """How alike one aspect of siblings is; ``real`` and ``synthetic`` are None for gaps."""

    key: ForeignKey
    column: str
    aspect: Aspect
    similarity: float
    real: float | None
    synthetic: float | None


def sibling_dependence(real: Side, synthetic: Side) -> tuple[Sibling, ...]:
    """Compare siblings under every foreign key with at least 20 real rows that have a sibling.

    Formula: 1 - min(1, |real - synthetic|) of the intraclass correlation of each column and, in
    tables with a date (the first one orders the rows), of its lag-1 dependence; for gaps the
    Kolmogorov-Smirnov complement. Range: 0 to 1. Source: the intraclass correlation is Fisher's
    (1925), as the one-way analysis of variance estimates it. A key without siblings in the
    synthetic data scores against 0.
    """
    found: list[Sibling] = []
    for key in real.schema.foreign_keys:
        families = [_Families.of(side, key) for side in (real, synthetic)]
        if len(families[0].rows) < _LEAST_ROWS:
            continue
        kinds = real.kinds[key.table]
        values = [side.values[key.table] for side in (real, synthetic)]
        for column, kind in kinds.items():
            pair = [
                _likeness(each.family, side[column][each.rows], kind)
                for each, side in zip(families, values, strict=True)
            ]
            if pair[0] is not None:
                found.append(_sibling(key, column, "icc", pair))
        clock = next((name for name, kind in kinds.items() if kind == "date"), None)
        if clock is not None:
            ordered = [
                each.in_time(side[clock]) for each, side in zip(families, values, strict=True)
            ]
            found += _sequences(key, clock, kinds, ordered, values)
    return tuple(found)


def intraclass_correlation(family: Integers, values: Floats) -> float | None:
    """Return how alike the numbers of one family are, compared with all others.

    Formula: (MSB - MSW) / (MSB + (n0 - 1) MSW) of the midranks, with the mean squares between and
    within families and n0 = (N - sum n_i^2 / N) / (k - 1). Range: -1 to 1, 0 for unrelated rows;
    None where nothing varies or there is one family. Source: one-way random effects ANOVA
    (Fisher 1925; Shrout and Fleiss 1979, ICC(1,1)), for families of unequal size.
    ``family`` holds one whole number per row; NaN values are left out.
    """
    present = ~np.isnan(values)
    _, at, sizes = np.unique(family[present], return_inverse=True, return_counts=True)
    count, families = len(at), len(sizes)
    if families < 2 or count <= families:
        return None
    ranks = midranks(values[present])
    means = np.bincount(at, ranks) / sizes
    within = float(((ranks - means[at]) ** 2).sum()) / (count - families)
    between = float((sizes * (means - ranks.mean()) ** 2).sum()) / (families - 1)
    size = (count - float((sizes.astype(np.float64) ** 2).sum()) / count) / (families - 1)
    total = between + (size - 1) * within
    return float(np.clip((between - within) / total, -1, 1)) if total > 0 else None


def intraclass_agreement(family: Integers, codes: Floats) -> float | None:
    """Return how much more often two siblings share a label than two rows at large.

    Formula: (a - e) / (1 - e), a the chance that two different rows of a family share a label,
    averaged over families, e = sum p_label^2; missing is a label. Range: up to 1, 0 for
    unrelated rows; None where all rows hold one label. Source: chance-corrected agreement
    (Scott 1955; Fleiss 1971), families weighing the same.
    """
    labels = np.where(np.isnan(codes), -1, codes).astype(np.int64) + 1
    _, at, sizes = np.unique(family, return_inverse=True, return_counts=True)
    if not len(sizes) or sizes.max() < 2:
        return None
    shares = np.bincount(labels) / len(labels)
    chance = float(shares @ shares)
    if chance >= 1:
        return None
    cells, counts = np.unique(at * len(shares) + labels, return_counts=True)
    same = np.bincount(cells // len(shares), counts * (counts - 1.0), minlength=len(sizes))
    several = sizes > 1
    agreement = same[several] / (sizes[several] * (sizes[several] - 1.0))
    return (float(agreement.mean()) - chance) / (1 - chance)


def lag_correlation(follows: Integers, values: Floats) -> float | None:
    """Return the correlation of a number with the one before it in its family.

    Formula: Pearson's correlation of midranks of all values over steps where both are there;
    ``follows`` are the places whose predecessor is of the same family. Range: -1 to 1; None with
    fewer than six steps or without variation. Source: lag-1 autocorrelation, pooled over
    families, on ranks.
    """
    present = ~np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ranks[present] = midranks(values[present])
    later, earlier = ranks[follows], ranks[follows - 1]
    both = ~(np.isnan(later) | np.isnan(earlier))
    if both.sum() < _LEAST_STEPS:
        return None
    return correlation(later[both], earlier[both])


def lag_agreement(follows: Integers, codes: Floats) -> float | None:
    """Return the share of steps that keep the label, in [0, 1]; None with fewer than six steps.

    Formula: share of places in ``follows`` whose label is the one before; missing is a label.
    Source: the diagonal of a first-order Markov chain's transition counts.
    """
    if len(follows) < _LEAST_STEPS:
        return None
    labels = np.where(np.isnan(codes), -1, codes)
    return float((labels[follows] == labels[follows - 1]).mean())


def gaps(follows: Integers, days: Floats) -> Floats:
    """Return the days between each event and the one before it in its family, float64."""
    steps: Floats = days[follows] - days[follows - 1]
    return steps[~np.isnan(steps)]


@dataclass(frozen=True)
class _Families:
    """The rows that have a sibling, with the number of their family (the parent's row)."""

    rows: Integers
    family: Integers

    @classmethod
    def of(cls, side: Side, key: ForeignKey) -> _Families:
        parent = side.parents[key]
        sizes = np.bincount(parent[parent >= 0], minlength=side.rows[key.parent])
        rows = np.flatnonzero((parent >= 0) & (np.append(sizes, 0)[parent] > 1))
        return cls(rows, parent[rows])

    def in_time(self, days: Floats) -> _Families:
        """Return the rows with a date, by family and then by date."""
        dated = self.rows[~np.isnan(days[self.rows])]
        family = self.family[~np.isnan(days[self.rows])]
        order = np.lexsort((days[dated], family))
        return _Families(dated[order], family[order])

    @property
    def follows(self) -> Integers:
        """Places of rows whose predecessor is of the same family."""
        return np.flatnonzero(self.family[1:] == self.family[:-1]) + 1


def _likeness(family: Integers, values: Floats, kind: Kind) -> float | None:
    measure = intraclass_agreement if kind == "category" else intraclass_correlation
    return measure(family, values)


def _sequences(
    key: ForeignKey,
    clock: str,
    kinds: Mapping[str, Kind],
    ordered: list[_Families],
    values: Sequence[Mapping[str, Floats]],
) -> Iterator[Sibling]:
    steps = [each.follows for each in ordered]
    if len(steps[0]) < _LEAST_STEPS:
        return
    days = [
        gaps(at, side[clock][each.rows])
        for at, each, side in zip(steps, ordered, values, strict=True)
    ]
    yield Sibling(key, clock, "gaps", ks_complement(days[0], days[1]), None, None)
    for column, kind in kinds.items():
        if column != clock:
            measure = lag_agreement if kind == "category" else lag_correlation
            pair = [
                measure(at, side[column][each.rows])
                for at, each, side in zip(steps, ordered, values, strict=True)
            ]
            if pair[0] is not None:
                yield _sibling(key, column, "lag1", pair)


def _sibling(key: ForeignKey, column: str, aspect: Aspect, pair: list[float | None]) -> Sibling:
    real, synthetic = pair[0] or 0.0, pair[1] or 0.0
    return Sibling(key, column, aspect, 1.0 - min(1.0, abs(real - synthetic)), real, synthetic)
