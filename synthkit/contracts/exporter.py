"""Contract of an exporter: writes tables to a location, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from synthkit.dataset import TableChunk
from synthkit.schema import Schema

__all__ = ["Exporter", "Written", "WrittenTable"]


@dataclass(frozen=True)
class WrittenTable:
    """What was written of one table: where, how many rows and bytes, and the file's SHA-256."""

    location: str
    row_count: int
    byte_count: int
    sha256: str


@dataclass(frozen=True)
class Written:
    """What an exporter wrote."""

    location: str
    format: str
    tables: Mapping[str, WrittenTable]

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(table.row_count for table in self.tables.values())


class Exporter(Protocol):
    """Writes tables. The result is complete or absent, whatever interrupts it."""

    def claims(self, location: str) -> bool:
        """Say whether a location names this format by itself (its ending or URL scheme)."""
        ...

    def write(
        self, schema: Schema, chunks: Iterator[TableChunk], location: str, overwrite: bool = False
    ) -> Written:
        """Write every table of the schema, empty ones too.

        Chunks of a table come in order, tables may take turns. What is written does not depend
        on how rows are cut into chunks. `UsageError` if something is there and ``overwrite`` is
        false; with it, only what this write makes is replaced.
        """
        ...
