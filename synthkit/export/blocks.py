"""Chunks of any size and encoding in, blocks of fixed size and declared types out.

So what is written depends on the rows alone, not on how they came.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from synthkit.dataset import TableChunk
from synthkit.errors import PluginError, UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.mixed import is_mixed
from synthkit.schema.storage import arrow_type, storage_of

__all__ = ["Blocks", "in_blocks"]


class Blocks:
    """Collects the chunks of one table and gives them back ``size`` rows at a time.

    With ``mixed``, columns may be mixed: text among values, which formats of text can write.
    """

    def __init__(self, table: Table, size: int, *, mixed: bool = False) -> None:
        self._table = table
        self._size = size
        self._mixed = mixed
        self._held: list[pa.Table] = []
        self._rows = 0

    def add(self, chunk: pa.Table) -> Iterator[pa.Table]:
        """Take a chunk and yield the blocks that are now full.

        Raises `PluginError` where its columns are not those of the table.
        """
        self._held.append(self._in_schema(chunk))
        self._rows += chunk.num_rows
        while self._rows >= self._size:
            held = pa.concat_tables(self._held)
            yield held.slice(0, self._size)
            rest = held.slice(self._size)
            self._held, self._rows = [rest], rest.num_rows

    def rest(self) -> Iterator[pa.Table]:
        """Yield the last block, if any rows are left."""
        if self._rows:
            yield pa.concat_tables(self._held)
            self._held, self._rows = [], 0

    def _in_schema(self, chunk: pa.Table) -> pa.Table:
        name, columns = self._table.name, self._table.columns
        if set(chunk.column_names) != set(self._table.column_names):
            odd = sorted(set(chunk.column_names) ^ set(self._table.column_names))
            raise PluginError(
                f"Rows of table {name!r} do not have the columns of its schema: {', '.join(odd)}.",
                hint="The part that made the rows is at fault: `synthkit plugins` lists them.",
            )
        arrays = [
            values if self._mixed and is_mixed(values.type) else _typed(values, column, name)
            for column in columns
            for values in [chunk.column(column.name)]
        ]
        return pa.table(arrays, names=self._table.column_names)


def in_blocks(
    schema: Schema, chunks: Iterator[TableChunk], size: int, *, mixed: bool = False
) -> Iterator[tuple[str, pa.Table]]:
    """Yield tables' names with blocks of ``size`` rows, in the order in which they fill.

    With ``mixed``, columns may be mixed (`synthkit.schema.mixed`).
    Raises `PluginError` for rows of a table, or with columns, that the schema does not have.
    """
    blocks = {table.name: Blocks(table, size, mixed=mixed) for table in schema.tables}
    for chunk in chunks:
        if chunk.table not in blocks:
            raise PluginError(
                f"There are rows of a table {chunk.table!r} that the schema does not have.",
                hint="The part that made the rows is at fault: `synthkit plugins` lists them.",
            )
        for block in blocks[chunk.table].add(chunk.data):
            yield chunk.table, block
    for table, held in blocks.items():
        for block in held.rest():
            yield table, block


def _typed(values: pa.ChunkedArray, column: Column, table: str) -> pa.ChunkedArray:
    wanted = arrow_type(column.storage)
    kind = values.type
    if kind == wanted:
        return values
    if pa.types.is_dictionary(kind):
        # Decoded here: dictionaries differ from chunk to chunk, and files must not.
        values = values.cast(kind.value_type)
        kind = kind.value_type
    if kind == wanted:
        return values
    try:
        if _widens(kind, wanted):
            return values.cast(wanted)
        reason = f"they are {kind}, the schema says {column.storage}"
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        reason = f"not all of them fit {column.storage}, which the schema says ({kind})"
    raise PluginError(
        f"Values of column {table}.{column.name} have the wrong type: {reason}.",
        hint="The part that made the rows is at fault: `synthkit plugins` lists them.",
    )


def _widens(kind: pa.DataType, wanted: pa.DataType) -> bool:
    """Say whether a type may become another where every value stays what it is."""
    if pa.types.is_null(kind):
        return True
    numbers = all(
        pa.types.is_integer(each) or pa.types.is_floating(each) or pa.types.is_decimal(each)
        for each in (kind, wanted)
    )
    stamps = pa.types.is_timestamp(kind) and pa.types.is_timestamp(wanted)
    if numbers or (stamps and kind.tz == wanted.tz):
        return True
    try:
        return bool(arrow_type(storage_of(kind)) == wanted)
    except UsageError:
        return False
