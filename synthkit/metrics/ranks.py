"""Ranks, and what follows from them: Spearman's correlation."""

from __future__ import annotations

import numpy as np

from synthkit.metrics.columns import Floats

__all__ = ["correlation", "midranks", "spearman"]


def midranks(values: Floats) -> Floats:
    """Return ranks from 1; equal values share the mean of their ranks. No value may be NaN.

    >>> midranks(np.array([5.0, 1.0, 5.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[at]
    return ranks


def correlation(first: Floats, second: Floats) -> float | None:
    """Return Pearson's correlation in [-1, 1], or None where a side does not vary."""
    if len(first) < 3:
        return None
    x, y = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return float(np.clip((x @ y) / scale, -1, 1)) if scale > 0 else None


def spearman(first: Floats, second: Floats) -> float | None:
    """Return Spearman's rank correlation over the rows where both values are there.

    Formula: Pearson's correlation of the midranks. Range: [-1, 1]; None with fewer than three
    rows or where a side does not vary. Source: Spearman 1904.
    """
    both = ~(np.isnan(first) | np.isnan(second))
    return correlation(midranks(first[both]), midranks(second[both]))
