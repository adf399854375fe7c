"""Rows as text: PostgreSQL's COPY format, and multi-row INSERT statements of SQL literals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.export.lines import text_of
from synthkit.export.sql.cells import (
    escaped,
    is_quoted,
    pieces_of,
    plain_columns,
    prepared,
    text_cells,
)
from synthkit.export.sql.dialects import Dialect
from synthkit.schema import Column, Table
from synthkit.schema.storage import arrow_type

__all__ = ["copy_rows", "insert_statements"]

_COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_MYSQL_ESCAPES = (
    *(("\\", "\\\\"), ("'", "''"), ("\n", "\\n"), ("\r", "\\r")),
    *(("\0", "\\0"), ("\x1a", "\\Z")),
)
_PLAIN_ESCAPES = (("'", "''"),)
_STATEMENT_BYTES = 1 << 19


def copy_rows(block: pa.Table, table: Table, dialect: Dialect) -> Iterator[pa.Buffer]:
    r"""Yield rows as PostgreSQL's text format: tabs between values, ``\N`` for null.

    Raises `DataError` for values that the database cannot hold.
    """
    for piece in pieces_of(block):
        cells = [_copy_cells(piece, column, table.name, dialect) for column in plain_columns(table)]
        cells[-1] = pc.binary_join_element_wise(
            cells[-1], "\n", "", null_handling="replace", null_replacement="\\N"
        )
        lines = cells[0]
        if len(cells) > 1:
            lines = pc.binary_join_element_wise(
                *cells, "\t", null_handling="replace", null_replacement="\\N"
            )
        yield text_of(lines)


def _copy_cells(block: pa.Table, column: Column, table: str, dialect: Dialect) -> pa.Array:
    values = prepared(block.column(column.name), column, table, dialect)
    text = text_cells(values, column, dialect)
    if pa.types.is_string(values.type):
        return escaped(text, _COPY_ESCAPES)
    if pa.types.is_binary(values.type):
        return pc.binary_join_element_wise("\\\\x", text, "")
    return text


def insert_statements(
    block: pa.Table, table: Table, into: str, dialect: Dialect
) -> Iterator[memoryview]:
    """Yield INSERT statements of some hundred kilobytes, without semicolons, in UTF-8.

    ``into`` is the table's name as it stands in a statement. Raises `DataError` for values that
    the database cannot hold.
    """
    head = f"INSERT INTO {into} ({dialect.names(table.column_names)}) VALUES\n".encode()
    for piece in pieces_of(block):
        cells = [_literals(piece, column, table.name, dialect) for column in plain_columns(table)]
        opened = pc.binary_join_element_wise("(", cells[0], "")
        closed = [opened, *cells[1:]]
        closed[-1] = pc.binary_join_element_wise(closed[-1], "),\n", "")
        rows = pc.binary_join_element_wise(*closed, ", ") if len(closed) > 1 else closed[0]
        ends = np.cumsum(pc.binary_length(rows).to_numpy(zero_copy_only=False), dtype=np.int64)
        characters = memoryview(text_of(rows))
        start = 0
        while start < len(characters):
            row = int(np.searchsorted(ends, start + _STATEMENT_BYTES, side="right"))
            end = int(ends[row - 1]) if row and ends[row - 1] > start else int(ends[row])
            yield memoryview(head + bytes(characters[start : end - 2]))
            start = end


def _literals(block: pa.Table, column: Column, table: str, dialect: Dialect) -> pa.Array:
    values = prepared(block.column(column.name), column, table, dialect)
    text = text_cells(values, column, dialect)
    kind = arrow_type(column.storage)
    if pa.types.is_binary(kind):
        text = pc.binary_join_element_wise("X'", text, "'", "")
    elif is_quoted(column, dialect):
        pairs = _MYSQL_ESCAPES if dialect.name == "mysql" else _PLAIN_ESCAPES
        quoted = pc.binary_join_element_wise("'", escaped(text, pairs), "'", "")
        text = _without_nul(text, quoted) if dialect.name == "sqlite" else quoted
    elif pa.types.is_floating(kind) and dialect.name == "sqlite":
        text = pc.replace_substring_regex(text, "^(-?)inf$", r"\1 9e999")
    return pc.fill_null(text, "NULL")


def _without_nul(text: pa.Array, quoted: pa.Array) -> pa.Array:
    """Write text with NUL characters as bytes: SQLite's shell ends a statement at the first."""
    if b"\0" not in memoryview(text_of(text)).tobytes():
        return quoted
    return pa.array(
        [
            literal
            if value is None or "\0" not in value
            else f"CAST(X'{value.encode().hex()}' AS TEXT)"
            for value, literal in zip(text.to_pylist(), quoted.to_pylist(), strict=True)
        ],
        pa.string(),
    )
