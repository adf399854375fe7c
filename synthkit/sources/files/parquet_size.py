"""How many rows of a Parquet file fit into memory at a time; and files that unpack without end.

Repeated values are stored once: a file of some kilobytes can stand for terabytes. The longest
value that a dictionary holds bounds what rows take, before any is unpacked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from synthkit.errors import DataError

__all__ = ["runs"]

_BATCH_BYTES = 128 * 2**20
_LONG = 64 * 2**10
"""Bytes of a value from which on its repetitions are counted."""
_MOST_BYTES, _MOST_TIMES = 4 * 2**30, 1_000
"""Bytes that a row group may unpack to, and more only if it is not so many times its size."""


def runs(
    file: Any,
    raw: Any,
    names: Sequence[str],
    most_rows: int,
    label: str,
    groups: Sequence[int] | None = None,
) -> Iterator[tuple[list[int], int]]:
    """Yield row groups that follow each other, and how many of their rows to read at a time.

    Args:
        file: the open Parquet file.
        raw: the same file, to be opened once more.
        names: columns that will be read.
        most_rows: rows to read at a time where values are short.
        label: the file's name in errors.
        groups: row groups that will be read, if not all.

    Raises:
        DataError: A row group unpacks to gigabytes, a thousand times its size or more.
    """
    texts = [f.name for f in file.schema_arrow if f.name in names and _is_bytes(f.type)]
    coded = pyarrow.parquet.ParquetFile(raw, pre_buffer=False, read_dictionary=texts)
    held: list[int] = []
    rows = most_rows
    for group in range(file.num_row_groups) if groups is None else groups:
        _check_pages(file.metadata.row_group(group), label)
        longest = _longest(coded, group, texts)
        if longest >= _LONG:
            _check_repeats(coded, group, texts, label)
        fitting = max(1, min(most_rows, _BATCH_BYTES // max(1, longest)))
        if held and fitting != rows:
            yield held, rows
            held = []
        held, rows = [*held, group], fitting
    if held:
        yield held, rows


def _is_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_bytes(kind.value_type)
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_large_binary(kind)
    )


def _longest(coded: Any, group: int, texts: Sequence[str]) -> int:
    """Return the bytes of the longest values in the dictionaries of a row group, added up."""
    if not texts or not coded.metadata.row_group(group).num_rows:
        return 0
    first = next(coded.iter_batches(1, row_groups=[group], columns=list(texts)))
    sizes = (pc.max(pc.binary_length(column.dictionary)).as_py() for column in first.columns)
    return sum(size or 0 for size in sizes)


def _check_pages(group: Any, label: str) -> None:
    packed = sum(group.column(at).total_compressed_size for at in range(group.num_columns))
    counted = group.num_rows * group.num_columns
    if max(group.total_byte_size, counted) > max(_MOST_BYTES, _MOST_TIMES * packed):
        raise _endless(label)


def _check_repeats(coded: Any, group: int, texts: Sequence[str], label: str) -> None:
    """Count what the values of a row group take when each is written out."""
    described = coded.metadata.row_group(group)
    packed = sum(described.column(at).total_compressed_size for at in range(described.num_columns))
    total = 0
    for batch in coded.iter_batches(1 << 16, row_groups=[group], columns=list(texts)):
        for column in batch.columns:
            sizes = pc.fill_null(pc.binary_length(column.dictionary), 0)
            total += int(np.asarray(sizes, np.int64)[column.indices.drop_null()].sum())
        if total > max(_MOST_BYTES, _MOST_TIMES * packed):
            raise _endless(label)


def _endless(label: str) -> DataError:
    return DataError(
        f"a part of it unpacks to more than {_MOST_BYTES // 2**30} GB, a thousand times its size",
        file=label,
        hint="It is damaged or made to fill the memory. If it is meant, write it again in "
        "smaller row groups.",
    )
