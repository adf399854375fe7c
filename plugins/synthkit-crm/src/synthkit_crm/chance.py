"""Draws that numpy does not have: by lookup table, and counts that add up to a total."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthkit_crm.columns import Floats, Ints

__all__ = ["Choice", "counts", "happens"]

CELLS = 1 << 12


class Choice:
    """Draws positions by weight, one row of weights for each kind; 5 ns a draw.

    Weights are rounded to 1/4096 of a row's sum; positive ones below that may never come up.
    """

    def __init__(self, weights: NDArray[np.floating[Any]]) -> None:
        rows = np.atleast_2d(np.asarray(weights, dtype=float))
        sums = np.cumsum(rows, axis=1) / rows.sum(axis=1, keepdims=True)
        middles = (np.arange(CELLS) + 0.5) / CELLS
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
        return rng.integers(0, CELLS, count, dtype=np.uint16)


def counts(total: int, weights: Floats, rng: np.random.Generator) -> Ints:
    """Return counts that add up to ``total``.

    Poisson counts with these means, given their sum, are multinomial; with gamma weights the
    counts are negative binomial, so heavy-tailed and with many zeros, yet their sum is exact.
    """
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    if not weights.any():
        weights = np.ones(len(weights))
    return rng.multinomial(total, weights / weights.sum()).astype(np.int64)


def happens(share: Floats | float, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return whether something happens, ``count`` times, with these probabilities."""
    return rng.random(count, dtype=np.float32) < share
