"""Arrow IPC files (also called Feather version 2): the storages as they are, read in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from synthkit.export.settings import ArrowSettings
from synthkit.export.sinks import FileSink
from synthkit.schema import Table
from synthkit.schema.storage import arrow_schema

__all__ = ["ArrowFormat"]

BATCH_ROWS = 50_000


class ArrowFormat:
    """The format arrow."""

    name = "arrow"
    ending = ".arrow"
    block_rows = BATCH_ROWS
    keeps_text = False

    def __init__(self, settings: ArrowSettings) -> None:
        self._settings = settings

    def for_file(self, name: str) -> ArrowFormat | None:
        """Return the format if a file's name asks for it."""
        return self if name.lower().endswith((self.ending, ".feather")) else None

    def open(self, path: Path, table: Table) -> ArrowTableFile:
        """Begin a table's file."""
        return ArrowTableFile(FileSink(path, "none"), table, self._settings.compression)


class ArrowTableFile:
    """A table's file, being written."""

    def __init__(self, sink: FileSink, table: Table, compression: str) -> None:
        self.sink = sink
        self._schema = arrow_schema(
            table.column_names, [column.storage for column in table.columns]
        )
        options = pa.ipc.IpcWriteOptions(
            compression=None if compression == "none" else compression, use_threads=False
        )
        self._writer = pa.ipc.new_file(
            pa.PythonFile(sink.raw, mode="w"), self._schema, options=options
        )

    def rendered(self, block: pa.Table) -> Iterator[pa.Table]:
        """Yield rows in the types of the file."""
        yield block.combine_chunks().cast(self._schema)

    def write(self, piece: pa.Table) -> None:
        """Write rows, as one batch."""
        self._writer.write_table(piece, BATCH_ROWS)

    def close(self) -> None:
        """Write what comes after the last row."""
        self._writer.close()
