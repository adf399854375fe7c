"""Parquet, in row groups of fixed size."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from synthkit.export.settings import ParquetSettings
from synthkit.export.sinks import FileSink
from synthkit.schema import Table
from synthkit.schema.storage import arrow_schema

__all__ = ["ParquetFormat"]

ROW_GROUP_ROWS = 100_000


class ParquetFormat:
    """The format parquet."""

    name = "parquet"
    ending = ".parquet"
    block_rows = ROW_GROUP_ROWS

    def __init__(self, settings: ParquetSettings) -> None:
        self._settings = settings

    def for_file(self, name: str) -> ParquetFormat | None:
        """Return the format if a file's name asks for it."""
        return self if name.lower().endswith(self.ending) else None

    def open(self, path: Path, table: Table) -> ParquetTableFile:
        """Begin a table's file."""
        return ParquetTableFile(FileSink(path, "none"), table, self._settings.compression)


class ParquetTableFile:
    """A table's file, being written."""

    def __init__(self, sink: FileSink, table: Table, compression: str) -> None:
        self.sink = sink
        self._schema = arrow_schema(
            table.column_names, [column.storage for column in table.columns]
        )
        self._writer = pyarrow.parquet.ParquetWriter(
            pa.PythonFile(sink.raw, mode="w"), self._schema, compression=compression
        )

    def write(self, block: pa.Table) -> None:
        """Write rows, as one row group."""
        # Pages are cut where arrays are, so a block is made of one array a column.
        self._writer.write_table(block.combine_chunks().cast(self._schema), ROW_GROUP_ROWS)

    def close(self) -> None:
        """Write what comes after the last row."""
        self._writer.close()
