"""Tables held in memory after they were first read, while they are small; others stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from synthkit.dataset import TableReader
from synthkit.schema import Schema

__all__ = ["HELD_BYTES", "UNCHECKED_BYTES", "Held"]

HELD_BYTES = 256 * 2**20
"""Bytes of Arrow data that are held: a fraction of what fitting takes, and of any machine."""
UNCHECKED_BYTES = 32 * 2**20
"""The same where rows stream by: what memory never grows beyond counts for more than speed."""


class Held:
    """Reads from another reader, each table once while all that is held fits ``most_bytes``.

    The first look at a table reads all of it. One that does not fit is read anew each time, and
    only what is asked for; so is one of which the reader says that it takes more, from the start.
    """

    def __init__(self, reader: TableReader, schema: Schema, most_bytes: int = HELD_BYTES) -> None:
        self._reader = reader
        self._schema = schema
        self._left = most_bytes
        self._tables: dict[str, list[pa.Table] | None] = {}

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in a stable order, in the types of the schema."""
        chunks = self._chunks(table) if limit is None else self._tables.get(table)
        if chunks is None:
            return self._reader.read_table(table, columns, limit)
        names = self._schema.table(table).column_names if columns is None else list(columns)
        return _first_rows((chunk.select(names) for chunk in chunks), limit)

    def read_coded(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the same, text dictionary-encoded where the reader has it so."""
        coded = getattr(self._reader, "read_coded", None)
        if coded is not None and self._chunks(table) is None:
            found: Iterator[pa.Table] = coded(table, columns)
            return found
        return self.read_table(table, columns)

    def _chunks(self, table: str) -> list[pa.Table] | None:
        """Return what is held of a table, read at the first look; None where it is too large."""
        if table not in self._tables:
            self._tables[table] = self._take(table)
        return self._tables[table]

    def _take(self, table: str) -> list[pa.Table] | None:
        """Read a table, or return None as soon as it is too large to be held."""
        least = getattr(self._reader, "least_bytes", None)
        if least is not None and least(table) > self._left:
            return None
        chunks, size = [], 0
        for chunk in self._reader.read_table(table):
            size += chunk.nbytes
            if size > self._left:
                return None
            chunks.append(chunk)
        self._left -= size
        return chunks


def _first_rows(chunks: Iterator[pa.Table], limit: int | None) -> Iterator[pa.Table]:
    left = limit
    for chunk in chunks:
        if left is None:
            yield chunk
        elif left > 0:
            yield chunk.slice(0, left)
            left -= chunk.num_rows
