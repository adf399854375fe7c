"""Between numpy, where values are computed, and Arrow, in the storages that a schema names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.schema.storage import arrow_type, scale_of

__all__ = [
    "DAY",
    "Flags",
    "Floats",
    "Ints",
    "floats",
    "microseconds",
    "plain",
    "same",
    "stored",
    "taken",
    "texts",
    "times",
    "whole",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SECOND = 1_000_000
DAY = 86_400 * SECOND
"""Microseconds."""
_NO_TIME = np.iinfo(np.int64).min


def plain(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one array without a dictionary."""
    values = whole(values)
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one array; a dictionary stays."""
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    return values


def taken(values: pa.Array, index: Ints, missing: Flags | None = None) -> pa.Array:
    """Return values at some places, null where ``missing``."""
    return values.take(pa.array(index, mask=missing))


def floats(values: pa.Array) -> Floats:
    """Return values as float64, NaN for null: numbers, flags as 0 and 1, times as days since 1970.

    `TypeError` for text.
    """
    kind = values.type
    if pa.types.is_timestamp(kind):
        return microseconds(values) / DAY if not values.null_count else _days(values)
    if pa.types.is_date(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_boolean(kind):
        values = values.cast(pa.int8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise TypeError(f"{kind} is no number")
    rounded = pa.types.is_integer(values.type)  # above 2**53 a float is the nearest there is
    made: Floats = values.cast(pa.float64(), safe=not rounded).to_numpy(zero_copy_only=False)
    return made


def _days(values: pa.Array) -> Floats:
    moments = microseconds(values)
    return np.where(moments == _NO_TIME, np.nan, moments / DAY)


def microseconds(values: pa.Array) -> Ints:
    """Return times or dates as microseconds since 1970; the smallest integer for null."""
    moments = values.cast(pa.timestamp("us")).cast(pa.int64())
    made: Ints = pc.fill_null(moments, _NO_TIME).to_numpy()
    return made


def times(moments: Ints, storage: str, missing: Flags | None = None) -> pa.Array:
    """Return microseconds since 1970 as timestamps or dates; null where ``missing``."""
    kind = arrow_type(storage)
    if pa.types.is_date(kind):
        return pa.array((moments // DAY).astype(np.int32), mask=missing).cast(kind)
    return pa.array(moments, mask=missing).cast(kind)


def stored(values: pa.Array | Floats, storage: str) -> pa.Array:
    """Return values in a storage: numbers are rounded to its decimals, text is written out.

    NaN becomes null. Dictionaries stay where their values have the storage already.
    """
    kind = arrow_type(storage)
    if isinstance(values, np.ndarray):
        return _numbers(values, kind)
    own = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if own == kind:
        return values
    values = plain(values)
    if pa.types.is_string(kind):
        return texts(values)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        if pa.types.is_string(own) or pa.types.is_temporal(own):
            return values.cast(kind)
        return _numbers(floats(values), kind)
    return values.cast(kind)


def texts(values: pa.Array) -> pa.Array:
    """Return values as text, times with a blank between day and time."""
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values.cast(pa.timestamp("s"), safe=False), "%Y-%m-%d %H:%M:%S")
    return plain(values).cast(pa.string())


def _numbers(values: Floats, kind: pa.DataType) -> pa.Array:
    missing = np.isnan(values)
    mask = missing if missing.any() else None
    if pa.types.is_boolean(kind):
        return pa.array(values != 0, mask=mask)
    scale = scale_of(kind)
    if scale is None:
        return pa.array(values, mask=mask).cast(kind)
    units = np.rint(
        np.where(missing, 0.0, values) * 10.0**scale if scale or mask is not None else values
    ).astype(np.int64)
    if pa.types.is_integer(kind):
        return pa.array(units, mask=mask).cast(kind)
    return _decimals(units, kind, mask)


def _decimals(units: Ints, kind: pa.DataType, missing: Flags | None) -> pa.Array:
    """Return units of the last decimal; an Arrow decimal is a little-endian 128-bit integer."""
    words = np.empty((len(units), 2), dtype="<i8")
    words[:, 0] = units
    words[:, 1] = units >> 63
    made = pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(words)])
    return made if missing is None else pc.if_else(pa.array(missing), None, made)


def same(values: pa.Array, wanted: Any) -> Flags:
    """Return which values are equal to a value of a recipe: as text, number or flag; None: null."""
    if wanted is None:
        found: Flags = values.is_null().to_numpy(zero_copy_only=False)
        return found
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_boolean(kind):
        right = pa.scalar(bool(wanted))
    elif pa.types.is_string(kind):
        right = pa.scalar(wanted if isinstance(wanted, str) else _written(wanted))
    elif isinstance(wanted, str):
        right = pa.scalar(wanted).cast(kind)
    else:
        return np.asarray(floats(plain(values)) == float(wanted))
    equal = pc.fill_null(pc.equal(plain(values), right), False)
    result: Flags = equal.to_numpy(zero_copy_only=False)
    return result


def _written(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
