"""Rows kept from the pass that decides types for the reading that follows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import pyarrow as pa

__all__ = ["KEPT_BYTES", "Kept", "Room"]

KEPT_BYTES = 256 * 2**20
"""Bytes that the tables of a data set keep together."""


class Room:
    """Bytes that several tables share."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self.left = most_bytes


class Kept:
    """The chunks of a table in order, or nothing once they do not fit in the room.

    They are given out once, and let go one by one as they are.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._chunks: deque[tuple[int, pa.Table]] = deque()
        self._size = 0
        self._whole = True

    def add(self, part: int, chunk: pa.Table) -> None:
        """Keep a chunk of the part of the table that has this number."""
        if self._whole and chunk.nbytes > self._room.left:
            self.give_up()
        if self._whole:
            self._chunks.append((part, chunk))
            self._size += chunk.nbytes
            self._room.left -= chunk.nbytes

    def give_up(self) -> None:
        """Keep nothing, whatever comes."""
        self._chunks.clear()
        self._room.left += self._size
        self._size, self._whole = 0, False

    def has(self, names: Sequence[str]) -> bool:
        """Say whether all rows are there, with these columns."""
        return bool(self._chunks) and all(
            set(names) <= set(chunk.column_names) for _, chunk in self._chunks
        )

    def types(self, name: str) -> set[pa.DataType]:
        """Return the types that a column has in the chunks."""
        return {chunk.schema.field(name).type for _, chunk in self._chunks}

    def take(self) -> Iterator[tuple[int, pa.Table]]:
        """Yield the chunks with the numbers of their parts; afterwards nothing is kept."""
        chunks, self._chunks = self._chunks, deque()
        self.give_up()
        while chunks:
            yield chunks.popleft()
