"""How far records are from each other: what their columns differ by, summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.columns import Integers, Kind
from synthkit.metrics.privacy.records import Records

__all__ = ["Distances", "blocks", "column_distances", "nearest", "two_nearest"]

Distances = NDArray[np.float32]
_CELLS = 100_000  # a block and its workspace stay in a core's cache


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
        room = np.empty_like(total)
        for column in columns:
            total += column_distances(targets, others, part, int(column), kinds, room)
        yield part, total


def column_distances(
    targets: Records,
    others: Records,
    part: slice,
    column: int,
    kinds: Sequence[Kind],
    room: Distances | None = None,
) -> Distances:
    """Return what one column adds to the distances of some targets to all others.

    ``room`` is an array of that shape to write them into.
    """
    here, there = targets.places[part, column, None], others.places[None, :, column]
    apart: Distances = np.subtract(here, there, out=room)
    if kinds[column] == "category":
        np.not_equal(apart, 0, out=apart)
    else:
        np.abs(apart, out=apart)
    return apart


def nearest(
    targets: Records, others: Records, kinds: Sequence[Kind], columns: Integers
) -> tuple[Distances, Integers]:
    """Return each target's distance to the nearest other record, and which that is."""
    far = np.empty(len(targets), np.float32)
    which = np.empty(len(targets), np.int64)
    for part, found in blocks(targets, others, kinds, columns):
        which[part] = found.argmin(axis=1)
        far[part] = found[np.arange(len(found)), which[part]]
    return far, which


def two_nearest(
    targets: Records, others: Records, kinds: Sequence[Kind], columns: Integers
) -> tuple[Distances, Distances, Integers]:
    """Return each target's distances to the two nearest other records, and which is nearest."""
    far = np.empty((len(targets), 2), np.float32)
    which = np.empty(len(targets), np.int64)
    for part, found in blocks(targets, others, kinds, columns):
        at = found.argmin(axis=1)
        rows = np.arange(len(at))
        which[part], far[part, 0] = at, found[rows, at]
        found[rows, at] = np.inf  # the block is not read again
        far[part, 1] = found.min(axis=1)
    return far[:, 0], far[:, 1], which
