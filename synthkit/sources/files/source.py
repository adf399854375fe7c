"""The source of files: which tables are there, what their columns are, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from synthkit.dataset import CHUNK_ROWS, Notice, Reason
from synthkit.errors import DataError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.files import find, load
from synthkit.schema.storage import arrow_schema
from synthkit.sources.files.delimited_table import DelimitedTable
from synthkit.sources.files.json_rows import tables_of
from synthkit.sources.files.json_table import JsonTable
from synthkit.sources.files.parquet import ParquetTable
from synthkit.sources.files.places import TableFiles, part_of, tables_in
from synthkit.sources.files.table import Described, FileTable, check_declared

__all__ = ["FilesSource", "OpenFiles"]


class FilesSource:
    """Reads folders and files of CSV, TSV, JSON, JSON lines and Parquet."""

    def claims(self, location: str) -> bool:
        """Say whether a location is a folder, or a file with an ending that is known."""
        if "://" in location:
            return False
        path = Path(location)
        return path.is_dir() or part_of(path) is not None

    def open(self, location: str) -> OpenFiles:
        """Find the tables of a location; `UsageError` or `DataError` if there are none."""
        return OpenFiles(location)


class OpenFiles:
    """A folder or file that tables are read from."""

    def __init__(self, location: str) -> None:
        self._tables: dict[str, FileTable] = {}
        self._files: dict[str, TableFiles] = {}
        for files in tables_in(location):
            for name, table in _open_tables(files):
                if name in self._tables:
                    raise DataError(
                        f"two files hold the table {name!r}",
                        file=location,
                        hint="Remove or rename one of them.",
                    )
                self._tables[name] = table
                self._files[name] = files
        folder = Path(location)
        self._schema_file = find(folder) if folder.is_dir() else None

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
        described = self.read_schema()[0].table(table)
        names = described.column_names if columns is None else list(columns)
        wanted = [described.column(name) for name in names]
        kinds = arrow_schema(names, [column.storage for column in wanted])
        left = limit
        for chunk in self._tables[table].read(wanted):
            rows = chunk if left is None else chunk.slice(0, left)
            for start in range(0, rows.num_rows, CHUNK_ROWS):
                yield rows.slice(start, CHUNK_ROWS).cast(kinds)
            if left is not None:
                left -= rows.num_rows
                if not left:
                    return

    @cached_property
    def _described(self) -> tuple[Schema, list[Described], list[Notice]]:
        declared = load(self._schema_file) if self._schema_file else None
        if declared is not None:
            self._check_tables(declared)
        tables, described, notices = [], [], []
        for name, table in self._tables.items():
            known = declared.table(name) if declared and name in declared else None
            found = self._describe(name, table, known)
            described.append(found)
            if declared is not None and known is None:
                notices.append(
                    Notice(
                        name,
                        f"a table that {self._schema_name} does not declare",
                        0,
                        "It is read with the types found in it.",
                    )
                )
            if known is None:
                tables.append(Table(name=name, columns=found.columns))
                continue
            notices += self._undeclared(known, found)
            tables.append(_filled(known, found))
        if declared is None:
            return Schema(tables=tuple(tables)), described, notices
        order = {name: place for place, name in enumerate(declared.table_names)}
        tables.sort(key=lambda table: order.get(table.name, len(order)))
        return declared.model_copy(update={"tables": tuple(tables)}), described, notices

    def _describe(self, name: str, table: FileTable, known: Table | None) -> Described:
        columns = known.columns if known else ()
        stored = {c.name: c for c in columns if "storage" in c.model_fields_set}
        found = table.describe(stored)
        if known is not None:
            check_declared(
                name,
                str(self._files[name].parts[0].path),
                known.column_names,
                [column.name for column in found.columns],
                self._schema_name,
            )
        return found

    def _undeclared(self, known: Table, found: Described) -> list[Notice]:
        return [
            Notice(
                f"{known.name}.{column.name}",
                f"a column that {self._schema_name} does not declare",
                0,
                "It is read with the type found in it.",
            )
            for column in found.columns
            if column.name not in known.column_names
        ]

    @property
    def _schema_name(self) -> str:
        return self._schema_file.name if self._schema_file else ""

    def _check_tables(self, declared: Schema) -> None:
        for table in declared.tables:
            if table.name not in self._tables:
                raise DataError(
                    f"declares the table {table.name!r}, of which there is no file",
                    file=str(self._schema_file),
                    hint="Add its file, or take the table out of the schema file. "
                    f"There are: {', '.join(self._tables)}.",
                )


def _open_tables(files: TableFiles) -> Iterator[tuple[str, FileTable]]:
    if files.format in ("csv", "tsv"):
        yield files.name, DelimitedTable(files)
    elif files.format == "parquet":
        yield files.name, ParquetTable(files)
    else:
        inside = tables_of(files.parts[0]) if len(files.parts) == 1 else None
        if inside is None:
            yield files.name, JsonTable(files)
        else:
            for name in inside:
                yield name, JsonTable(files, within=name)


def _filled(known: Table, found: Described) -> Table:
    """Return a declared table with the storages found, in the order of the file's columns."""
    columns = []
    for column in found.columns:
        if column.name not in known.column_names:
            columns.append(column)
            continue
        declared = known.column(column.name)
        columns.append(_typed(declared, column))
    return known.model_copy(update={"columns": tuple(columns)})


def _typed(declared: Column, found: Column) -> Column:
    """Return a declared column with storage and form as found where it declares none."""
    if "storage" in declared.model_fields_set:
        return declared
    update: dict[str, object] = {"storage": found.storage, "format": found.format}
    if declared.format is not None and declared.format != found.format:
        # SDV's own form of the dates: kept for SDV, the files have the one found.
        update["sdv"] = {**declared.sdv, "datetime_format": declared.format}
    if "sdtype" not in declared.model_fields_set:
        update["sdtype"] = found.sdtype
    return declared.model_copy(update=update)
