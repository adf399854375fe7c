"""Child counts: how many rows of a child each parent row has, drawn so that the total is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthkit.synthesizers.structure.references import Indices

__all__ = ["CountDistribution", "fit_total"]


@dataclass(frozen=True)
class CountDistribution:
    """The number of children per parent row as seen: ``values`` and how many rows had each."""

    values: tuple[int, ...]
    frequencies: tuple[int, ...]

    @classmethod
    def seen(cls, parents: Indices, parent_count: int) -> CountDistribution:
        """Count the children of each of ``parent_count`` rows, childless ones included."""
        counts = np.bincount(parents[parents >= 0], minlength=parent_count)
        values, frequencies = np.unique(counts, return_counts=True)
        return cls(tuple(int(v) for v in values), tuple(int(f) for f in frequencies))

    def draw(self, count: int, rng: np.random.Generator) -> Indices:
        """Return ``count`` numbers of children, as frequent as they were seen."""
        if not self.values:
            return np.ones(count, np.int64)
        bounds = np.cumsum(self.frequencies)
        picks = np.searchsorted(bounds, rng.integers(0, bounds[-1], count), side="right")
        return np.asarray(self.values, np.int64)[picks]

    @property
    def mean(self) -> float:
        """Mean number of children per parent row."""
        rows = sum(self.frequencies)
        total = sum(v * f for v, f in zip(self.values, self.frequencies, strict=True))
        return total / rows if rows else 0.0

    def to_json(self) -> list[Sequence[int]]:
        """Return the distribution as two lists."""
        return [list(self.values), list(self.frequencies)]

    @classmethod
    def from_json(cls, data: list[list[int]]) -> CountDistribution:
        """Return the distribution that `to_json` wrote."""
        return cls(tuple(data[0]), tuple(data[1]))


def fit_total(
    counts: Indices, total: int, rng: np.random.Generator, *, most: int | Indices | None = None
) -> Indices:
    """Return counts with the given total, changed as little as can be.

    First all are scaled (with random rounding), which keeps childless rows childless, and makes
    none so where none is and there are enough; then single rows gain or lose one. ``most`` bounds
    every count, or each its own. Raises ValueError if no counts can do it.
    """
    if total < 0 or (total and not len(counts)):
        raise ValueError(f"{len(counts)} parent rows cannot have {total} children")
    if most is not None:
        most = np.broadcast_to(np.asarray(most, np.int64), len(counts))
        room = sum(most.tolist())
        if total > room:
            raise ValueError(f"{len(counts)} parent rows cannot have {total} children, but {room}")
    seen = int(counts.sum())
    result = counts.astype(np.int64)
    if seen and abs(total - seen) > max(8, 0.05 * seen):
        scaled = counts * (total / seen)
        result = np.floor(scaled + rng.random(len(counts))).astype(np.int64)
        if total >= len(counts) and counts.min() > 0:
            result = np.maximum(result, 1)
    if most is not None:
        result = np.minimum(result, most)
    while difference := total - int(result.sum()):
        if difference > 0:
            room = np.ones(len(result), bool) if most is None else result < most
            preferred = room & (result > 0)
            eligible = np.flatnonzero(preferred if preferred.any() else room)
        else:
            preferred = result > 1
            eligible = np.flatnonzero(preferred if preferred.any() else result > 0)
        sign, size = (1, difference) if difference > 0 else (-1, -difference)
        if size >= len(eligible):
            chosen, each = eligible, size // len(eligible)
        else:
            chosen, each = rng.choice(eligible, size, replace=False), 1
        limit = None if most is None else most[chosen]
        result[chosen] = np.clip(result[chosen] + sign * each, 0, limit)
    return result
