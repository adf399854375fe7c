"""What inference knows of each column: how many values, which, how often.

The only place that reads data for keys. Values are looked at when they are asked for; of columns
that cannot stay in memory they are read again then if they are many, else kept once each, and of
those that can be no key (fractions, dates, long prose) none is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.hashes import all_differ, repeats
from synthkit.schema.model import Column, Table

__all__ = ["CACHE_BYTES", "Columns", "Profile", "ReadColumns", "profile_tables"]

ReadColumns = Callable[[str, Sequence[str]], pa.Table]
"""Return some columns of a table, all rows, in the types of their storages."""

_MOST_COLUMNS = 32
_BATCH_BYTES = 128 * 2**20
"""Bytes of a table's columns that are read at a time, if the next ones are like the last."""
CACHE_BYTES = 256 * 2**20
"""Bytes of columns that stay in memory, if nothing else is asked for."""
_WHOLE = {32: pa.int32(), 64: pa.int64()}
_PROSE_WORDS = 8
_HEAD, _LONG_HEAD = 1000, 50_000
"""Rows that are looked at before all are: enough to see that most texts are no key."""
_MANY = 100_000
"""Rows from which on texts are told apart by their hashes, and different values of a column that
does not stay in memory from which on they are read again when they are asked for."""
_RECENT = 2
"""Columns read again that are kept for the next question: a child's and a parent's."""
_LONGEST_KEY = 128
"""Mean length of text from which on it is prose: a SHA-512 in hexadecimal has 128 letters."""


@dataclass(frozen=True)
class Tally:
    """Distinct values, sorted if they are numbers, and how often each is there (int64).

    Dates and what can be no key have no values, the latter no counts either.
    """

    values: Any
    counts: Any


class Columns:
    """Columns by table, read on demand and kept while they are small."""

    def __init__(self, read: ReadColumns, cache_bytes: int = CACHE_BYTES) -> None:
        self._read = read
        self._left = cache_bytes
        self._largest = cache_bytes // 4
        self._batch_bytes = min(_BATCH_BYTES, cache_bytes)
        self._kept: dict[tuple[str, str], pa.ChunkedArray] = {}
        self._recent: dict[tuple[str, str], Tally] = {}

    def read(self, table: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of a table, from memory where they are there."""
        missing = [name for name in columns if (table, name) not in self._kept]
        fresh = self._read(table, missing) if missing else None
        found = {}
        for name in columns:
            if fresh is not None and name in missing:
                found[name] = fresh.column(name)
                if found[name].nbytes <= min(self._left, self._largest):
                    self._left -= found[name].nbytes
                    self._kept[table, name] = found[name]
            else:
                found[name] = self._kept[table, name]
        return pa.table(found)

    def forget(self) -> None:
        """Let go of what was read again of late."""
        self._recent.clear()

    def batches(self, table: str, columns: Sequence[str], most: int) -> Iterator[pa.Table]:
        """Yield columns of a table, as many at a time as are likely to be small, ``most`` at most.

        Who lets go of one before asking for the next never holds two.
        """
        start, count = 0, 1
        while start < len(columns):
            data = self.read(table, columns[start : start + count])
            start += count
            largest = max(values.nbytes for values in data.columns)
            count = max(1, min(most, self._batch_bytes // max(1, largest)))
            yield data
            del data

    def keeps(self, table: str, column: str) -> bool:
        """Say whether a column is in memory to stay."""
        return (table, column) in self._kept

    def tally(self, table: str, column: str, count: Callable[[pa.ChunkedArray], Tally]) -> Tally:
        """Return what is counted in a column that does not stay, of late or anew."""
        place = table, column
        found = self._recent.pop(place, None)
        if found is None:
            while len(self._recent) >= _RECENT:
                del self._recent[next(iter(self._recent))]
            found = count(self.read(table, [column]).column(0))
        self._recent[place] = found
        return found


class Profile:
    """A column of which the distinct values are known, or found when they are asked for.

    ``kind`` is "integer", "text", "date" (also a time stamp) or "other"; the last two are no
    keys. ``rows``, ``nulls`` and ``present`` are numbers of rows.
    """

    def __init__(self, table: str, column: Column, position: int, data: pa.ChunkedArray) -> None:
        self.table = table
        self.column = column
        self.position = position
        self.rows: int = len(data)
        self.nulls: int = data.null_count
        self.kind = _kind(data)
        self._data = data
        self._again: Columns | None = None

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return self.rows - self.nulls

    @cached_property
    def head(self) -> Tally:
        """The tally of the first rows."""
        return _tally(self.kind, self._data.slice(0, _HEAD))

    @cached_property
    def early_distinct(self) -> int:
        """Number of distinct values of any kind in the first 50,000 rows."""
        return int(pc.count_distinct(self._data.slice(0, _LONG_HEAD)).as_py())

    @cached_property
    def is_unique(self) -> bool:
        """Whether every row has a value and no two rows the same."""
        if self.kind not in ("integer", "text") or self.nulls or not self.rows:
            return False
        if self.kind == "integer":
            return self.rows == len(self.counts)
        for size in (_HEAD, _LONG_HEAD, min(self.rows, _MANY)):
            some = self._data.slice(0, size)
            if len(pc.unique(some)) < len(some):
                return False
        return self.rows <= _MANY or all_differ(_as_text(self._data))

    @cached_property
    def _tally(self) -> Tally:
        return self._counted(self._data)

    def _counted(self, data: pa.ChunkedArray) -> Tally:
        if self.kind == "text" and self.is_unique:
            return Tally(_as_text(data), _ones(self.rows))
        return _tally(self.kind, data)

    @property
    def _known(self) -> Tally:
        if self._again is None:
            return self._tally
        return self._again.tally(self.table, self.name, self._counted)

    @property
    def values(self) -> Any:
        """The distinct values: sorted int64 or uint64, or Arrow texts (an array or chunks)."""
        return self._known.values

    @property
    def counts(self) -> Any:
        """How many rows have each of the values."""
        return self._known.counts

    @cached_property
    def distinct(self) -> int:
        """Number of distinct values."""
        return self.rows if self.is_unique else len(self.counts)

    @property
    def varies(self) -> bool:
        """Whether there are two different values, of a kind that has counts."""
        return len(self.head.counts) > 1 or self.distinct > 1

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
        return 0.0 if self.is_unique else self._agreement(self.counts)

    def _agreement(self, counts: Any) -> float:
        pairs = self.present * (self.present - 1)
        return float(np.sum(counts * (counts - 1.0))) / pairs if pairs else 0.0

    def settle(self, columns: Columns) -> None:
        """Find all there is to know now, let go of the rows, and of values if they are many."""
        _ = self.head, self.early_distinct, self.is_unique, self.is_sequence
        counts = None
        if self.kind == "text" and not self.is_unique and self.early_distinct > _LONG_HEAD // 2:
            # As many texts as this are not laid out in a hash table to be counted
            counts = repeats(_as_text(self._data).drop_null())
        known = self.counts if counts is None else counts
        if not self.is_unique:
            self.distinct, self.agreement = len(known), self._agreement(known)
        if len(known) > _MANY:
            self.__dict__.pop("_tally", None)
            self._again = columns
        else:
            _ = self._tally
        self._data = pa.chunked_array([], self._data.type)


def profile_tables(tables: Sequence[Table], columns: Columns) -> dict[str, dict[str, Profile]]:
    """Return the profiles of all columns, by table and name."""
    found: dict[str, dict[str, Profile]] = {}
    for table in tables:
        profiles = found[table.name] = {}
        ahead = iter(enumerate(table.columns))
        for data in columns.batches(table.name, table.column_names, _MOST_COLUMNS):
            for values, (at, column) in zip(data.columns, ahead, strict=False):
                profile = Profile(table.name, column, at, values)
                if not columns.keeps(table.name, column.name):
                    profile.settle(columns)
                profiles[column.name] = profile
            del data, values, profile
    return found


def _tally(kind: str, data: pa.ChunkedArray) -> Tally:
    if kind == "integer":
        return _tally_of_numbers(data)
    if kind == "text":
        tally = pc.value_counts(_as_text(data.drop_null() if data.null_count else data))
        return Tally(tally.field("values"), tally.field("counts").to_numpy())
    if kind == "date":
        whole = data.cast(_WHOLE[data.type.bit_width])
        return Tally(None, _tally_of_numbers(whole).counts)
    return Tally(None, np.zeros(0, dtype=np.int64))


def _tally_of_numbers(data: pa.ChunkedArray) -> Tally:
    numbers = data.drop_null().to_numpy()
    if numbers.dtype == np.uint64 and numbers.size and numbers.max() <= np.iinfo(np.int64).max:
        numbers = numbers.astype(np.int64)
    if bool(np.all(numbers[1:] > numbers[:-1])):
        return Tally(numbers, _ones(numbers.size))
    return Tally(*np.unique(numbers, return_counts=True))


def _ones(count: int) -> Any:
    """Return as many ones, which take no memory and are not to be changed."""
    return np.broadcast_to(np.int64(1), count)


def _as_text(data: pa.ChunkedArray) -> pa.ChunkedArray:
    return data.cast(pa.string()) if pa.types.is_decimal(data.type) else data


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
        prose = letters > _LONGEST_KEY * max(1, present) or _is_prose(data.slice(0, _HEAD))
        return "other" if prose else "text"
    return "other"


def _is_prose(head: pa.ChunkedArray) -> bool:
    """Whether texts have as many words as sentences do; those of some keys have two or three."""
    if not pa.types.is_string(head.type):
        return False
    gaps = pc.count_substring_regex(pc.utf8_trim_whitespace(head), r"\s+")
    return bool((pc.mean(gaps).as_py() or 0) >= _PROSE_WORDS - 1)
