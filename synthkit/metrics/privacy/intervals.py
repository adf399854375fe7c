"""Confidence intervals of shares and of what an attack gains over its control."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from synthkit.metrics.auc import Interval
from synthkit.metrics.columns import Floats, Integers

__all__ = ["gain", "share_interval", "wilson"]

_REACH = NormalDist().inv_cdf(0.975)


def wilson(hits: float, count: int) -> Interval:
    """Return a share with its 95% interval.

    Formula: the roots p of (hits / count - p)^2 = z^2 p (1 - p) / count. Range: 0 to 1. Source:
    Wilson 1927.

    >>> [round(end, 3) for end in wilson(5, 10)]
    [0.5, 0.237, 0.763]
    """
    share = hits / count
    scale = 1 + _REACH**2 / count
    middle = (share + _REACH**2 / (2 * count)) / scale
    reach = _REACH / scale * np.sqrt(share * (1 - share) / count + _REACH**2 / (4 * count**2))
    return Interval(share, max(0.0, float(middle - reach)), min(1.0, float(middle + reach)))


def share_interval(scores: Floats, *groupings: Integers) -> Interval:
    """Return the mean of scores from 0 to 1 with its 95% interval, rows in groups.

    Formula: Wilson's interval at the number of rows that tell as much as these do: m (1 - m) / V,
    at most as many as there are. V = I / (I - 1) sum_i (S_i - n_i m)^2 / n^2 over the I groups;
    of two groupings the sum of both less that of single rows. Source: Korn and Graubard 1998
    (effective sample size); Cameron, Gelbach and Miller 2011 (two groupings).
    """
    count, mean = len(scores), float(scores.mean())
    single = _variance(scores, mean, np.arange(count))
    found = [_variance(scores, mean, groups) for groups in groupings]
    variance = max([single, *found, sum(found) - (len(found) - 1) * single])
    trials = count if variance <= 0 else max(1, min(count, round(mean * (1 - mean) / variance)))
    return wilson(mean * trials, trials)


def _variance(scores: Floats, mean: float, groups: Integers) -> float:
    _, at, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return 0.25  # of one group nothing is known but that the share lies in [0, 1]
    off = np.bincount(at, scores) - sizes * mean
    return float((off**2).sum()) * len(sizes) / (len(sizes) - 1) / len(scores) ** 2


def gain(attack: Interval, control: Interval) -> Interval:
    """Return what an attack on learned rows gains over the same attack on held-out rows.

    Formula: (a - c) / (1 - c), 0 where a <= c; the ends from the two intervals by the square-root
    rule (Newcombe 1998, method 10). Range: 0 to 1, 0 is best. Source: Giomi et al. 2023, 3.2.
    """
    left = max(1e-9, 1 - control.value)
    apart = attack.value - control.value
    below = np.hypot(attack.value - attack.low, control.high - control.value)
    above = np.hypot(attack.high - attack.value, control.value - control.low)
    low, high = float(apart - below) / left, float(apart + above) / left
    return Interval(max(0.0, apart / left), max(0.0, low), min(1.0, max(0.0, high)))
