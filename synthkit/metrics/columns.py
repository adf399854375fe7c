"""Which columns are scored, as what kind, and their values as floats that NumPy can work on.

A missing value is NaN. Labels become codes of one codebook that all data sets share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.schema import Column, Schema

__all__ = ["Floats", "Integers", "Kind", "kind_of", "local_times", "scored_columns", "to_floats"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Kind = Literal["number", "date", "category"]

_LARGEST = 1e70
_DAY = 86_400_000_000
_LABELS = {"categorical", "ordinal", "boolean"}


def kind_of(column: Column) -> Kind | None:
    """Return what a column is scored as, or None for identifiers, personal data and free text.

    Numbers and dates need a storage that holds them: text that was not parsed has no order.
    """
    if column.sdtype in _LABELS:
        return "category"
    if column.sdtype == "numerical" and column.storage.startswith(("int", "uint", "dou", "dec")):
        return "number"
    if column.sdtype == "datetime" and column.storage.startswith(("date", "time")):
        return "date"
    return None


def scored_columns(schema: Schema, table: str) -> dict[str, Kind]:
    """Return the columns of a table that carry content, with their kinds, in order.

    Left out: the primary key, alternate keys of one column, foreign keys and what they point at.
    """
    described = schema.table(table)
    keys = set(described.primary_key or ())
    keys |= {key[0] for key in described.alternate_keys if len(key) == 1}
    keys |= {name for key in schema.foreign_keys_of(table) for name in key.columns}
    keys |= {name for key in schema.children_of(table) for name in key.parent_columns}
    kinds = {column.name: kind_of(column) for column in described.columns}
    return {name: kind for name, kind in kinds.items() if kind and name not in keys}


def to_floats(parts: Sequence[pa.ChunkedArray], kind: Kind) -> tuple[list[Floats], tuple[str, ...]]:
    """Return the same column of several data sets as float64 arrays, and its labels.

    Numbers stay as they are, dates become days since 1970, times of day parts of a day; infinite
    numbers count as missing, those beyond 1e70 as that, and those within 1e-70 of zero as zero, so
    that their powers are numbers too. Labels become their rank in the sorted labels of all data
    sets.

    Raises:
        pa.ArrowInvalid: A data set holds values that are no such numbers or dates.
    """
    if kind == "category":
        return _codes(parts)
    read = _dates if kind == "date" else _numbers
    return [read(part) for part in parts], ()


def local_times(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return dates or times as time stamps without a zone: what a clock on the wall showed."""
    if pa.types.is_date(values.type):
        return values.cast(pa.timestamp("us"))
    if pa.types.is_time(values.type):
        return values.cast(pa.time64("us"), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        values = pc.local_timestamp(values)
    return values.cast(pa.timestamp("us"), safe=False)


def _numbers(values: pa.ChunkedArray) -> Floats:
    numbers = values.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    return np.clip(np.where(np.abs(numbers) < 1 / _LARGEST, 0.0, numbers), -_LARGEST, _LARGEST)


def _dates(values: pa.ChunkedArray) -> Floats:
    return _numbers(local_times(values).cast(pa.int64())) / _DAY


def _codes(parts: Sequence[pa.ChunkedArray]) -> tuple[list[Floats], tuple[str, ...]]:
    first = parts[0].type
    texts = [
        (part if part.type == first else part.cast(first, safe=False)).cast(pa.string())
        for part in parts
    ]
    joined = pa.chunked_array([chunk for text in texts for chunk in text.chunks], pa.string())
    encoded = joined.combine_chunks().dictionary_encode()
    labels = encoded.dictionary
    order = pc.sort_indices(labels).to_numpy()
    rank = np.empty(len(labels), np.float64)
    rank[order] = np.arange(len(labels))
    at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    codes = np.where(at < 0, np.nan, rank[at] if len(labels) else np.nan)
    ends = np.cumsum([len(part) for part in parts])
    return np.split(codes, ends[:-1]), tuple(labels.take(order).to_pylist())
