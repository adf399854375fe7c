"""Tables as folders of numbered parts: each part is committed by itself, the folder at the end.

Parts wait in a hidden folder until all are there. A part is there once its receipt is: files are
written under another name, brought to disk and renamed before. Any process may write any part.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthkit.contracts.exporter import Attach, Written
from synthkit.dataset import TableChunk
from synthkit.errors import UnsupportedError
from synthkit.export.files import MANIFEST, SCHEMA, FilesExporter, Format, check_folder, file_name
from synthkit.export.receipts import DIGITS, PARTS, Layout, Receipt
from synthkit.export.sinks import write_text
from synthkit.export.stores import StoredParts, is_store
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.schema.files import dumps
from synthkit.staging import is_alive, replace_files, sync

__all__ = ["DIGITS", "PARTS", "PartsFolder", "Receipt", "form_of", "parts_at"]


def form_of(name: str, plugins: Plugins, settings: Mapping[str, Any] | None = None) -> Format:
    """Return a format of files by name; `UnsupportedError` if it is none of files."""
    exporter = plugins.create("exporters", name, settings)
    if not isinstance(exporter, FilesExporter):
        raise UnsupportedError(
            f"Tables cannot be written in parts as {name}.",
            hint="Choose --format parquet, csv, jsonl or json.",
        )
    return exporter.form


def parts_at(location: str | Path, schema: Schema, form: Format) -> PartsFolder | StoredParts:
    """Return the folder, or the place in a store, that is written in parts."""
    if is_store(location):
        return StoredParts(str(location), schema, form)
    return PartsFolder(Path(location).resolve(), schema, form)


class PartsFolder:
    """A folder that is being written in parts, by this process and perhaps by others."""

    def __init__(self, target: Path, schema: Schema, form: Format) -> None:
        """Store what is written and where; nothing is made yet."""
        self.place = str(target)
        self.target = target
        self.hidden = target / PARTS
        self._schema = schema
        self._form = form
        self._layout = Layout(schema, form)
        self._staged = self.hidden / "tables"
        self._receipts = self.hidden / "receipts"
        self._notes = self.hidden / "notes"

    def check(self, location: str, overwrite: bool) -> None:
        """Raise `UsageError` where something is in the way, `UnsupportedError` for odd names."""
        self._stale(location, overwrite)

    @property
    def shared(self) -> bool:
        """Say whether other processes see what is there."""
        return True

    @property
    def begun(self) -> bool:
        """Say whether there are parts of a run that was not finished."""
        return self.hidden.exists()

    def forget(self) -> None:
        """Remove the parts of a run that was not finished."""
        shutil.rmtree(self.hidden)

    def begin(self) -> None:
        """Make the folders of all tables, so that no part needs to."""
        for table in self._schema.table_names:
            (self._staged / table).mkdir(parents=True, exist_ok=True)
        self._receipts.mkdir(exist_ok=True)
        self._notes.mkdir(exist_ok=True)

    def sweep(self) -> None:
        """Remove what processes of this machine that are gone have left half-written."""
        host = socket.gethostname()
        beside = [*self._receipts.glob("*.tmp"), *self._notes.glob("*.tmp")]
        for left in [*self._staged.glob("*/*.tmp"), *beside]:
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

    def write(
        self,
        number: int,
        chunks: Iterator[TableChunk],
        fingerprint: str,
        told: Callable[[], Mapping[str, Any]] = dict,
        note: Callable[[], bytes] | None = None,
    ) -> Receipt:
        """Write one part, and its receipt last.

        ``told`` is asked, once the rows are written, for what else the receipt shall hold, and
        ``note`` for what is too large for one.
        """
        ending = f".{_plain(socket.gethostname())}.{os.getpid()}.tmp"
        receipt = self._layout.write(number, chunks, self._staged, ending)
        receipt = replace(receipt, told=told())
        for name in receipt.tables:
            path = self._path(name, number)
            path.with_name(path.name + ending).replace(path)
            sync(self._staged / name)
        if note is not None:
            path = self._note_path(number)
            made = path.with_name(path.name + ending)
            made.write_bytes(note())
            sync(made)
            made.replace(path)
            sync(self._notes)
        path = self._receipt_path(number)
        made = path.with_name(path.name + ending)
        made.unlink(missing_ok=True)
        write_text(made, json.dumps({"fingerprint": fingerprint, **receipt.as_json()}))
        made.replace(path)
        sync(self._receipts)
        return receipt

    def note(self, number: int) -> bytes:
        """Return what was noted of a part that is there."""
        return self._note_path(number).read_bytes()

    def finish(
        self, location: str, receipts: Sequence[Receipt], overwrite: bool, attach: Attach | None
    ) -> Written:
        """Let all tables appear, the manifest last, and remove the hidden folder.

        ``receipts`` are those of all parts. A run that was ended in the middle of this goes on.
        """
        stale = self._stale(location, overwrite)
        receipts = [*receipts, self._layout.write_empty(receipts, self._staged)]
        written = self._layout.written(location, receipts)
        attached = dict(attach(written)) if attach else {}
        shutil.rmtree(self._staged / ".replaced", ignore_errors=True)
        described = write_text(_cleared(self._staged / SCHEMA), dumps(self._schema))
        for name, text in attached.items():
            write_text(_cleared(self._staged / name), text)
        text = self._layout.manifest(written, receipts, described, attached)
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

    def _path(self, table: str, number: int) -> Path:
        return self._staged / self._layout.part(table, number)

    def _found(self, table: str, number: int) -> Path:
        """Return where a part is: it waits, or was moved when a run was ended."""
        path = self._path(table, number)
        return path if path.exists() else self.target / path.relative_to(self._staged)

    def _note_path(self, number: int) -> Path:
        return self._notes / f"{number:0{DIGITS}}"

    def _receipt_path(self, number: int) -> Path:
        return self._receipts / self._layout.receipt(number)


def _cleared(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return path


def _plain(host: str) -> str:
    """Return a host's name without points, which part the names of files."""
    return host.replace(".", "-")
