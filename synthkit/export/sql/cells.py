"""The values of a block as text that databases read, column by column, by Arrow kernels."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import DataError
from synthkit.export.lines import text_of
from synthkit.export.sql.dialects import Dialect
from synthkit.schema import Column, Table
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import render

__all__ = ["escaped", "is_quoted", "pieces_of", "plain_columns", "prepared", "text_cells"]

_PIECE_BYTES = 1 << 27
"""Arrow strings hold 2 GB at most; rows are joined in pieces well below."""


def prepared(values: pa.ChunkedArray, column: Column, table: str, dialect: Dialect) -> pa.Array:
    """Return a column's values in a type that the database holds without loss.

    Moments with a zone are given in UTC (without a zone where the database has none); moments
    finer than its clock are an error, as are values that it cannot hold: `DataError`.
    """
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    kind = arrow_type(column.storage)
    if pa.types.is_timestamp(kind):
        unit = "us" if kind.unit == "ns" and dialect.name in ("postgresql", "mysql") else kind.unit
        try:
            whole = whole.cast(pa.timestamp(unit, tz="UTC" if kind.tz else None))
        except pa.ArrowInvalid:
            raise DataError(
                f"{dialect.title} has no moments finer than a microsecond.",
                table=table,
                column=column.name,
                hint="Choose the storage timestamp[us] in schema.yaml and round the values, "
                "or write another format.",
            ) from None
        if kind.tz and dialect.name == "mysql":
            whole = whole.cast(pa.timestamp(unit))
    elif pa.types.is_floating(kind) and dialect.name == "mysql":
        _refuse(pc.any(pc.is_inf(whole)).as_py(), "infinity", column, table, dialect)
    elif pa.types.is_string(kind) and dialect.name == "postgresql":
        has_nul = b"\0" in memoryview(text_of(whole)).tobytes() if len(whole) else False
        _refuse(has_nul, "the character NUL in text", column, table, dialect)
    return whole


def text_cells(values: pa.Array, column: Column, dialect: Dialect) -> pa.Array:
    """Return prepared values as strings, null for null and for what is not a number."""
    kind = values.type
    if pa.types.is_boolean(kind):
        yes, no = ("t", "f") if dialect.name == "postgresql" else ("1", "0")
        return pc.if_else(values, yes, no)
    if pa.types.is_binary(kind):
        return pa.array(
            [None if value is None else value.hex() for value in values.to_pylist()], pa.string()
        )
    return render(values, Column(name=column.name, storage=str(kind)))


def is_quoted(column: Column, dialect: Dialect) -> bool:
    """Say whether a column's values stand in quotes as literals."""
    kind = arrow_type(column.storage)
    if pa.types.is_boolean(kind) or pa.types.is_binary(kind):
        return False
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return not number or dialect.type_of(column.storage) == "TEXT"


def escaped(text: pa.Array, pairs: tuple[tuple[str, str], ...]) -> pa.Array:
    """Replace characters in all values, looking first whether any of them has one."""
    characters = memoryview(text_of(text)).tobytes()
    for plain, written in pairs:
        if plain.encode() in characters:
            text = pc.replace_substring(text, plain, written)
    return text


def pieces_of(block: pa.Table) -> list[pa.Table]:
    """Cut a block so that its rows as text fit an Arrow string array."""
    count = block.nbytes // _PIECE_BYTES + 1
    size = max(1, -(-block.num_rows // count))
    return [block.slice(start, size) for start in range(0, block.num_rows, size)]


def plain_columns(table: Table) -> list[Column]:
    """Return a table's columns without their forms in text files: databases hold values."""
    return [column.model_copy(update={"format": None}) for column in table.columns]


def _refuse(found: bool | None, what: str, column: Column, table: str, dialect: Dialect) -> None:
    if found:
        raise DataError(
            f"{dialect.title} cannot hold {what}.",
            table=table,
            column=column.name,
            hint="Change such values, or write another format.",
        )
