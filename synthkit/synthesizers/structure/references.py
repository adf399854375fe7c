"""Resolves key values: which parent row each child row points at."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.schema import ForeignKey

__all__ = ["Indices", "key_codes", "parent_rows"]

Indices = npt.NDArray[np.int64]


def parent_rows(dataset: Dataset, key: ForeignKey) -> Indices:
    """Return, for each child row, the position of its parent row; -1 for none.

    A key with a null part points at nothing (SQL's MATCH SIMPLE), and so does an orphan. Where a
    parent key is repeated, the first row counts.
    """
    child = dataset.arrow(key.table, key.columns)
    parent = dataset.arrow(key.parent, key.parent_columns)
    if len(key.columns) == 1:
        wanted = child.column(0)
        if wanted.type != parent.column(0).type:
            wanted = _comparable(wanted, parent.column(0).type)
        found = pc.index_in(wanted, value_set=parent.column(0).combine_chunks(), skip_nulls=True)
        return _indices(found)
    codes, parent_codes = key_codes(
        [child.column(i) for i in range(child.num_columns)],
        [parent.column(i) for i in range(parent.num_columns)],
    )
    return _indices(pc.index_in(pa.array(codes, mask=codes < 0), value_set=pa.array(parent_codes)))


def key_codes(
    left: Sequence[pa.ChunkedArray], right: Sequence[pa.ChunkedArray]
) -> tuple[Indices, Indices]:
    """Number the tuples of two sets of columns alike; -1 where a part is null or unknown.

    Returns one int64 per row of each side; equal numbers mean equal tuples.
    """
    total_left = np.zeros(len(left[0]), np.int64)
    total_right = np.zeros(len(right[0]), np.int64)
    missing_left = np.zeros(len(total_left), bool)
    missing_right = np.zeros(len(total_right), bool)
    for ours, theirs in zip(left, right, strict=True):
        known = pc.unique(theirs)
        if ours.type != theirs.type:
            ours = _comparable(ours, theirs.type)  # noqa: PLW2901
        a, b = (
            _indices(pc.index_in(each, value_set=known, skip_nulls=True)) for each in (ours, theirs)
        )
        missing_left |= a < 0
        missing_right |= b < 0
        # Renumber after each column, so that the product of sizes cannot overflow.
        joint = np.concatenate(
            [total_left * (len(known) + 1) + a, total_right * (len(known) + 1) + b]
        )
        joint = np.unique(joint, return_inverse=True)[1].astype(np.int64)
        total_left, total_right = joint[: len(a)], joint[len(a) :]
    total_left[missing_left] = -1
    total_right[missing_right] = -1
    return total_left, total_right


def _indices(found: pa.Array) -> Indices:
    filled = pc.fill_null(found, -1)
    return (
        np.asarray(filled.to_numpy(zero_copy_only=False), np.int64)
        if isinstance(filled, pa.Array)
        else np.asarray(filled.to_numpy(), np.int64)
    )


def _comparable(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Cast child keys to the parent's type; those that do not fit become null, thus orphans."""
    try:
        return values.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        unique = pc.unique(values)
        fitting = [_cast_or_none(value, kind) for value in unique]
        codes = pc.index_in(values, value_set=unique)
        return pc.take(pa.array(fitting, kind), codes)


def _cast_or_none(value: pa.Scalar, kind: pa.DataType) -> object:
    try:
        if pa.types.is_decimal(kind) and pa.types.is_integer(value.type) and value.is_valid:
            # Arrow casts to decimals of 19 digits and more only, whatever the number.
            return pa.scalar(Decimal(value.as_py()), kind).as_py()
        return value.cast(kind).as_py()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
