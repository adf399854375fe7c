"""Parquet, in row groups of fixed size; dictionaries where values repeat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
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
    keeps_text = False

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
        self._compression = compression
        self._writer: pyarrow.parquet.ParquetWriter | None = None

    def rendered(self, block: pa.Table) -> Iterator[pa.Table]:
        """Yield rows in the types of the file."""
        # Pages are cut where arrays are, so a block is made of one array a column.
        yield block.combine_chunks().cast(self._schema)

    def write(self, piece: pa.Table) -> None:
        """Write rows, as one row group."""
        if self._writer is None:
            self._writer = self._begun(_repeating(piece))
        self._writer.write_table(piece, ROW_GROUP_ROWS)

    def close(self) -> None:
        """Write what comes after the last row."""
        (self._writer or self._begun([])).close()

    def _begun(self, coded: list[str]) -> pyarrow.parquet.ParquetWriter:
        return pyarrow.parquet.ParquetWriter(
            pa.PythonFile(self.sink.raw, mode="w"),
            self._schema,
            compression=self._compression,
            use_dictionary=coded,
        )


def _repeating(rows: pa.Table) -> list[str]:
    """Return the columns whose values come twice on average: for others a dictionary only costs.

    The first block speaks for all: it is the same however the rows were cut into chunks.
    """
    return [
        name
        for name, values in zip(rows.column_names, rows.columns, strict=True)
        if 2 * len(pc.unique(values)) <= rows.num_rows
    ]
