"""Which rows of a table have which of the labels that shares are asked for: exact in all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthkit.contracts.conditions import Weighting
from synthkit.randomness import Streams
from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.references import Indices

__all__ = ["apportioned", "groups_of"]


def groups_of(
    weights: Sequence[Weighting], streams: Streams, start: int, stop: int, total: int
) -> Indices:
    """Return the group of each row from ``start`` to ``stop`` of a table of ``total`` rows.

    Groups number the combinations of the weightings' parts, the last changing fastest. Which
    row is in which follows from its number alone, so any block can be drawn by itself.
    """
    groups = np.zeros(stop - start, np.int64)
    for each in weights:
        shares = [*each.shares, each.rest] if each.rest else list(each.shares)
        bounds = np.cumsum(apportioned(shares, total))
        shuffled = Permutation(total, streams.integer("weights", each.table, each.column))
        places = shuffled(np.arange(start, stop))
        groups = groups * len(shares) + np.searchsorted(bounds, places, side="right")
    return groups


def apportioned(shares: Sequence[float], total: int) -> Indices:
    """Return whole numbers that add up to ``total``, by the largest remainders."""
    exact = np.asarray(shares) * (total / sum(shares))
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
