"""Picks without repeats: different rows for each parent, and pairs that are unique."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from synthkit.generators.recipes.arrays import Floats, Ints
from synthkit.generators.values.permutation import Permutation

__all__ = ["distinct_picks", "pair_picks"]

DENSE = 4
"""A group that takes more than one in so many of all places is drawn from a full list of them."""
ROUNDS = 40
"""Redraws of places that came up twice, before what is left is drawn from full lists."""
CELLS = 1 << 22
"""Random numbers that are drawn at a time for full lists."""


class Picker(Protocol):
    """Draws places, all alike or not."""

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """Return places with replacement."""
        ...

    def weights(self) -> Floats:
        """Return the weight of each place."""
        ...


def pair_picks(first: int, count: int, sizes: tuple[int, int], key: int) -> tuple[Ints, Ints]:
    """Return pairs of places for rows ``first .. first + count``; no two rows share a pair."""
    numbers = np.arange(first, first + count, dtype=np.uint64)
    found = Permutation(max(1, sizes[0] * sizes[1]), key).at(numbers)
    left, right = np.divmod(found, np.uint64(max(1, sizes[1])))
    return left.astype(np.int64), right.astype(np.int64)


def distinct_picks(
    groups: tuple[Ints, Ints], size: int, picker: Picker, rng: np.random.Generator
) -> Ints:
    """Return places below ``size`` for the rows of groups; no group has a place twice.

    Args:
        groups: where each group's rows begin, and how many they are (at most ``size``).
        size: number of places.
        picker: draws places.
        rng: random numbers.
    """
    starts, counts = groups
    total = int(counts.sum())
    group = np.repeat(np.arange(len(counts)), counts)
    picks = picker.draw(total, rng)
    crowded = counts * DENSE > size
    waiting = np.flatnonzero(~crowded[group])
    keys = group * size + picks
    for _ in range(ROUNDS):
        repeated = _repeats(keys, waiting)
        if not len(repeated):
            break
        picks[repeated] = picker.draw(len(repeated), rng)
        keys[repeated] = group[repeated] * size + picks[repeated]
    else:
        crowded[group[_repeats(keys, waiting)]] = True
    dense = np.flatnonzero(crowded & (counts > 0))
    step = max(1, CELLS // max(1, size))
    for begin in range(0, len(dense), step):
        part = dense[begin : begin + step]
        _fill(picks, starts[part], counts[part], picker.weights(), rng)
    return picks


def _repeats(keys: Ints, among: Ints) -> Ints:
    """Return the rows whose key an earlier row has."""
    order = among[np.argsort(keys[among], kind="stable")]
    return np.asarray(order[1:][keys[order][1:] == keys[order][:-1]])


def _fill(
    picks: Ints, starts: Ints, counts: Ints, weights: Floats, rng: np.random.Generator
) -> None:
    """Draw without replacement: the first of exponential times, faster for greater weights."""
    times = rng.standard_exponential((len(counts), len(weights))) / weights
    order = np.argsort(times, axis=1)
    for row, (start, count) in enumerate(zip(starts.tolist(), counts.tolist(), strict=True)):
        picks[start : start + count] = order[row, :count]
