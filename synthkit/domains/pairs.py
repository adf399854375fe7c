"""Pairs that never repeat: who follows whom, who starred what, which article has which tag."""

from __future__ import annotations

import numpy as np

from synthkit.domains.columns import Floats, Ints

__all__ = ["distinct_pairs"]

_DENSE = 3
"""With less than this many times the pairs wanted, all pairs are looked at."""

_ROUNDS_BY_WEIGHT = 6
"""After so many rounds, what popular rows can no longer give is drawn evenly from all."""


def distinct_pairs(
    total: int, left: Floats, right: Floats, rng: np.random.Generator, *, apart: bool = False
) -> tuple[Ints, Ints]:
    """Return ``total`` pairs of positions, each pair once, more of those with larger weights.

    ``apart`` leaves out pairs of a position with itself. The caller has seen to it that there are
    so many pairs. Pairs come in no order that means anything.
    """
    width = len(right)
    if not total:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if total * _DENSE > len(left) * width:
        codes = _heaviest(total, left, right, rng, apart)
    else:
        codes = _gathered(total, left, right, rng, apart)
    return codes // width, codes % width


def _heaviest(
    total: int, left: Floats, right: Floats, rng: np.random.Generator, apart: bool
) -> Ints:
    """Draw without replacement from all pairs: the smallest of exponential times at each rate."""
    rates = np.outer(left, right)
    times = rng.standard_exponential(rates.shape) / np.maximum(rates, 1e-300)
    if apart:
        np.fill_diagonal(times, np.inf)
    chosen = np.argpartition(times.ravel(), total - 1)[:total]
    return np.sort(chosen).astype(np.int64)


def _gathered(
    total: int, left: Floats, right: Floats, rng: np.random.Generator, apart: bool
) -> Ints:
    """Draw pairs until so many different ones have come up."""
    width = len(right)
    sums = np.cumsum(left), np.cumsum(right)
    found = np.zeros(0, dtype=np.int64)
    rounds = 0
    while len(found) < total:
        count = int((total - len(found)) * 1.5) + total // 50 + 16
        places = [
            np.minimum(np.searchsorted(each, rng.random(count) * each[-1], "right"), len(each) - 1)
            if rounds < _ROUNDS_BY_WEIGHT
            else rng.integers(0, len(each), count)
            for each in sums
        ]
        if apart:
            kept = places[0] != places[1]
            places = [each[kept] for each in places]
        drawn = np.sort(np.concatenate([found, places[0] * width + places[1]]))
        found = drawn[np.diff(drawn, prepend=-1) > 0]
        rounds += 1
    if len(found) > total:
        found = np.sort(rng.permutation(found)[:total])
    return found
