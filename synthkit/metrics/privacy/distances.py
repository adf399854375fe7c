"""How far records are from each other: what their columns differ by, summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.columns import Integers, Kind
from synthkit.metrics.privacy.records import Records

__all__ = ["Distances", "blocks", "column_distances", "nearest", "two_nearest"]

Distances = NDArray[np.float32]
_CELLS = 1_000_000


def blocks(
    targets: Records, others: Records, kinds: Sequence[Kind], columns: Integers
) -> Iterator[tuple[slice, Distances]]:
    """Yield distances of targets to all others, float32 (some targets, others), block by block.

    Formula: sum over columns of |place - place| for numbers and dates (midranks from 0 to 1, a
    missing value at -1) and of 0 or 1 for labels that agree or not. Range: 0 to twice the number
    of columns. Source: Gower 1971, on ranks, unscaled.
    """
    step = max(1, _CELLS // max(1, len(others)))
    for start in range(0, len(targets), step):
        part = slice(start, min(start + step, len(targets)))
        total = np.zeros((part.stop - part.start, len(others)), np.float32)
        for column in columns:
            total += column_distances(targets, others, part, int(column), kinds)
        yield part, total


def column_distances(
    targets: Records, others: Records, part: slice, column: int, kinds: Sequence[Kind]
) -> Distances:
    """Return what one column adds to the distances of some targets to all others."""
    here, there = targets.places[part, column, None], others.places[None, :, column]
    if kinds[column] == "category":
        differs: Distances = (here != there).astype(np.float32)
        return differs
    apart: Distances = np.abs(here - there)
    return apart


def nearest(
    targets: Records, others: Records, kinds: Sequence[Kind], columns: Integers
) -> tuple[Distances, Integers]:
    """Return each target's distance to the nearest other record, and which that is."""
    far = np.empty(len(targets), np.float32)
    which = np.empty(len(targets), np.int64)
    for part, found in blocks(targets, others, kinds, columns):
        which[part] = found.argmin(axis=1)
        far[part] = found.min(axis=1)
    return far, which


def two_nearest(
    targets: Records, others: Records, kinds: Sequence[Kind], columns: Integers
) -> tuple[Distances, Distances, Integers]:
    """Return each target's distances to the two nearest other records, and which is nearest."""
    far = np.empty((len(targets), 2), np.float32)
    which = np.empty(len(targets), np.int64)
    for part, found in blocks(targets, others, kinds, columns):
        which[part] = found.argmin(axis=1)
        far[part] = np.partition(found, 1, axis=1)[:, :2]
    return far[:, 0], far[:, 1], which
