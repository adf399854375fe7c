"""Contract of an exporter: writes tables to a location, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from synthkit.dataset import TableChunk
from synthkit.schema import Schema

__all__ = ["Attach", "AttachingExporter", "Exporter", "MixedExporter", "Written", "WrittenTable"]


@dataclass(frozen=True)
class WrittenTable:
    """What was written of one table: where, how many rows and bytes, and the file's SHA-256.

    Tables of a database are no files: bytes are 0 and the SHA-256 is empty there.
    """

    location: str
    row_count: int
    byte_count: int
    sha256: str


@dataclass(frozen=True)
class Written:
    """What an exporter wrote, and what the user should know about it."""

    location: str
    format: str
    tables: Mapping[str, WrittenTable]
    notes: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(table.row_count for table in self.tables.values())


Attach = Callable[[Written], Mapping[str, str]]
"""Asked once, when all rows are written and none is seen yet: texts to put beside the tables, by
name (``lineage.json``). What it raises undoes the write."""


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


class AttachingExporter(Exporter, Protocol):
    """An exporter whose ``write`` also takes ``attach``, which is how it is known.

    What is attached appears with the tables or not at all: as files in a folder, as
    ``<file>.<name>`` beside a single file, as rows (name, content) of a table
    ``synthkit_attached`` in a database. For an exporter that takes none, synthkit puts the files
    there itself, after the write.
    """

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table and what is attached to them; see `Exporter`."""
        ...


class MixedExporter(Exporter, Protocol):
    """An exporter that takes mixed columns, text among values, as untyped formats can.

    It is known by a true ``keeps_text``. A mixed column is an Arrow struct of ``value``, in the
    storage of the column, and ``text``; at most one of them is there. Others never get one.
    """

    @property
    def keeps_text(self) -> bool:
        """Whether the format, with these settings, can hold text in any column."""
        ...
