"""Tables as folders of numbered parts: each part is committed by itself, the folder at the end.

Parts wait in a hidden folder until all are there. A part is there once its receipt is: files are
written under another name, brought to disk and renamed before. Any process may write any part.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError, UnsupportedError
from synthkit.export.blocks import Blocks
from synthkit.export.files import (
    MANIFEST,
    MANIFEST_VERSION,
    SCHEMA,
    FilesExporter,
    Format,
    OpenFile,
    check_folder,
    file_name,
)
from synthkit.export.sinks import write_text
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.schema.files import dumps
from synthkit.staging import is_alive, replace_files, sync

__all__ = ["DIGITS", "PARTS", "PartsFolder", "Receipt", "form_of"]

PARTS = ".parts"
"""The hidden folder where parts wait."""
DIGITS = 7
"""Digits of a part's number, so that parts are in order by name."""


@dataclass(frozen=True)
class Receipt:
    """What a part holds of each table: its rows, bytes and SHA-256."""

    number: int
    tables: Mapping[str, tuple[int, int, str]]

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(rows for rows, _, _ in self.tables.values())

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"number": self.number, "tables": {k: list(v) for k, v in self.tables.items()}}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Receipt:
        """Return the receipt that `as_json` gave."""
        tables = {name: (int(a), int(b), str(c)) for name, (a, b, c) in value["tables"].items()}
        return cls(int(value["number"]), tables)


def form_of(name: str, plugins: Plugins, settings: Mapping[str, Any] | None = None) -> Format:
    """Return a format of files by name; `UnsupportedError` if it is none of files."""
    exporter = plugins.create("exporters", name, settings)
    if not isinstance(exporter, FilesExporter):
        raise UnsupportedError(
            f"Tables cannot be written in parts as {name}.",
            hint="Choose --format parquet, csv, jsonl or json.",
        )
    return exporter.form


class PartsFolder:
    """A folder that is being written in parts, by this process and perhaps by others."""

    def __init__(self, target: Path, schema: Schema, form: Format) -> None:
        """Store what is written and where; nothing is made yet."""
        self.target = target
        self.hidden = target / PARTS
        self._schema = schema
        self._form = form
        self._staged = self.hidden / "tables"
        self._receipts = self.hidden / "receipts"

    def check(self, location: str, overwrite: bool) -> None:
        """Raise `UsageError` where something is in the way, `UnsupportedError` for odd names."""
        self._stale(location, overwrite)

    def begin(self) -> None:
        """Make the folders of all tables, so that no part needs to."""
        for table in self._schema.table_names:
            (self._staged / table).mkdir(parents=True, exist_ok=True)
        self._receipts.mkdir(exist_ok=True)

    def sweep(self) -> None:
        """Remove what processes of this machine that are gone have left half-written."""
        host = socket.gethostname()
        for left in [*self._staged.glob("*/*.tmp"), *self._receipts.glob("*.tmp")]:
            *_, whose, process, _ = left.name.rsplit(".", 3)
            if whose == _plain(host) and process.isdigit() and not is_alive(int(process)):
                left.unlink(missing_ok=True)

    def done(self, number: int, fingerprint: str) -> Receipt | None:
        """Return the receipt of a part that is there whole, of the run with this fingerprint."""
        try:
            told = json.loads(self._receipt_path(number).read_text(encoding="utf-8"))
            if told["fingerprint"] != fingerprint:
                return None
            receipt = Receipt.from_json(told)
            for table, (_, size, _) in receipt.tables.items():
                if self._found(table, number).stat().st_size != size:
                    return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return receipt

    def write(self, number: int, chunks: Iterator[TableChunk], fingerprint: str) -> Receipt:
        """Write one part, and its receipt last."""
        ending = f".{_plain(socket.gethostname())}.{os.getpid()}.tmp"
        with ExitStack() as stack:
            opened: dict[str, _Open] = {}
            for chunk in chunks:
                if chunk.table not in opened:
                    path = self._path(chunk.table, number)
                    made = path.with_name(path.name + ending)
                    opened[chunk.table] = self._open(made, chunk.table)
                    stack.callback(opened[chunk.table].abandon)
                opened[chunk.table].add(chunk.data)
            tables = {name: into.finish() for name, into in opened.items()}
            for name, into in opened.items():
                into.path.replace(self._path(name, number))
        for name in opened:
            sync(self._staged / name)
        receipt = Receipt(number, tables)
        path = self._receipt_path(number)
        made = path.with_name(path.name + ending)
        made.unlink(missing_ok=True)
        write_text(made, json.dumps({"fingerprint": fingerprint, **receipt.as_json()}))
        made.replace(path)
        sync(self._receipts)
        return receipt

    def finish(
        self, location: str, receipts: Sequence[Receipt], overwrite: bool, attach: Attach | None
    ) -> Written:
        """Let all tables appear, the manifest last, and remove the hidden folder.

        ``receipts`` are those of all parts. A run that was ended in the middle of this goes on.
        """
        stale = self._stale(location, overwrite)
        receipts = [*receipts, self._empty(receipts)]
        written = self._written(location, receipts)
        attached = dict(attach(written)) if attach else {}
        shutil.rmtree(self._staged / ".replaced", ignore_errors=True)
        size, digest = write_text(_cleared(self._staged / SCHEMA), dumps(self._schema))
        for name, text in attached.items():
            write_text(_cleared(self._staged / name), text)
        manifest: dict[str, Any] = {
            "synthkit": MANIFEST_VERSION,
            "format": self._form.name,
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
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        write_text(_cleared(self._staged / MANIFEST), text)
        for left in self._staged.glob("*/*.tmp"):
            left.unlink(missing_ok=True)
        moved = self._moved()
        replace_files(
            self._staged, self.target, MANIFEST, [name for name in stale if name not in moved]
        )
        shutil.rmtree(self.hidden)
        return written

    def _stale(self, location: str, overwrite: bool) -> list[str]:
        for table in self._schema.table_names:
            file_name(table, self._form.ending)
        if self._half_moved():
            return []
        return check_folder(self.target, location, set(self._schema.table_names), overwrite)

    def _moved(self) -> list[str]:
        """Return the tables that a run which was ended has let appear already."""
        moved = []
        for name in self._schema.table_names:
            if not any((self._staged / name).iterdir()):
                (self._staged / name).rmdir()
                moved.append(name)
        return moved

    def _half_moved(self) -> bool:
        """Say whether an earlier run was ended while its tables appeared."""
        return (self._staged / ".replaced").exists()

    def _empty(self, receipts: Sequence[Receipt]) -> Receipt:
        """Write a part without rows of each table that has none; a table is a folder with parts."""
        filled = {table for receipt in receipts for table in receipt.tables}
        empty = [table for table in self._schema.table_names if table not in filled]
        return Receipt(0, {name: self._open(self._path(name, 0), name).finish() for name in empty})

    def _path(self, table: str, number: int) -> Path:
        return self._staged / table / f"part-{number:0{DIGITS}}{self._form.ending}"

    def _found(self, table: str, number: int) -> Path:
        """Return where a part is: it waits, or was moved when a run was ended."""
        path = self._path(table, number)
        return path if path.exists() else self.target / path.relative_to(self._staged)

    def _receipt_path(self, number: int) -> Path:
        return self._receipts / f"{number:0{DIGITS}}.json"

    def _listed(self, table: str, receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
        parts = []
        for receipt in receipts:
            if table in receipt.tables:
                rows, size, digest = receipt.tables[table]
                file = self._path(table, receipt.number).relative_to(self._staged).as_posix()
                parts.append({"file": file, "rows": rows, "bytes": size, "sha256": digest})
        return parts

    def _written(self, location: str, receipts: Sequence[Receipt]) -> Written:
        tables = {}
        for table in self._schema.table_names:
            held = [each.tables[table] for each in receipts if table in each.tables]
            # Of all parts one digest: that of their digests in order.
            whole = sha256("".join(digest for _, _, digest in held).encode()).hexdigest()
            rows, size = sum(rows for rows, _, _ in held), sum(size for _, size, _ in held)
            tables[table] = WrittenTable(str(Path(location) / table), rows, size, whole)
        return Written(location, self._form.name, tables)

    def _open(self, path: Path, table: str) -> _Open:
        """Begin the file of a table's part."""
        if table not in self._schema:
            raise PluginError(
                f"There are rows of a table {table!r} that the schema does not have.",
                hint="The part that made the rows is at fault: `synthkit plugins` lists them.",
            )
        described = self._schema.table(table)
        file = self._form.open(_cleared(path), described)
        return _Open(path, file, Blocks(described, self._form.block_rows))


class _Open:
    """A table's file of one part, being written."""

    def __init__(self, path: Path, file: OpenFile, blocks: Blocks) -> None:
        self.path = path
        self._file, self._blocks = file, blocks
        self._rows = 0

    def add(self, rows: pa.Table) -> None:
        self._rows += rows.num_rows
        for block in self._blocks.add(rows):
            self._file.write(block)

    def finish(self) -> tuple[int, int, str]:
        """Bring the file to disk; return its rows, bytes and SHA-256."""
        for block in self._blocks.rest():
            self._file.write(block)
        self._file.close()
        return (self._rows, *self._file.sink.finish())

    def abandon(self) -> None:
        self._file.sink.abandon()
        self.path.unlink(missing_ok=True)


def _cleared(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return path


def _plain(host: str) -> str:
    """Return a host's name without points, which part the names of files."""
    return host.replace(".", "-")
