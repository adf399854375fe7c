"""Chooses as many entities as a block has, with as many rows below them as it has.

Entities whose rows are more or fewer than a block has room for would have to gain or lose some.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.structure.references import Indices

__all__ = ["chosen_places"]

Numbers = npt.NDArray[np.float64]
_STEPS = 20
_FARTHEST = 1.0
"""By what the chance of an entity is multiplied at most, as a logarithm for each table, for each
standard deviation of its rows."""
_ROUNDS = 100
_PAIRS = 4_096
_NEAR = 0.3
"""Share of the chosen, and as many others, that come nearest to being what the others are."""


def chosen_places(
    chances: Numbers, sizes: Indices, count: int, totals: Indices, rng: np.random.Generator
) -> Indices:
    """Return in order the places of ``count`` of some entities, as likely as their chances say.

    That is sequential Poisson sampling (Ohlsson 1998): rejection, with as many as are needed.
    Chances are tilted so that the expected rows are those wanted (Deville and Särndal 1992), and
    some of the chosen change places with others until the rows are.

    Args:
        chances: float64 (entities,), above 0.
        sizes: int64 (tables, entities), rows of each entity.
        count: how many are chosen.
        totals: int64 (tables,), the rows that they should have.
        rng: chooses.
    """
    tilted = chances * np.exp(_tilt(chances, sizes, count, totals))
    order = np.argsort(rng.random((len(chances),)) / tilted, kind="stable")
    near = min(max(16, round(_NEAR * count)), count, len(order) - count)
    missing = totals - sizes[:, order[:count]].sum(1)
    for _ in range(_ROUNDS if near else 0):
        if not missing.any():
            break
        leave = count - 1 - rng.integers(0, near, _PAIRS)
        enter = count + rng.integers(0, near, _PAIRS)
        left = missing[:, None] - (sizes[:, order[enter]] - sizes[:, order[leave]])
        best = int(np.abs(left).sum(0).argmin())
        if np.abs(left[:, best]).sum() >= np.abs(missing).sum():
            break
        one, two = int(leave[best]), int(enter[best])
        order[one], order[two] = order[two], order[one]
        missing = left[:, best]
    return np.sort(order[:count])


def _tilt(chances: Numbers, sizes: Indices, count: int, totals: Indices) -> Numbers:
    """Return what is added to the log chances so that the mean sizes are those wanted (Newton)."""
    spread = sizes.std(1)
    varied = spread > 0
    apart = (sizes[varied] - totals[varied, None] / max(count, 1)) / spread[varied, None]
    by, added = np.zeros(len(apart)), np.zeros(len(chances))
    for _ in range(_STEPS if len(by) else 0):
        weights = chances * np.exp(added)
        weights /= weights.sum()
        # Sums, not products of matrices: any number of threads gives the same.
        mean = (apart * weights).sum(1)
        about = apart - mean[:, None]
        spread_now = (about[:, None] * about[None] * weights).sum(2)
        by = np.clip(
            by - np.linalg.solve(spread_now + 1e-3 * np.eye(len(by)), mean), -_FARTHEST, _FARTHEST
        )
        added = (by[:, None] * apart).sum(0)
    return added
