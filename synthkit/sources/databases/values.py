"""Values as drivers give them, made into those of a storage."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import DataError
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse
from synthkit.sources.databases.catalog import CatalogColumn

__all__ = ["stored"]


def stored(values: pa.ChunkedArray, column: CatalogColumn, table: str, row: int) -> pa.ChunkedArray:
    """Return values in the storage of their column; ``row`` is how many were read before.

    Raises:
        DataError: a value does not fit, as NaN in a decimal.
    """
    kind = arrow_type(column.storage)
    if values.type == kind:
        return values
    index = None
    try:
        if column.decided is not None or (_is_text(values.type) and pa.types.is_time(kind)):
            form = Column(name=column.name, storage=column.storage, format=column.decided or None)
            parts = [parse(chunk.cast(pa.string()), form) for chunk in values.chunks]
            return pa.chunked_array(parts, kind)
        if _is_text(values.type) and pa.types.is_boolean(kind):
            return values.cast(pa.int64()).cast(kind)
        if _is_text(values.type) and pa.types.is_timestamp(kind):
            moments = values.cast(pa.timestamp(kind.unit))
            return moments if kind.tz is None else pc.assume_timezone(moments, kind.tz)
        return values.cast(kind)
    except TextError as error:
        index = error.index
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        index = None
    raise DataError(
        f"a value of the type {column.sql_type} does not fit {column.storage}",
        table=table,
        column=column.name,
        row=None if index is None else row + index + 1,
        hint="Infinity, NaN and numbers of more than 38 digits have no storage but text: "
        "read a view that casts the column to text, or leave the table out (--exclude).",
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
