"""What inference knows of each column: how many values, which, how often.

The only place that reads data for keys. Values are kept once each, as sorted integers or as
distinct texts; columns that can be no key (fractions, dates, long prose) keep none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.model import Column, Table

__all__ = ["Columns", "Profile", "ReadColumns", "profile_tables"]

ReadColumns = Callable[[str, Sequence[str]], pa.Table]
"""Return some columns of a table, all rows, in the types of their storages."""

_BATCH = 32
_CACHE_BYTES = 256 * 2**20
_LONGEST_KEY = 128
"""Mean length of text from which on it is prose: a SHA-512 in hexadecimal has 128 letters."""


class Columns:
    """Columns by table, read on demand and kept while they are small."""

    def __init__(self, read: ReadColumns, cache_bytes: int = _CACHE_BYTES) -> None:
        self._read = read
        self._left = cache_bytes
        self._kept: dict[tuple[str, str], pa.ChunkedArray] = {}

    def read(self, table: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of a table, from memory where they are there."""
        missing = [name for name in columns if (table, name) not in self._kept]
        fresh = self._read(table, missing) if missing else None
        found = {}
        for name in columns:
            if fresh is not None and name in missing:
                found[name] = fresh.column(name)
                if found[name].nbytes <= self._left:
                    self._left -= found[name].nbytes
                    self._kept[table, name] = found[name]
            else:
                found[name] = self._kept[table, name]
        return pa.table(found)


@dataclass(frozen=True)
class Profile:
    """A column with its distinct values.

    ``kind`` is "integer", "text", "date" (also a time stamp) or "other"; the last two have no
    values and are no keys, "other" has no counts either.
    ``values`` are sorted int64 or uint64, or an Arrow array; ``counts`` (int64) go with them.
    """

    table: str
    column: Column
    position: int
    rows: int
    nulls: int
    kind: str
    values: Any
    counts: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return self.rows - self.nulls

    @property
    def distinct(self) -> int:
        """Number of distinct values."""
        return len(self.counts)

    @cached_property
    def is_unique(self) -> bool:
        """Whether every row has a value and no two rows the same."""
        return self.kind in ("integer", "text") and 0 < self.rows == self.distinct

    @cached_property
    def is_sequence(self) -> bool:
        """Whether the values are whole numbers without gaps, each once."""
        return (
            self.is_unique
            and self.kind == "integer"
            and int(self.values[-1]) - int(self.values[0]) + 1 == self.rows
        )

    @cached_property
    def agreement(self) -> float:
        """Share of the pairs of rows that have the same value."""
        pairs = self.present * (self.present - 1)
        return float(np.sum(self.counts * (self.counts - 1.0))) / pairs if pairs else 0.0


def profile_tables(tables: Sequence[Table], columns: Columns) -> dict[str, dict[str, Profile]]:
    """Return the profiles of all columns, by table and name."""
    found: dict[str, dict[str, Profile]] = {}
    for table in tables:
        profiles = found[table.name] = {}
        for start in range(0, len(table.columns), _BATCH):
            batch = table.columns[start : start + _BATCH]
            data = columns.read(table.name, [column.name for column in batch])
            for offset, column in enumerate(batch):
                profiles[column.name] = _profile(
                    table.name, column, start + offset, data.column(column.name)
                )
    return found


def _profile(table: str, column: Column, position: int, data: pa.ChunkedArray) -> Profile:
    kind = _kind(data)
    values: Any = None
    counts = np.zeros(0, dtype=np.int64)
    if kind == "integer":
        numbers = data.drop_null().to_numpy()
        if numbers.dtype == np.uint64 and numbers.size and numbers.max() <= np.iinfo(np.int64).max:
            numbers = numbers.astype(np.int64)
        values, counts = np.unique(numbers, return_counts=True)
    elif kind == "text":
        if pa.types.is_decimal(data.type):
            data = data.cast(pa.string())
        tally = data.drop_null().combine_chunks().value_counts()
        values, counts = tally.field("values"), tally.field("counts").to_numpy()
    elif kind == "date":
        tally = data.drop_null().combine_chunks().value_counts()
        counts = tally.field("counts").to_numpy()
    return Profile(table, column, position, len(data), data.null_count, kind, values, counts)


def _kind(data: pa.ChunkedArray) -> str:
    kind = data.type
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return "date"
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return "text"
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        present = len(data) - data.null_count
        letters = pc.sum(pc.binary_length(data)).as_py() or 0
        return "text" if letters <= _LONGEST_KEY * max(1, present) else "other"
    return "other"
