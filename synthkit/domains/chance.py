"""Draws that numpy does not have: by lookup table, and counts that add up to a total."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthkit.domains.columns import Floats, Ints

__all__ = ["Choice", "Draw", "counts", "happens", "pareto", "rounded", "sums", "zipf"]

_CELLS = 1 << 12


class Choice:
    """Draws positions by weight, by look-up, one row of weights for each kind.

    Weights are rounded to 1/4096 of a row's sum; positive ones below that may never come up.
    """

    def __init__(self, weights: NDArray[np.floating[Any]]) -> None:
        rows = np.atleast_2d(np.asarray(weights, dtype=float))
        sums = np.cumsum(rows, axis=1) / rows.sum(axis=1, keepdims=True)
        middles = (np.arange(_CELLS) + 0.5) / _CELLS
        self._cells = np.stack([np.searchsorted(row, middles, side="right") for row in sums])

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """Return ``count`` positions by the first row of weights."""
        drawn: Ints = self._cells[0, self._random(count, rng)]
        return drawn

    def draw_by(self, kinds: NDArray[np.integer[Any]], rng: np.random.Generator) -> Ints:
        """Return a position for each kind, by that kind's row of weights."""
        drawn: Ints = self._cells[kinds, self._random(len(kinds), rng)]
        return drawn

    @staticmethod
    def _random(count: int, rng: np.random.Generator) -> NDArray[np.uint16]:
        return rng.integers(0, _CELLS, count, dtype=np.uint16)


def counts(total: int, weights: Floats, rng: np.random.Generator) -> Ints:
    """Return counts that add up to ``total``.

    Poisson counts with these means, given their sum, are multinomial; with gamma weights the
    counts are negative binomial, so heavy-tailed and with many zeros, yet their sum is exact.
    """
    if not total or not len(weights):
        return np.zeros(len(weights), dtype=np.int64)
    if not weights.any():
        weights = np.ones(len(weights))
    return rng.multinomial(total, weights / weights.sum()).astype(np.int64)


def happens(share: Floats | float, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return whether something happens, ``count`` times, with these probabilities."""
    return rng.random(count, dtype=np.float32) < share


def pareto(shape: float, count: int, rng: np.random.Generator, largest: float = 1e6) -> Floats:
    """Return numbers of at least 1 with a tail of ``P(x > t) = t ** -shape``, up to ``largest``."""
    drawn = np.minimum((1 - rng.random(count)) ** (-1 / shape), largest)
    return drawn.astype(np.float64, copy=False)


def zipf(count: int, exponent: float = 1.0) -> Floats:
    """Return the weights of ``count`` ranks: 1, 1/2**exponent, 1/3**exponent, ..."""
    weights: Floats = np.arange(1, count + 1, dtype=np.float64) ** -exponent
    return weights


def rounded(numbers: Floats, rng: np.random.Generator) -> Ints:
    """Return whole numbers with these means: rounded up or down at random."""
    return np.floor(numbers + rng.random(len(numbers))).astype(np.int64)


def sums(places: Ints, values: NDArray[Any], count: int) -> Ints:
    """Return the sum of the whole numbers ``values`` at each of ``count`` places, exactly."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, values.astype(np.int64, copy=False))
    return found


class Draw:
    """Draws positions by weight, exactly, by search; slower than `Choice`.

    Positions are grouped, and in a group only its first so many can be drawn: who was there at
    the time, where positions of a group are in order of their arrival.
    """

    def __init__(self, weights: Floats, groups: Ints | None = None, group_count: int = 1) -> None:
        groups = np.zeros(len(weights), dtype=np.int64) if groups is None else groups
        self._order = np.argsort(groups, kind="stable")
        self.sizes = np.bincount(groups, minlength=group_count)
        self._starts = np.cumsum(self.sizes) - self.sizes
        self._sums = np.concatenate([[0.0], np.cumsum(weights[self._order])])

    def draw(
        self,
        count: int,
        rng: np.random.Generator,
        groups: Ints | None = None,
        first: Ints | None = None,
    ) -> Ints:
        """Return ``count`` positions, of these groups, among their ``first`` positions.

        -1 where there is nothing to draw.
        """
        groups = np.zeros(count, dtype=np.int64) if groups is None else groups
        starts = self._starts[groups]
        ends = starts + (self.sizes[groups] if first is None else first)
        low, high = self._sums[starts], self._sums[ends]
        found = np.searchsorted(self._sums, low + rng.random(count) * (high - low), side="right")
        places = np.clip(found - 1, starts, np.maximum(ends - 1, starts))
        drawn = self._order[np.minimum(places, len(self._order) - 1)] if len(self._order) else 0
        return np.where(ends > starts, drawn, -1)

    def arrived(self, arrivals: Ints, moments: Ints, groups: Ints) -> Ints:
        """Return how many of each group have arrived by a moment.

        ``arrivals`` are the times of all positions, rising within each group.
        """
        span = int(max(arrivals.max(initial=0), moments.max(initial=0))) + 1
        keys = np.repeat(np.arange(len(self.sizes)), self.sizes) * span + arrivals[self._order]
        found: Ints = np.searchsorted(keys, groups * span + moments, side="right")
        return found - self._starts[groups]
