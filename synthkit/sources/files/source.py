"""The source of files: which tables are there, what their columns are, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from synthkit.dataset import CHUNK_ROWS, Notice, Reason
from synthkit.errors import DataError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.files import find, load
from synthkit.schema.merge import declared_forms, matched, merge, settled_columns
from synthkit.schema.mixed import cast_mixed
from synthkit.schema.storage import arrow_schema
from synthkit.schema.text import knows_form
from synthkit.sources.files.delimited_table import DelimitedTable
from synthkit.sources.files.json_rows import tables_of
from synthkit.sources.files.json_table import JsonTable
from synthkit.sources.files.kept import Room
from synthkit.sources.files.parquet import ParquetTable
from synthkit.sources.files.places import TableFiles, part_of, tables_in
from synthkit.sources.files.table import Declared, Described, FileTable

__all__ = ["FilesSource", "OpenFiles"]


class FilesSource:
    """Reads folders and files of CSV, TSV, JSON, JSON lines, Parquet and Arrow IPC."""

    in_pieces = True
    """Any process can read its tables, piece by piece (`synthkit.sources.files.pieces`)."""

    def claims(self, location: str) -> bool:
        """Say whether a location is a folder, or a file with an ending that is known."""
        if "://" in location:
            return False
        path = Path(location)
        return path.is_dir() or part_of(path) is not None

    def open(self, location: str) -> OpenFiles:
        """Find the tables of a location; `UsageError` or `DataError` if there are none."""
        return OpenFiles(tables_in(location), location)


class OpenFiles:
    """Tables of a folder or file, which is called ``location``."""

    def __init__(self, tables: Sequence[TableFiles], location: str) -> None:
        self._tables: dict[str, FileTable] = {}
        room = Room()
        for files in tables:
            for name, table in _open_tables(files, room):
                if name in self._tables:
                    raise DataError(
                        f"two files hold the table {name!r}",
                        file=location,
                        hint="Remove or rename one of them.",
                    )
                self._tables[name] = table
        folder = Path(location)
        self._schema_file = find(folder) if folder.is_dir() else None
        self._keep_text = False

    def keeping_text(self) -> OpenFiles:
        """Read without an error for text that is no value, from now on; see `MixedSource`."""
        self._keep_text = True
        return self

    def read_schema(self) -> tuple[Schema, bool]:
        """Return the schema of the schema file, types filled in; or that of the types alone."""
        return self._described[0], self._schema_file is not None

    def reasons(self) -> Sequence[Reason]:
        """Return why the types are what they are."""
        return [reason for each in self._described[1] for reason in each.reasons]

    def notices(self) -> Sequence[Notice]:
        """Return what was tolerated in the files."""
        extra = self._described[2]
        return [*extra, *(notice for each in self._described[1] for notice in each.notices)]

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in the types of the schema, up to `CHUNK_ROWS` at a time."""
        wanted = self._wanted(table, columns)
        names = [column.name for column in wanted]
        kinds = arrow_schema(names, [column.storage for column in wanted])
        left = limit
        for chunk in self._tables[table].read(wanted, keep_text=self._keep_text):
            rows = chunk if left is None else chunk.slice(0, left)
            for start in range(0, rows.num_rows, CHUNK_ROWS):
                yield cast_mixed(rows.slice(start, CHUNK_ROWS), kinds)
            if left is not None:
                left -= rows.num_rows
                if not left:
                    return

    def read_coded(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the same, text dictionary-encoded where a Parquet file has it so."""
        found = self._tables[table]
        if not isinstance(found, ParquetTable):
            yield from self.read_table(table, columns)
            return
        for chunk in found.read_coded(self._wanted(table, columns)):
            for start in range(0, chunk.num_rows, CHUNK_ROWS):
                yield chunk.slice(start, CHUNK_ROWS)

    def _wanted(self, table: str, columns: Sequence[str] | None) -> list[Column]:
        described = self.read_schema()[0].table(table)
        names = described.column_names if columns is None else list(columns)
        return [described.column(name) for name in names]

    def least_bytes(self, table: str) -> int:
        """Return bytes that a table takes in memory at least, as far as its files tell at once."""
        found = self._tables[table]
        return found.least_bytes() if isinstance(found, ParquetTable) else 0

    @cached_property
    def _described(self) -> tuple[Schema, list[Described], list[Notice]]:
        if self._schema_file is None:
            described = {name: table.describe(Declared()) for name, table in self._tables.items()}
            return Schema(tables=_typed(described)), list(described.values()), []
        file = self._schema_file.name
        declared = matched(load(self._schema_file), list(self._tables), file)
        described = {
            name: table.describe(_declared(declared, name, file))
            for name, table in self._tables.items()
        }
        schema, departures = merge(declared, _typed(described), file)
        notices = [Notice(each.subject, each.message, 0, each.treatment) for each in departures]
        return schema, list(described.values()), notices


def _declared(schema: Schema, table: str, file: str) -> Declared:
    if table not in schema:
        return Declared()
    known = schema.table(table)
    settled = settled_columns(known)
    for column in settled.values():
        if not knows_form(column):
            raise DataError(
                f"{file} declares a format that {column.storage} does not have",
                table=table,
                column=column.name,
                hint="Dates and times are written as %d.%m.%Y %H:%M says, numbers as {:.2f} or "
                "${:,.2f}, true and false as yes/no; without a format, the plain form is read.",
            )
    return Declared(settled, declared_forms(known))


def _typed(described: Mapping[str, Described]) -> tuple[Table, ...]:
    return tuple(Table(name=name, columns=found.columns) for name, found in described.items())


def _open_tables(files: TableFiles, room: Room) -> Iterator[tuple[str, FileTable]]:
    if files.format in ("csv", "tsv"):
        yield files.name, DelimitedTable(files, room)
    elif files.format in ("parquet", "arrow"):
        yield files.name, ParquetTable(files)
    else:
        inside = tables_of(files.parts[0]) if len(files.parts) == 1 else None
        if inside is None:
            yield files.name, JsonTable(files, room)
        else:
            for name in inside:
                yield name, JsonTable(files, room, within=name)
