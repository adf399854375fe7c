"""A data set: a schema and its tables, read in chunks where they are large.

Where the rows come from is a reader's business (a source, or tables in memory).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from synthkit.history import History
from synthkit.schema import Schema
from synthkit.schema.mixed import values_in
from synthkit.schema.reasons import Reason
from synthkit.schema.storage import arrow_schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CHUNK_ROWS",
    "Dataset",
    "Notice",
    "Reason",
    "Streamed",
    "TableChunk",
    "TableReader",
    "to_pandas",
]

CHUNK_ROWS = 50_000
"""Rows that readers yield at a time and that samplers aim at."""


@dataclass(frozen=True)
class TableChunk:
    """Some rows of one table, columns and types as its schema says.

    ``data`` is an Arrow table: it holds every storage without loss (nullable and 64-bit
    integers, decimals, dates, time zones) and goes to files without a copy. Text may be
    dictionary-encoded.
    """

    table: str
    data: pa.Table

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; integers with gaps become nullable ``Int64``."""
        return to_pandas(self.data)


@dataclass(frozen=True)
class Notice:
    """Something in the data that was tolerated: what, how often, and how it is treated."""

    subject: str
    message: str
    count: int
    treatment: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.message} ({self.count:,} rows). {self.treatment}"


class TableReader(Protocol):
    """What a data set asks of the thing that holds its rows."""

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in a stable order, in the types of the schema."""
        ...


class _InMemory:
    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        data = self._tables[table]
        if columns is not None:
            data = data.select(list(columns))
        if limit is not None:
            data = data.slice(0, limit)
        for start in range(0, data.num_rows, CHUNK_ROWS):
            yield data.slice(start, CHUNK_ROWS)


class Dataset:
    """Tables with a schema. Iterating gives table names; ``data["orders"]`` a pandas frame.

    ``reasons`` tell why the schema is what it is, ``notices`` what was tolerated when reading,
    ``history`` how the rows were made (asked when they have been: it may count them).
    """

    def __init__(
        self,
        schema: Schema,
        reader: TableReader,
        *,
        reasons: Sequence[Reason] = (),
        notices: Sequence[Notice] = (),
        origin: str | None = None,
        history: Callable[[], History] | None = None,
    ) -> None:
        self.schema = schema
        self.reasons = tuple(reasons)
        self.notices = tuple(notices)
        self.origin = origin
        self.history = history
        self.sampled_from: Mapping[str, int] | None = None
        """Number of rows of each table at the origin, where only some of them were read."""
        self.files: str | None = None
        """Folder or file that all rows of all tables can be read from again, by any process."""
        self._reader = reader

    @classmethod
    def in_memory(
        cls,
        schema: Schema,
        tables: Mapping[str, pa.Table],
        *,
        reasons: Sequence[Reason] = (),
        notices: Sequence[Notice] = (),
        origin: str | None = None,
        history: Callable[[], History] | None = None,
    ) -> Dataset:
        """Build a data set from Arrow tables whose columns are those of the schema."""
        return cls(
            schema,
            _InMemory(tables),
            reasons=reasons,
            notices=notices,
            origin=origin,
            history=history,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.schema.table_names)

    def __len__(self) -> int:
        return len(self.schema.tables)

    def __contains__(self, table: object) -> bool:
        return table in self.schema.table_names

    def __getitem__(self, table: str) -> pd.DataFrame:
        return to_pandas(self.arrow(table))

    def __repr__(self) -> str:
        return f"Dataset({', '.join(self.schema.table_names)})"

    def chunks(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in order, some tens of thousands at a time."""
        self.schema.table(table)
        return self._reader.read_table(table, columns, limit)

    def coded_chunks(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield what `chunks` does, text dictionary-encoded where it is stored so.

        Dictionaries differ from chunk to chunk, and hold values that no row of a chunk has.
        """
        self.schema.table(table)
        read = getattr(self._reader, "read_coded", self._reader.read_table)
        found: Iterator[pa.Table] = read(table, columns)
        return found

    def arrow(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a whole table as Arrow, types as the schema says; text is no value, but null."""
        described = self.schema.table(table)
        names = list(columns) if columns is not None else described.column_names
        kinds = arrow_schema(names, [described.column(name).storage for name in names])
        pieces = [
            pa.table(
                [values_in(column) for column in chunk.columns], names=chunk.column_names
            ).cast(kinds)
            for chunk in self.chunks(table, names)
        ]
        return pa.concat_tables(pieces) if pieces else kinds.empty_table()

    def stream(self) -> Iterator[TableChunk]:
        """Yield the rows of all tables, table by table."""
        for table in self:
            for data in self.chunks(table):
                yield TableChunk(table, data)

    def stream_mixed(self) -> Iterator[TableChunk]:
        """Yield the rows of all tables for what writes text: columns may be mixed.

        A mixed column (`synthkit.schema.mixed`) holds text where there is no value of its type.
        """
        return self.stream()

    @property
    def opening(self) -> Mapping[str, int] | None:
        """Where `stream` always cuts rows the same: how many of each table may be looked at first.

        None where chunks may come in any size.
        """
        return None

    def attachments(self) -> Mapping[str, str]:
        """Return texts that go beside the tables, by file name; asked when all rows are made."""
        return {}

    def load(self) -> Dataset:
        """Return the same data set with all tables in memory, read once."""
        return Dataset.in_memory(
            self.schema,
            {table: self.arrow(table) for table in self},
            reasons=self.reasons,
            notices=self.notices,
            origin=self.origin,
            history=self.history,
        )

    @cached_property
    def row_counts(self) -> dict[str, int]:
        """Number of rows of each table; reads one column of each, once."""
        counts = {}
        for table in self.schema.tables:
            first = table.column_names[:1]
            counts[table.name] = sum(chunk.num_rows for chunk in self.chunks(table.name, first))
        return counts


class Streamed(Dataset):
    """A data set that is made on demand: streamed when written, held in memory when looked at."""

    def __init__(
        self,
        schema: Schema,
        open_stream: Callable[[], Iterator[TableChunk]],
        *,
        origin: str | None = None,
        history: Callable[[], History] | None = None,
    ) -> None:
        """Store how the rows are made: each call of ``open_stream`` makes them all again."""
        super().__init__(schema, self, origin=origin, history=history)
        self._open_stream = open_stream
        self._held: _InMemory | None = None

    def stream(self) -> Iterator[TableChunk]:
        """Yield all rows once, tables taking turns: memory stays bounded whatever the size."""
        return self._open_stream()

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows; the first look makes the whole data set."""
        if self._held is None:
            kinds = {
                item.name: arrow_schema(
                    item.column_names, [column.storage for column in item.columns]
                )
                for item in self.schema.tables
            }
            pieces = {name: [kind.empty_table()] for name, kind in kinds.items()}
            for chunk in self.stream():
                pieces[chunk.table].append(chunk.data.cast(kinds[chunk.table]))
            self._held = _InMemory(
                {name: pa.concat_tables(parts) for name, parts in pieces.items()}
            )
        return self._held.read_table(table, columns, limit)


def to_pandas(data: pa.Table) -> pd.DataFrame:
    """Convert Arrow to pandas without turning integers or booleans with gaps into floats."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    frames = {
        name: column.to_pandas(types_mapper=nullable.get)
        if column.null_count and column.type in nullable
        else column.to_pandas()
        for name, column in zip(data.column_names, data.columns, strict=True)
    }
    return pd.DataFrame(frames, copy=False)
