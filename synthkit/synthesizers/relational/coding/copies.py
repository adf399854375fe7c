"""Which column of a parent a number mostly equals, or is one of a few multiples of.

An item's price is that of its product, or that less a discount.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.coding.fields import Bound

__all__ = ["Origin", "best_origin", "best_ratio"]

Numbers = npt.NDArray[np.float64]
Origin = tuple[Bound, Numbers]
_ABOVE = 0.25
"""Share of what chance leaves open that must be equal."""
_EVIDENCE = 50
"""Rows that must have both numbers."""
_DIGITS = 4
"""Decimals of a multiple, at most: those of a discount or a rate."""


def best_origin(
    numbers: Numbers, origins: Sequence[Origin], by_chance: Callable[[], float]
) -> Origin | None:
    """Return the parent's column that a number equals most often, with its values for each row.

    None where none is equal much more often than by chance: than two numbers drawn from both
    columns are, or than ``by_chance`` says that other columns tell.
    """
    best: tuple[float, Origin] | None = None
    for origin, values in origins:
        known = ~np.isnan(numbers) & ~np.isnan(values)
        if int(known.sum()) < _EVIDENCE:
            continue
        equal = float((numbers[known] == values[known]).mean())
        if equal <= _ABOVE:
            continue
        chance = max(by_chance(), _meeting(numbers[known], values[known]))
        gained = (equal - chance) / max(1.0 - chance, 1e-9)
        if gained > _ABOVE and (best is None or gained > best[0]):
            best = gained, (origin, values)
    return best and best[1]


def best_ratio(
    numbers: Numbers, origins: Sequence[Origin], decimals: int
) -> tuple[Origin, Numbers] | None:
    """Return the parent's column that a number is one of a few multiples of, and these, by row.

    None where two rows are not the same multiple much more often than the same number, or where a
    parent has none to be multiplied. A multiple has as few decimals as give back the number at
    its ``decimals``.
    """
    best: tuple[float, Origin, Numbers] | None = None
    for origin, values in origins:
        known = ~np.isnan(numbers)
        if np.isnan(values).any() or (values == 0).any() or int(known.sum()) < _EVIDENCE:
            continue
        ratios = _multiples(numbers, values, decimals)
        others = ratios[known & (ratios != 1)]
        if len(others) < _ABOVE * int(known.sum()) or np.ptp(values) == 0:
            continue
        same = _meeting(ratios[known], ratios[known])
        if same <= _ABOVE:
            continue
        chance = _meeting(numbers[known], numbers[known])
        gained = (same - chance) / max(1.0 - chance, 1e-9)
        if gained > _ABOVE and _meeting(others, others) > _ABOVE and (not best or gained > best[0]):
            best = gained, (origin, values), ratios
    return best and best[1:]


def _multiples(numbers: Numbers, values: Numbers, decimals: int) -> Numbers:
    ratios = numbers / values
    wanted = np.round(numbers, decimals)
    for digits in range(_DIGITS, -1, -1):
        rounded = np.round(numbers / values, digits)
        ratios = np.where(np.round(rounded * values, decimals) == wanted, rounded, ratios)
    return ratios


def _meeting(one: Numbers, two: Numbers) -> float:
    """Return how often two numbers drawn from two columns are the same."""
    values, codes = np.unique(np.concatenate([one, two]), return_inverse=True)
    parts = codes[: len(one)], codes[len(one) :]
    shares = [np.bincount(part, minlength=len(values)) / max(len(part), 1) for part in parts]
    return float((shares[0] * shares[1]).sum())
