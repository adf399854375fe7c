"""Columns one by one: shape, missing values, coverage, and what lies outside of the real values.

Says nothing of how columns hang together: drawing each column alone scores perfectly here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.metrics.columns import Floats, Kind
from synthkit.metrics.samples import drawn_rows
from synthkit.metrics.sides import Side
from synthkit.randomness import Streams

__all__ = [
    "ColumnShape",
    "category_coverage",
    "column_shapes",
    "ks_complement",
    "missing_similarity",
    "outside_share",
    "range_coverage",
    "tv_complement",
]

_MOST_ROWS = 200_000


@dataclass(frozen=True)
class ColumnShape:
    """What one column scored; ``rows`` are the rows that were looked at, real and synthetic.

    ``coverage`` is None where the real column has no value.
    """

    table: str
    column: str
    kind: Kind
    shape: float
    missing: float
    coverage: float | None
    outside: float
    rows: tuple[int, int]


def column_shapes(real: Side, synthetic: Side, streams: Streams) -> tuple[ColumnShape, ...]:
    """Score every column of every table; tables of more than 200,000 rows are sampled."""
    found = []
    for table, kinds in real.kinds.items():
        chosen = [
            drawn_rows(side.rows[table], _MOST_ROWS, streams, "shapes", name, table)
            for side, name in ((real, "real"), (synthetic, "synthetic"))
        ]
        for column, kind in kinds.items():
            a = real.values[table][column][chosen[0]]
            b = synthetic.values[table][column][chosen[1]]
            shape = tv_complement(a, b) if kind == "category" else ks_complement(a, b)
            cover = category_coverage(a, b) if kind == "category" else range_coverage(a, b)
            outside = outside_share(a, b, kind)
            found.append(
                ColumnShape(
                    table,
                    column,
                    kind,
                    shape,
                    missing_similarity(a, b),
                    cover,
                    outside,
                    (len(a), len(b)),
                )
            )
    return tuple(found)


def ks_complement(real: Floats, synthetic: Floats) -> float:
    """Return how alike two distributions of numbers or dates are.

    Formula: 1 - sup |F_real - F_synthetic|, where a missing value counts as one more value below
    all others. Range: 0 (disjoint) to 1 (the same); 0 where a side has no rows. Source: the
    two-sample statistic of Kolmogorov and Smirnov (Smirnov 1939).
    """
    if not len(real) or not len(synthetic):
        return 0.0
    a, b = (np.sort(np.where(np.isnan(side), -np.inf, side)) for side in (real, synthetic))
    at = np.concatenate([a, b])
    gap = np.searchsorted(a, at, "right") / len(a) - np.searchsorted(b, at, "right") / len(b)
    return 1.0 - float(np.abs(gap).max())


def tv_complement(real: Floats, synthetic: Floats) -> float:
    """Return how alike the shares of labels are; codes are whole numbers, or NaN for missing.

    Formula: 1 - sum |p_real - p_synthetic| / 2 over labels, missing being one of them. Range: 0
    (no label in common) to 1 (the same shares); 0 where a side has no rows. Source: total
    variation distance.
    """
    if not len(real) or not len(synthetic):
        return 0.0
    a, b = (np.where(np.isnan(side), -1, side).astype(np.int64) + 1 for side in (real, synthetic))
    size = int(max(a.max(), b.max())) + 1
    gap = np.bincount(a, minlength=size) / len(a) - np.bincount(b, minlength=size) / len(b)
    return 1.0 - float(np.abs(gap).sum()) / 2


def missing_similarity(real: Floats, synthetic: Floats) -> float:
    """Return how alike the shares of missing values are.

    Formula: 1 - |share_real - share_synthetic|. Range: 0 to 1; 0 where only one side has rows.
    Source: SDMetrics' MissingValueSimilarity.
    """
    if not len(real) or not len(synthetic):
        return float(len(real) == len(synthetic))
    return 1.0 - abs(float(np.isnan(real).mean()) - float(np.isnan(synthetic).mean()))


def range_coverage(real: Floats, synthetic: Floats) -> float | None:
    """Return how much of the real range of numbers or dates the synthetic values span.

    Formula: 1 - max(0, (min_s - min_r) / w) - max(0, (max_r - max_s) / w), at least 0, with w =
    max_r - min_r. Range: 0 to 1; None without a real value; where w is 0, whether the value
    occurs. Source: SDMetrics' RangeCoverage. Two extreme values are enough for a 1, and a model
    that protects extremes is meant to stay below it.
    """
    a, b = real[~np.isnan(real)], synthetic[~np.isnan(synthetic)]
    if not len(a):
        return None
    if not len(b):
        return 0.0
    low, high = float(a.min()), float(a.max())
    if low == high:
        return float(bool((b == low).any()))
    lost = max(0.0, float(b.min()) - low) + max(0.0, high - float(b.max()))
    return max(0.0, 1.0 - lost / (high - low))


def category_coverage(real: Floats, synthetic: Floats) -> float | None:
    """Return which share of the real labels occurs among the synthetic ones.

    Formula: |labels_real and labels_synthetic| / |labels_real|, missing not being a label. Range:
    0 to 1; None without a real label. Source: SDMetrics' CategoryCoverage. A model that hides
    rare labels on purpose is meant to stay below 1.
    """
    a, b = np.unique(real[~np.isnan(real)]), np.unique(synthetic[~np.isnan(synthetic)])
    return float(np.isin(a, b).mean()) if len(a) else None


def outside_share(real: Floats, synthetic: Floats, kind: Kind) -> float:
    """Return which share of the synthetic values no real column of this kind would hold.

    Formula: share of synthetic rows below the real minimum or above the real maximum, or with a
    label that is not among the real ones; missing values are inside. Range: 0 (best) to 1; 0
    without a real value. Source: the complement of SDMetrics' BoundaryAdherence and
    CategoryAdherence, over all rows.
    """
    a = real[~np.isnan(real)]
    if not len(a) or not len(synthetic):
        return 0.0
    if kind == "category":
        beyond = ~np.isin(synthetic, a) & ~np.isnan(synthetic)
    else:
        beyond = (synthetic < a.min()) | (synthetic > a.max())
    return float(beyond.mean())
