"""How strongly two columns of any kinds hang together, as one matrix per data set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.ranks import midranks
from synthkit.metrics.sides import Side

__all__ = ["association", "matrix"]

_MOST_LABELS = 30


def matrix(side: Side, table: str, columns: Sequence[str], rows: Integers) -> Floats:
    """Return the associations of columns of some rows, shape (columns, columns), 1 on the diagonal.

    NaN where a column has one value only.
    """
    kinds = side.kinds[table]
    values = [side.values[table][name][rows] for name in columns]
    found = np.eye(len(columns))
    for at, first in enumerate(columns):
        for other in range(at):
            pair = association(values[at], values[other], kinds[first], kinds[columns[other]])
            found[at, other] = found[other, at] = pair
    return found


def association(first: Floats, second: Floats, kind: Kind, other: Kind) -> float:
    """Return how strongly two columns hang together, rows without either value left out.

    Formula: Spearman's rank correlation of two numbers or dates (-1 to 1); the correlation ratio
    of the ranks, as a root, of a label and a number (0 to 1); Cramer's V of two labels, corrected
    for chance (0 to 1), past the 30 most common labels counted as one. Source: Spearman 1904;
    Fisher 1925; Cramer 1946 with Bergsma 2013.
    """
    there = ~(np.isnan(first) | np.isnan(second))
    if there.sum() < 3:
        return float("nan")
    first, second = first[there], second[there]
    if kind == "category" and other == "category":
        return _cramer(_coded(first), _coded(second))
    if kind == "category":
        return _ratio(_coded(first), midranks(second))
    if other == "category":
        return _ratio(_coded(second), midranks(first))
    a, b = midranks(first), midranks(second)
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _coded(values: Floats) -> Integers:
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.minimum(rank[at], _MOST_LABELS)


def _ratio(labels: Integers, ranks: Floats) -> float:
    total = float(((ranks - ranks.mean()) ** 2).sum())
    sizes = np.bincount(labels)
    if total == 0 or len(sizes) < 2:
        return float("nan")
    means = np.bincount(labels, ranks) / sizes
    return float(np.sqrt((sizes * (means - ranks.mean()) ** 2).sum() / total))


def _cramer(first: Integers, second: Integers) -> float:
    rows, columns, count = int(first.max()) + 1, int(second.max()) + 1, len(first)
    if min(rows, columns) < 2:
        return float("nan")
    table = np.bincount(first * columns + second, minlength=rows * columns).reshape(rows, columns)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / count
    square = float(((table - expected) ** 2 / expected).sum()) / count
    square = max(0.0, square - (rows - 1) * (columns - 1) / (count - 1))
    least = min(rows - (rows - 1) ** 2 / (count - 1), columns - (columns - 1) ** 2 / (count - 1))
    return float(np.sqrt(square / (least - 1))) if least > 1 else float("nan")
