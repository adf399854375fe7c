"""What was written of each numbered part, and the manifest of them all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.contracts.exporter import Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError
from synthkit.export.blocks import Blocks
from synthkit.export.files import MANIFEST_VERSION, SCHEMA, Format, OpenFile
from synthkit.schema import Schema

__all__ = ["DIGITS", "PARTS", "Layout", "Receipt"]

PARTS = ".parts"
"""Hidden folder of a run that is not finished: its job, its receipts, and on a disk its parts."""
DIGITS = 7
"""Digits of a part's number, so that parts are in order by name."""


@dataclass(frozen=True)
class Receipt:
    """What a part holds of each table: its rows, bytes and SHA-256.

    ``told`` is what else is to be known of it, as plain values.
    """

    number: int
    tables: Mapping[str, tuple[int, int, str]]
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(rows for rows, _, _ in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        tables = {name: list(facts) for name, facts in self.tables.items()}
        told = {"told": dict(self.told)} if self.told else {}
        return {"number": self.number, "tables": tables, **told}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Receipt:
        """Return the receipt that `as_json` gave."""
        tables = {name: (int(a), int(b), str(c)) for name, (a, b, c) in value["tables"].items()}
        return cls(int(value["number"]), tables, value.get("told", {}))


class Layout:
    """Where the parts of tables lie in a folder, and what is told of them."""

    def __init__(self, schema: Schema, form: Format) -> None:
        """Store what is written, and in which format."""
        self.schema = schema
        self.form = form

    def part(self, table: str, number: int) -> str:
        """Return the name of a table's part, below the folder."""
        return f"{table}/part-{number:0{DIGITS}}{self.form.ending}"

    def receipt(self, number: int) -> str:
        """Return the name of a part's receipt."""
        return f"{number:0{DIGITS}}.json"

    def write(
        self, number: int, chunks: Iterator[TableChunk], folder: Path, ending: str = ""
    ) -> Receipt:
        """Write the files of a part, on disk in the end; nothing is left if that fails.

        Folders of tables are there; ``ending`` comes after the names of the files.
        """
        with ExitStack() as stack:
            opened: dict[str, _Open] = {}
            for chunk in chunks:
                if chunk.table not in opened:
                    path = folder / (self.part(chunk.table, number) + ending)
                    opened[chunk.table] = self._open(path, chunk.table)
                    stack.callback(opened[chunk.table].abandon)
                opened[chunk.table].add(chunk.data)
            tables = {name: into.finish() for name, into in opened.items()}
            stack.pop_all()
        return Receipt(number, tables)

    def write_empty(self, receipts: Sequence[Receipt], folder: Path) -> Receipt:
        """Write a part without rows of each table that has none; a table is a folder with parts."""
        filled = {table for receipt in receipts for table in receipt.tables}
        empty = [table for table in self.schema.table_names if table not in filled]
        made = {name: self._open(folder / self.part(name, 0), name).finish() for name in empty}
        return Receipt(0, made)

    def written(self, location: str, receipts: Sequence[Receipt]) -> Written:
        """Return what all parts are together."""
        tables = {}
        for table in self.schema.table_names:
            held = [each.tables[table] for each in receipts if table in each.tables]
            # Of all parts one digest: that of their digests in order.
            whole = sha256("".join(digest for _, _, digest in held).encode()).hexdigest()
            rows, size = sum(rows for rows, _, _ in held), sum(size for _, size, _ in held)
            place = f"{location.rstrip('/')}/{table}"
            if "://" not in location:
                place = str(Path(location) / table)
            tables[table] = WrittenTable(place, rows, size, whole)
        return Written(location, self.form.name, tables)

    def manifest(
        self,
        written: Written,
        receipts: Sequence[Receipt],
        schema_file: tuple[int, str],
        attached: Collection[str],
    ) -> str:
        """Return the text that says that a folder is whole, and what lies in it."""
        size, digest = schema_file
        manifest: dict[str, Any] = {
            "synthkit": MANIFEST_VERSION,
            "format": self.form.name,
            "tables": {
                name: {
                    "file": name,
                    "rows": each.row_count,
                    "bytes": each.byte_count,
                    "sha256": each.sha256,
                }
                for name, each in written.tables.items()
            },
            "parts": {table: self._listed(table, receipts) for table in written.tables},
            "schema": {"file": SCHEMA, "bytes": size, "sha256": digest},
            **({"attached": sorted(attached)} if attached else {}),
        }
        return json.dumps(manifest, indent=1, ensure_ascii=False)

    def _listed(self, table: str, receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
        parts = []
        for receipt in receipts:
            if table in receipt.tables:
                rows, size, digest = receipt.tables[table]
                file = self.part(table, receipt.number)
                parts.append({"file": file, "rows": rows, "bytes": size, "sha256": digest})
        return parts

    def _open(self, path: Path, table: str) -> _Open:
        """Begin the file of a table's part."""
        if table not in self.schema:
            raise PluginError(
                f"There are rows of a table {table!r} that the schema does not have.",
                hint="The part that made the rows is at fault: `synthkit plugins` lists them.",
            )
        described = self.schema.table(table)
        path.unlink(missing_ok=True)
        file = self.form.open(path, described)
        blocks = Blocks(described, self.form.block_rows, mixed=self.form.keeps_text)
        return _Open(path, file, blocks)


class _Open:
    """A table's file of one part, being written."""

    def __init__(self, path: Path, file: OpenFile, blocks: Blocks) -> None:
        self.path = path
        self._file, self._blocks = file, blocks
        self._rows = 0

    def add(self, rows: pa.Table) -> None:
        self._rows += rows.num_rows
        self._write(self._blocks.add(rows))

    def finish(self) -> tuple[int, int, str]:
        """Bring the file to disk; return its rows, bytes and SHA-256."""
        self._write(self._blocks.rest())
        self._file.close()
        return (self._rows, *self._file.sink.finish())

    def _write(self, blocks: Iterator[pa.Table]) -> None:
        # Without threads: there are as many processes that make parts as cores.
        for block in blocks:
            for piece in self._file.rendered(block):
                self._file.write(piece)

    def abandon(self) -> None:
        self._file.sink.abandon()
        self.path.unlink(missing_ok=True)
