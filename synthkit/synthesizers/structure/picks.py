"""Picks parent rows for the foreign keys that do not own the row: links.

Popular parents stay popular (weights are child counts drawn as seen), one-to-one keys never meet
twice, and the pairs of a bridge never repeat. Everything is a function of row numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams
from synthkit.synthesizers.structure.counts import CountDistribution, fit_total
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Permutation", "Weights", "pick_distinct", "pick_in_groups"]

_WEIGHT_ROWS = 65_536
_ROUNDS = 24
_ROUND_CONSTANTS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)


class Permutation:
    """A pseudo-random bijection of ``range(size)`` without a stored table.

    A Feistel network of four rounds over the next even power of two, walked until the result
    lies inside (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"). Not a cipher:
    the round function only mixes.
    """

    def __init__(self, size: int, key: int) -> None:
        """Choose the bijection from a 63-bit key; sizes up to 2**62."""
        self.size = size
        half = max(1, (max(size - 1, 1).bit_length() + 1) // 2)
        self._half = np.uint64(half)
        self._mask = np.uint64((1 << half) - 1)
        self._keys = [np.uint64((key * odd + odd) % (1 << 64)) for odd in _ROUND_CONSTANTS]

    def __call__(self, positions: Indices) -> Indices:
        """Return where positions go; ValueError for any that is not in ``range(size)``."""
        if len(positions) and not 0 <= positions.min() <= positions.max() < self.size:
            raise ValueError(f"there are no such positions among {self.size}")
        result = self._once(positions.astype(np.uint64))
        outside = np.flatnonzero(result >= self.size)
        while len(outside):
            result[outside] = self._once(result[outside])
            outside = outside[result[outside] >= self.size]
        return result.astype(np.int64)

    def _once(self, values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        left, right = values >> self._half, values & self._mask
        with np.errstate(over="ignore"):
            for key in self._keys:
                mixed = (right + key) * np.uint64(0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(31)
                mixed *= np.uint64(0x94D049BB133111EB)
                mixed ^= mixed >> np.uint64(29)
                left, right = right, left ^ (mixed & self._mask)
        return (left << self._half) | right


class Weights:
    """How many child rows each of a table's rows gets through one foreign key."""

    def __init__(self, per_row: Indices) -> None:
        """Take a non-negative whole weight per row."""
        bounds = np.cumsum(per_row)
        small = not len(bounds) or bounds[-1] < 2**31
        self._bounds = bounds.astype(np.int32) if small else bounds

    @classmethod
    def drawn(
        cls, distribution: CountDistribution, rows: int, total: int, streams: Streams
    ) -> Weights:
        """Draw a child count for each of ``rows`` rows, ``total`` in all, piece by piece."""
        pieces = []
        for start in range(0, rows, _WEIGHT_ROWS):
            stop = min(start + _WEIGHT_ROWS, rows)
            rng = streams.at(start)
            share = total * stop // rows - total * start // rows
            pieces.append(fit_total(distribution.draw(stop - start, rng), share, rng))
        return cls(np.concatenate(pieces) if pieces else np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self._bounds)

    @property
    def total(self) -> int:
        """Sum of the weights."""
        return int(self._bounds[-1]) if len(self._bounds) else 0

    def at(self, positions: Indices) -> Indices:
        """Return the row that owns each position in ``range(total)``; -1 past the end.

        Each row owns as many positions as its weight, so positions that never repeat give every
        row exactly its number of children.
        """
        inside = positions < self.total
        # Numbers of one type, or numpy would copy all of the bounds at each call.
        sought = np.where(inside, positions, 0).astype(self._bounds.dtype)
        found = np.searchsorted(self._bounds, sought, side="right")
        return np.where(inside, found, -1)

    def pick(self, count: int, rng: np.random.Generator) -> Indices:
        """Return ``count`` row numbers, drawn with replacement; evenly if no row has a weight."""
        if not count:
            return np.zeros(0, np.int64)
        if not self.total:
            return rng.integers(0, len(self), count)
        return self.at(rng.integers(0, self.total, count))

    def per_row(self) -> Indices:
        """Return the weights."""
        return np.diff(self._bounds, prepend=0).astype(np.int64)


def pick_distinct(
    groups: Indices, picks: Sequence[Indices], draws: Sequence[Weights], rng: np.random.Generator
) -> list[Indices]:
    """Return the picks, changed where needed so that no combination repeats inside a group.

    ``groups`` are sorted; ``picks`` holds a row of each table for every row, ``draws`` the weights
    of these tables. A group must not be larger than the number of combinations. Collisions are
    drawn again; what is left after some rounds takes any combination that is free.
    """
    found = np.stack(picks)
    for _ in range(_ROUNDS):
        again = np.flatnonzero(_repeats(groups, found))
        if not len(again):
            return list(found)
        found[:, again] = [draw.pick(len(again), rng) for draw in draws]
    sizes = [len(draw) for draw in draws]
    for row in np.flatnonzero(_repeats(groups, found)):
        low, high = np.searchsorted(groups, [groups[row], groups[row] + 1])
        used = np.delete(found[:, low:high], row - low, axis=1)
        found[:, row] = _free(sizes, {tuple(each) for each in used.T.tolist()}, rng)
    return list(found)


def _free(
    sizes: Sequence[int], used: set[tuple[int, ...]], rng: np.random.Generator
) -> tuple[int, ...]:
    """Return a combination of numbers below ``sizes`` that is not used; there has to be one."""
    if prod(sizes) <= 2 * len(used):
        free = [each for each in product(*map(range, sizes)) if each not in used]
        return free[rng.integers(len(free))]
    while True:
        drawn = tuple(int(rng.integers(size)) for size in sizes)
        if drawn not in used:
            return drawn


def _repeats(groups: Indices, picks: Indices) -> npt.NDArray[np.bool_]:
    """Mark every row whose group and picks (a column each) an earlier row has."""
    order = np.lexsort((*picks, groups))
    same = np.ones(max(len(order) - 1, 0), bool)
    for column in (*picks, groups):
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
