"""SQL dumps: one file that psql, mysql or sqlite3 reads into an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.export.blocks import in_blocks
from synthkit.export.settings import Constraints, DumpSettings
from synthkit.export.single import write_single
from synthkit.export.sinks import ENDINGS, FileSink
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import Dialect, dialect_named
from synthkit.export.sql.rows import copy_rows, insert_statements
from synthkit.schema import Schema, Table

__all__ = ["SqlDumpExporter"]

_BEFORE = {
    "postgresql": "\\set ON_ERROR_STOP on\nSET client_encoding = 'UTF8';\n"
    "SET TimeZone = 'UTC';\nSET DateStyle = 'ISO';\nBEGIN;\n",
    "mysql": "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n"
    "SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO';\nSET foreign_key_checks = 0;\n"
    "SET autocommit = 0;\n",
    "sqlite": "PRAGMA foreign_keys = OFF;\nBEGIN;\n",
}
_MIDDLE = {"mysql": "COMMIT;\nSET foreign_key_checks = 1;\n"}
_AFTER = {"postgresql": "COMMIT;\n", "sqlite": "COMMIT;\n", "mysql": "COMMIT;\n"}
_BLOCK_ROWS = 50_000


class SqlDumpExporter:
    """Writes all tables into one file of SQL."""

    def __init__(self, settings: DumpSettings) -> None:
        self._settings = settings

    def claims(self, location: str) -> bool:
        """Say whether the location is a file that ends in .sql, or in .sql.gz or .sql.zst."""
        return "://" not in location and _stem(location)[0].endswith(".sql")

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table, complete or not at all; see `AttachingExporter`."""
        stem, named = _stem(location)
        dialect = _dialect(self._settings.dialect, stem)
        compression = self._settings.compression or named

        def run(file: Path) -> Written:
            sink = FileSink(file, compression)
            try:
                counts = _write(sink, schema, chunks, dialect, self._settings.constraints)
                size, digest = sink.finish()
            finally:
                sink.abandon()
            tables = {
                name: WrittenTable(location, count, size, digest) for name, count in counts.items()
            }
            return Written(location, "sql", tables)

        return write_single(location, run, overwrite, attach)


def _stem(location: str) -> tuple[str, str]:
    """Return a name without the ending of its compression, and that compression."""
    lower = location.lower()
    for compression, ending in ENDINGS.items():
        if ending and lower.endswith(ending):
            return lower.removesuffix(ending), compression
    return lower, "none"


def _dialect(given: str | None, stem: str) -> Dialect:
    if given is not None:
        return dialect_named(given)
    middle = Path(stem).stem.rpartition(".")[2]
    if middle in (*_BEFORE, "mariadb", "postgres"):
        return dialect_named(middle)
    return dialect_named("postgresql")


def _write(
    sink: FileSink,
    schema: Schema,
    chunks: Iterator[TableChunk],
    dialect: Dialect,
    constraints: Constraints,
) -> dict[str, int]:
    """Write the whole file; return the rows of each table."""
    made = define(schema, dialect, constraints=constraints)
    counts = dict.fromkeys(schema.table_names, 0)
    sink.write(_BEFORE[dialect.name].encode())
    sink.write("".join(f"{statement};\n" for statement in made.create).encode())
    for table, block in in_blocks(schema, chunks, _BLOCK_ROWS):
        counts[table] += block.num_rows
        _write_rows(sink, block, schema.table(table), dialect)
    sink.write(_MIDDLE.get(dialect.name, "").encode())
    sink.write("".join(f"{each.statement};\n" for each in made.constraints).encode())
    sink.write(_AFTER[dialect.name].encode())
    return counts


def _write_rows(sink: FileSink, block: pa.Table, table: Table, dialect: Dialect) -> None:
    name = dialect.quoted(table.name)
    if dialect.name == "postgresql":
        sink.write(f"COPY {name} ({dialect.names(table.column_names)}) FROM stdin;\n".encode())
        for part in copy_rows(block, table, dialect):
            sink.write(part)
        sink.write(b"\\.\n")
        return
    for statement in insert_statements(block, table, name, dialect):
        sink.write(statement)
        sink.write(b";\n")
