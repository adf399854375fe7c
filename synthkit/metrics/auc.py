"""The area under the ROC curve and its confidence interval."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from synthkit.metrics.columns import Floats, Integers
from synthkit.metrics.ranks import midranks

__all__ = ["Interval", "auc", "auc_interval"]


class Interval(NamedTuple):
    """An area under the ROC curve with the ends of its confidence interval."""

    value: float
    low: float
    high: float


def auc(positive: Floats, negative: Floats) -> float:
    """Return the chance that a positive scores above a negative, ties counting half.

    Formula: (sum of the positives' midranks - m (m + 1) / 2) / (m n). Range: 0 to 1, .5 for
    scores that tell nothing. Source: Mann and Whitney 1947; Hanley and McNeil 1982.

    >>> auc(np.array([0.9, 0.4]), np.array([0.5, 0.1]))
    0.75
    """
    m, n = len(positive), len(negative)
    ranks = midranks(np.concatenate([positive, negative]))[:m]
    return (float(ranks.sum()) - m * (m + 1) / 2) / (m * n)


def auc_interval(
    positive: Floats,
    negative: Floats,
    groups: tuple[Integers, Integers] | None = None,
    confidence: float = 0.95,
) -> Interval:
    """Return the area with a confidence interval, cut to [0, 1].

    Formula: A +- z sqrt(S10 + S01), with placements V10(x) = share of negatives below x (ties
    half), summed over groups: S10 = I / (I - 1) / m^2 * sum_i (V10_i - m_i A)^2 over the I groups
    of positives, S01 alike. With one row per group this is DeLong's variance. Source: DeLong,
    DeLong and Clarke-Pearson 1988; Obuchowski 1997 for rows in groups. A group has rows of one
    class only. What training on other rows would change is not in it.
    """
    m, n = len(positive), len(negative)
    ranks = midranks(np.concatenate([positive, negative]))
    above = (ranks[:m] - midranks(positive)) / n
    below = 1.0 - (ranks[m:] - midranks(negative)) / m
    area = float(above.mean())
    given = groups if groups is not None else (np.arange(m), np.arange(n))
    variance = sum(
        _variance(placements, group, area)
        for placements, group in zip((above, below), given, strict=True)
    )
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * float(np.sqrt(variance))
    return Interval(area, max(0.0, area - reach), min(1.0, area + reach))


def _variance(placements: Floats, groups: Integers, area: float) -> float:
    _, at, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return 0.25  # of one group nothing is known but that the area lies in [0, 1]
    off = np.bincount(at, placements) - sizes * area
    return float((off**2).sum()) * len(sizes) / (len(sizes) - 1) / len(placements) ** 2
