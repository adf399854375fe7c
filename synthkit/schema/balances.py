"""The arithmetic of balances: rows in order, and what they go on from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["carried", "in_sequence", "steps_of", "strays"]

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_RELATIVE = 1e-9


def in_sequence(owners: Indices, order: npt.NDArray[np.generic] | None) -> tuple[Indices, Mask]:
    """Return the rows of each owner in order, and which of these begin one.

    Args:
        owners: int64 (rows,), whose each row is; of rows below zero each is alone.
        order: (rows,), sorts the rows of an owner; None: as they come.
    """
    rows = np.arange(len(owners))
    keys = [rows] if order is None else [rows, order]
    sequence = np.lexsort([*keys, owners]).astype(np.int64)
    sorted_owners = owners[sequence]
    first = np.ones(len(owners), bool)
    first[1:] = (sorted_owners[1:] != sorted_owners[:-1]) | (sorted_owners[1:] < 0)
    return sequence, first


def steps_of(adds: Numbers | None, subtracts: Numbers | None, count: int) -> Numbers:
    """Return what each row adds to the balance; NaN counts as nothing."""
    steps = np.zeros(count)
    if adds is not None:
        steps += np.nan_to_num(adds)
    if subtracts is not None:
        steps -= np.nan_to_num(subtracts)
    return steps


def carried(balance: Numbers | None, steps: Numbers, sequence: Indices, first: Mask) -> Numbers:
    """Return balances that go on from the first of each owner.

    Args:
        balance: float64 (rows,), of which the first of each owner counts (NaN: 0); None where
            balances begin from zero.
        steps: float64 (rows,), see `steps_of`.
        sequence: the rows in order, with ``first``, as `in_sequence` gives them.
        first: see there.
    """
    start = steps[sequence] if balance is None else np.nan_to_num(balance[sequence])
    moves = np.where(first, 0.0, steps[sequence])
    run = np.cumsum(moves)
    place = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    result = np.empty(len(steps))
    result[sequence] = start[place] + run - run[place]
    return result


def strays(
    balance: Numbers,
    steps: Numbers,
    sequence: Indices,
    first: Mask,
    unit: float,
    *,
    from_zero: bool = False,
) -> Mask:
    """Return which rows are not what the row before and the step make, by half a ``unit``.

    First rows go on from zero, or are never strays.
    """
    before = np.where(first, 0.0, np.concatenate([[0.0], balance[sequence][:-1]]))
    moved = balance[sequence] - before
    scale = np.maximum(np.abs(balance[sequence]), 1.0)
    off = np.abs(moved - steps[sequence]) > unit / 2 + _RELATIVE * scale
    off |= np.isnan(moved)
    result = np.zeros(len(balance), bool)
    result[sequence] = off if from_zero else off & ~first
    return result
