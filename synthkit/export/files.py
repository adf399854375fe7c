"""Writes tables as files of one format: a folder with one file per table, or a single file.

Beside the files of a folder lie ``schema.yaml``, so that they are read back as what they were,
``synthkit.json``, which says what was written and so what a later write may replace, and what
the caller attaches.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import UnsupportedError, UsageError
from synthkit.export.blocks import in_blocks
from synthkit.export.single import write_single
from synthkit.export.sinks import FileSink, write_text
from synthkit.export.turns import Rendered, Turns
from synthkit.schema import Schema, Table
from synthkit.schema.files import dumps
from synthkit.staging import replace_files, staging

__all__ = [
    "MANIFEST",
    "MANIFEST_VERSION",
    "SCHEMA",
    "FilesExporter",
    "Format",
    "OpenFile",
    "check_folder",
    "file_name",
]

MANIFEST = "synthkit.json"
SCHEMA = "schema.yaml"
MANIFEST_VERSION = 1
LINEAGE = "lineage.json"
_TAKEN = ("metadata.json", "schema.json", LINEAGE, MANIFEST)
_TABLE_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather")


class OpenFile(Rendered, Protocol):
    """A table's file, being written in blocks, whose columns are in the storages of the schema."""

    sink: FileSink

    def close(self) -> None:
        """Write what comes after the last row; the sink is finished by the caller."""
        ...


class Format(Protocol):
    """A format of files."""

    @property
    def name(self) -> str:
        """The format's name."""
        ...

    @property
    def ending(self) -> str:
        """What names of files end in."""
        ...

    @property
    def block_rows(self) -> int:
        """Rows of the blocks that files get."""
        ...

    @property
    def keeps_text(self) -> bool:
        """Whether columns may be mixed (`synthkit.schema.mixed`): the format has no types."""
        ...

    def for_file(self, name: str) -> Format | None:
        """Return the format as a file's name asks for it, or None if it names another."""
        ...

    def open(self, path: Path, table: Table) -> OpenFile:
        """Begin a table's file."""
        ...


class FilesExporter:
    """Writes a folder with one file per table, or the one table of a schema as a file."""

    def __init__(self, form: Format) -> None:
        self._format = form

    @property
    def form(self) -> Format:
        """The format of its files."""
        return self._format

    @property
    def keeps_text(self) -> bool:
        """Whether columns may be mixed; see `MixedExporter`."""
        return self._format.keeps_text

    def claims(self, location: str) -> bool:
        """Say whether the location is a file with an ending of the format."""
        return "://" not in location and self._format.for_file(location) is not None

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
        if self.claims(location) and not target.is_dir():
            return self._write_file(schema, chunks, location, overwrite, attach)
        return self._write_folder(schema, chunks, location, target, overwrite, attach)

    def _write_file(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool,
        attach: Attach | None,
    ) -> Written:
        if len(schema.tables) != 1:
            raise UsageError(
                f"{location!r} is one file, and there are {len(schema.tables)} tables.",
                hint="Give a folder: it gets one file per table.",
            )
        form = self._format.for_file(location)
        assert form is not None
        name = schema.tables[0].name

        def run(file: Path) -> Written:
            written = _write_tables(form, schema, chunks, file.parent, {name: file.name})
            size, digest, rows = written[name]
            return Written(location, form.name, {name: WrittenTable(location, rows, size, digest)})

        return write_single(location, run, overwrite, attach)

    def _write_folder(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        target: Path,
        overwrite: bool,
        attach: Attach | None,
    ) -> Written:
        names = {table.name: file_name(table.name, self._format.ending) for table in schema.tables}
        earlier = check_folder(target, location, set(names.values()), overwrite)
        if attach and (target / LINEAGE).exists() and LINEAGE not in earlier:
            raise UsageError(
                f"{location!r} has {LINEAGE!r}, which is not from synthkit.",
                hint=f"Move {LINEAGE!r} away, or give another folder.",
            )
        with staging(target) as staged:
            written = _write_tables(self._format, schema, chunks, staged, names)
            tables = {
                table: {"file": names[table], "rows": rows, "bytes": size, "sha256": digest}
                for table, (size, digest, rows) in written.items()
            }
            folder = Path(location)
            told = Written(
                location,
                self._format.name,
                {
                    table: WrittenTable(str(folder / names[table]), rows, size, digest)
                    for table, (size, digest, rows) in written.items()
                },
            )
            size, digest = write_text(staged / SCHEMA, dumps(schema))
            attached = dict(attach(told)) if attach else {}
            for name, text in attached.items():
                write_text(staged / name, text)
            # Names alone: what is attached may tell times, and the manifest stays the same.
            manifest = {
                "synthkit": MANIFEST_VERSION,
                "format": self._format.name,
                "tables": tables,
                "schema": {"file": SCHEMA, "bytes": size, "sha256": digest},
                **({"attached": sorted(attached)} if attached else {}),
            }
            write_text(staged / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
            replace_files(staged, target, seal=MANIFEST, stale=earlier)
        return told


def _write_tables(
    form: Format,
    schema: Schema,
    chunks: Iterator[TableChunk],
    folder: Path,
    names: dict[str, str],
) -> dict[str, tuple[int, str, int]]:
    """Write all tables; return the bytes, SHA-256 and rows of each."""
    opened: dict[str, OpenFile] = {}
    counts = dict.fromkeys(schema.table_names, 0)
    with ExitStack() as stack:
        for table in schema.tables:
            file = form.open(folder / names[table.name], table)
            stack.callback(file.sink.abandon)
            opened[table.name] = file
        turns = stack.enter_context(Turns())
        for name, block in in_blocks(schema, chunks, form.block_rows, mixed=form.keeps_text):
            turns.write(opened[name], block)
            counts[name] += block.num_rows
        turns.finish()
        written = {}
        for name, file in opened.items():
            file.close()
            written[name] = (*file.sink.finish(), counts[name])
    return written


def file_name(table: str, ending: str) -> str:
    """Return the name of a table's file; `UnsupportedError` if the table's own name allows none."""
    name = table + ending
    if (
        name in _TAKEN
        or table.startswith((".", "_"))
        or any(character in '/\\:*?"<>|' or ord(character) < 32 for character in table)
        or len(name.encode("utf-8")) > 240
    ):
        raise UnsupportedError(
            f"The table {table!r} cannot be written to {name!r}: no usable name of a file.",
            hint="Rename the table, or choose another format.",
        )
    return name


def check_folder(target: Path, location: str, made: set[str], overwrite: bool) -> list[str]:
    """Refuse to write where something is in the way; return the files of an earlier write."""
    if not target.exists():
        return []
    if not target.is_dir():
        raise UsageError(f"{location!r} is a file.", hint="Give a folder that is not there yet.")
    there = sorted(entry.name for entry in target.iterdir() if not entry.name.startswith("."))
    if there and not overwrite:
        raise UsageError(
            f"{location!r} is there already and not empty.",
            hint="Use --overwrite to replace what synthkit wrote there, or give another folder.",
        )
    earlier = _earlier_files(target)
    tables = {_stem(name) for name in made}
    for name in there:
        if name in earlier or (name == SCHEMA and earlier):
            continue
        if name in made or name == SCHEMA or _stem(name) in tables:
            raise UsageError(
                f"{location!r} has {name!r}, which is not from synthkit.",
                hint=f"Move {name!r} away, or give another folder.",
            )
    return earlier


def _stem(name: str) -> str:
    """Return the name of the table that a file holds, or the file's own name."""
    bare = name
    for ending in (".gz", ".zst"):
        bare = bare.removesuffix(ending)
    for ending in _TABLE_ENDINGS:
        if bare.endswith(ending):
            return bare.removesuffix(ending)
    return name


def _earlier_files(folder: Path) -> list[str]:
    """Return the files, or folders of parts, that the manifest of an earlier write lists."""
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = [table["file"] for table in manifest["tables"].values()]
        files += manifest.get("attached", [])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [name for name in files if isinstance(name, str) and Path(name).name == name]
