"""Picks parent rows for the foreign keys that do not own the row: links.

Popular parents stay popular (weights are child counts drawn as seen), one-to-one keys never meet
twice, and the pairs of a bridge never repeat. Everything is a function of row numbers.
"""

from __future__ import annotations

from math import gcd

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams
from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Permutation", "Weights", "pick_distinct", "pick_in_groups"]

_WEIGHT_ROWS = 65_536
_ROUNDS = 24


class Permutation:
    """A bijection of ``range(size)`` without a stored table: position times a plus c."""

    def __init__(self, size: int, key: int) -> None:
        """Choose the bijection from a 63-bit key; sizes up to 2**31."""
        self.size = size
        self._add = key % max(size, 1)
        multiplier = (key >> 20) % max(size, 1) | 1
        while gcd(multiplier, size) != 1:
            multiplier += 2
        self._multiply = multiplier % max(size, 1) or 1

    def __call__(self, positions: Indices) -> Indices:
        """Return where positions in ``range(size)`` go."""
        return (positions * self._multiply + self._add) % self.size


class Weights:
    """How likely each of a table's rows is to be pointed at by one foreign key."""

    def __init__(self, per_row: Indices) -> None:
        """Take a non-negative whole weight per row; all zero counts as all equal."""
        if len(per_row) and not per_row.any():
            per_row = np.ones(len(per_row), np.int64)
        self._bounds = np.cumsum(per_row)

    @classmethod
    def drawn(cls, distribution: CountDistribution, rows: int, streams: Streams) -> Weights:
        """Draw a weight for each of ``rows`` rows, in fixed pieces with streams of their own."""
        pieces = [
            distribution.draw(min(_WEIGHT_ROWS, rows - start), streams.at(start))
            for start in range(0, rows, _WEIGHT_ROWS)
        ]
        return cls(np.concatenate(pieces) if pieces else np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self._bounds)

    def pick(self, count: int, rng: np.random.Generator) -> Indices:
        """Return ``count`` row numbers, drawn with replacement."""
        if not count:
            return np.zeros(0, np.int64)
        targets = rng.integers(0, self._bounds[-1], count)
        return np.searchsorted(self._bounds, targets, side="right").astype(np.int64)

    def per_row(self) -> Indices:
        """Return the weights."""
        return np.diff(self._bounds, prepend=0)


def pick_distinct(
    groups: Indices, draw: Weights, rng: np.random.Generator, taken: Indices | None = None
) -> Indices:
    """Return a pick for each row such that no pick repeats inside a group.

    ``groups`` are sorted. ``taken`` may hold a further code per row that is part of what has to
    differ. A group must not be larger than the number of things to pick from. Collisions are
    drawn again; what is left after some rounds takes the next free row.
    """
    size = len(draw)
    picks = draw.pick(len(groups), rng)
    for _ in range(_ROUNDS):
        again = np.flatnonzero(_repeats(groups, picks, taken))
        if not len(again):
            return picks
        picks[again] = draw.pick(len(again), rng)
    for row in np.flatnonzero(_repeats(groups, picks, taken)):
        low, high = np.searchsorted(groups, [groups[row], groups[row] + 1])
        same = np.arange(low, high)
        if taken is not None:
            same = same[taken[same] == taken[row]]
        free = np.ones(size, bool)
        free[picks[same[same != row]]] = False
        choices = np.flatnonzero(free)
        picks[row] = choices[rng.integers(len(choices))]
    return picks


def _repeats(groups: Indices, picks: Indices, taken: Indices | None) -> npt.NDArray[np.bool_]:
    """Mark every row whose (group, taken, pick) an earlier row has."""
    columns = (picks, groups) if taken is None else (picks, taken, groups)
    order = np.lexsort(columns)
    same = np.ones(max(len(order) - 1, 0), bool)
    for column in columns:
        same &= column[order][1:] == column[order][:-1]
    repeated = np.zeros(len(order), bool)
    repeated[order[1:][same]] = True
    return repeated


def pick_in_groups(
    wanted: Indices, offered: Indices, weights: Weights, rng: np.random.Generator
) -> Indices:
    """Return a pick for each row among the offered rows of its own group; -1 where there is none.

    ``wanted`` is the group of each picking row (-1: none), ``offered`` that of each row on offer.
    """
    order = np.argsort(offered, kind="stable")
    sorted_groups = offered[order]
    mass = np.maximum(weights.per_row()[order], 0)
    bounds = np.concatenate([[0], np.cumsum(mass)])
    low = np.searchsorted(sorted_groups, wanted, side="left")
    high = np.searchsorted(sorted_groups, wanted, side="right")
    span = bounds[high] - bounds[low]
    uniform = rng.random(len(wanted))
    by_weight = np.searchsorted(bounds[1:], bounds[low] + np.floor(uniform * span), side="right")
    evenly = low + np.floor(uniform * (high - low)).astype(np.int64)
    place = np.where(span > 0, by_weight, evenly)
    found = (high > low) & (wanted >= 0)
    picks = np.full(len(wanted), -1, np.int64)
    picks[found] = order[np.minimum(place[found], len(order) - 1)]
    return picks
