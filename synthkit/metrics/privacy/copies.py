"""Are learned rows found again, word for word?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.auc import Interval
from synthkit.metrics.columns import Floats
from synthkit.metrics.privacy.intervals import gain, share_interval
from synthkit.metrics.privacy.records import View

__all__ = ["Copies", "copies"]

_LEAST_COLUMNS = 4


@dataclass(frozen=True)
class Copies:
    """Rows of a table that are the same as a learned row in every column that carries content.

    ``synthetic`` is the share of synthetic rows that are, ``base`` that of held-out rows: what
    chance gives. ``gain`` is what copying adds, (synthetic - base) / (1 - base); 0 is best.
    """

    table: str
    synthetic: Interval
    base: Interval
    gain: Interval


def copies(view: View) -> Copies | None:
    """Count rows that agree with a learned row in all of at least four own columns.

    Formula: shares of rows; 95% intervals by root entities. Range: 0 to 1. Source: the identical
    match share of Platzer and Reutterer 2021. None for a table with fewer columns.
    """
    own = view.of("own")
    if len(own) < _LEAST_COLUMNS:
        return None
    sides = (view.train, view.synthetic, view.holdout)
    numbers = _numbered(
        [np.where(np.isnan(each.values), np.inf, each.values)[:, own] for each in sides]
    )
    found = [
        share_interval(np.isin(rows, numbers[0]).astype(np.float64), side.groups)
        for rows, side in zip(numbers[1:], sides[1:], strict=True)
    ]
    return Copies(view.table, found[0], found[1], gain(found[0], found[1]))


def _numbered(sides: list[Floats]) -> list[NDArray[np.int64]]:
    """Return one number per row, the same for rows that agree in all columns."""
    rows = np.ascontiguousarray(np.concatenate(sides))
    whole = rows.view([("", rows.dtype)] * rows.shape[1]).ravel()
    _, numbers = np.unique(whole, return_inverse=True)
    return np.split(numbers, np.cumsum([len(side) for side in sides])[:-1])
