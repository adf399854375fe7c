"""Tables as folders of parts, written by one process: a part for each so many rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthkit.contracts.exporter import Attach, Written
from synthkit.dataset import TableChunk
from synthkit.export.blocks import in_blocks
from synthkit.export.files import MANIFEST, FilesExporter, Format, check_folder, file_name
from synthkit.export.parts import PartsFolder
from synthkit.schema import Schema
from synthkit.staging import replace_files, staging

__all__ = ["PartedExporter"]


class PartedExporter(FilesExporter):
    """Writes a folder in which each table is a folder of parts."""

    def __init__(self, form: Format, part_rows: int) -> None:
        super().__init__(form)
        self._part_rows = part_rows

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table, complete or not at all; see `AttachingExporter`."""
        target = Path(location).resolve()
        for table in schema.table_names:
            file_name(table, self.form.ending)
        stale = check_folder(target, location, set(schema.table_names), overwrite)
        with staging(target) as staged:
            folder = PartsFolder(staged / "folder", schema, self.form)
            folder.begin()
            counts = dict.fromkeys(schema.table_names, 0)
            receipts = []
            for table, block in in_blocks(schema, chunks, self._part_rows):
                part = iter([TableChunk(table, block)])
                receipts.append(folder.write(counts[table], part, "whole"))
                counts[table] += 1
            written = folder.finish(location, receipts, overwrite=False, attach=attach)
            replace_files(staged / "folder", target, seal=MANIFEST, stale=stale)
        return written
