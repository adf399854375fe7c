"""Compares what lies in a folder, or a file, with what its lineage says was written there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from synthkit.errors import DataError, UsageError
from synthkit.lineage.fingerprints import file_digest, files_in
from synthkit.lineage.record import FILE, Lineage, TableRecord, load, place_of

__all__ = ["Finding", "Verification", "verify"]

MANIFEST = "synthkit.json"
Kind = Literal["changed", "missing", "extra", "damaged"]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a file."""

    file: str
    kind: Kind
    message: str


@dataclass(frozen=True)
class Verification:
    """What was checked, and what is wrong."""

    location: str
    files: int
    rows: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Return this as JSON."""
        return {
            "location": self.location,
            "ok": self.ok,
            "files": self.files,
            "rows": self.rows,
            "findings": [vars(each) for each in self.findings],
        }


def verify(location: str) -> Verification:
    """Check every file that was written, by its SHA-256, and look for missing and other ones.

    Raises:
        UsageError: There is nothing, or nothing that says what was written.
    """
    place = place_of(location)
    path = Path(location)
    if not path.exists():
        raise UsageError(f"There is nothing at {location!r}.", hint="Name a folder or a file.")
    if place is None and not (path / MANIFEST).is_file():
        raise UsageError(
            f"Nothing at {location!r} says what was written there.",
            hint=f"synthkit writes {FILE} beside what it makes; only that can be verified.",
        )
    findings: list[Finding] = []
    lineage = None
    if place is not None:
        try:
            lineage = load(place)
        except DataError as error:
            told = error.message.removeprefix(f"{place}: ")
            findings.append(Finding(place.name, "damaged", told))
    elif path.is_dir():
        findings.append(Finding(FILE, "missing", "is not there"))
    tables = dict(lineage.output.tables) if lineage else {}
    parts: dict[str, list[TableRecord]] = {}
    if path.is_dir():
        listed, others = _manifest(path, lineage, findings)
        tables = tables or listed
        parts = _parts(path, tables, findings)
        whole = [each for name, each in tables.items() if name not in parts]
        findings += _extra(
            path, [*whole, *(each for held in parts.values() for each in held)], others
        )
    folder = path if path.is_dir() else path.parent
    written = [each for name in tables for each in parts.get(name, [tables[name]])]
    for table in written:
        findings += _file(folder, table)
    rows = sum(table.rows for table in tables.values())
    files = {table.file for table in written if table.file is not None}
    # One file may hold several tables.
    return Verification(location, len(files), rows, tuple(dict.fromkeys(findings)))


def _file(folder: Path, table: TableRecord) -> Iterator[Finding]:
    if table.file is None:
        return
    path = folder / table.file
    if not path.is_file():
        yield Finding(table.file, "missing", f"is not there; it had {table.rows:,} rows")
        return
    size = path.stat().st_size
    if size != table.bytes:
        yield Finding(table.file, "changed", f"has {size:,} bytes; {table.bytes:,} were written")
    elif file_digest(path) != table.sha256:
        yield Finding(table.file, "changed", "has other bytes than were written (SHA-256)")


def _manifest(
    folder: Path, lineage: Lineage | None, findings: list[Finding]
) -> tuple[dict[str, TableRecord], set[str]]:
    """Check the folder's manifest and schema; return its tables, and the files beside them."""
    path = folder / MANIFEST
    try:
        text = path.read_bytes().decode("utf-8")
        content = json.loads(text)
        tables = {n: TableRecord.model_validate(each) for n, each in content["tables"].items()}
        schema: Mapping[str, Any] = content.get("schema", {})
        others = {MANIFEST, *content.get("attached", []), *filter(None, [schema.get("file")])}
    except FileNotFoundError:
        findings.append(Finding(MANIFEST, "missing", "is not there"))
        return {}, {MANIFEST, "schema.yaml"}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        findings.append(Finding(MANIFEST, "damaged", "cannot be read"))
        return {}, {MANIFEST, "schema.yaml"}
    whole = json.dumps(content, indent=1, ensure_ascii=False) + "\n" == text
    if not whole or (lineage and _content(tables) != _content(lineage.output.tables)):
        findings.append(Finding(MANIFEST, "changed", "does not say what was written"))
    if schema:
        record = TableRecord(
            file=schema["file"], rows=0, bytes=schema["bytes"], sha256=schema["sha256"]
        )
        findings += _file(folder, record)
    return tables, others


def _content(tables: Mapping[str, TableRecord]) -> dict[str, tuple[Any, ...]]:
    return {name: (each.file, each.rows, each.bytes, each.sha256) for name, each in tables.items()}


def _parts(
    folder: Path, tables: Mapping[str, TableRecord], findings: list[Finding]
) -> dict[str, list[TableRecord]]:
    """Return the parts of tables that were written as folders of parts, which a manifest lists."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("parts", {})
        parts = {
            n: [TableRecord.model_validate(p) for p in listed[n]] for n in tables if n in listed
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}  # that the manifest cannot be read is told by who reads it first
    for name, held in parts.items():
        digests = "".join(part.sha256 for part in held)
        if sha256(digests.encode()).hexdigest() != tables[name].sha256:
            findings.append(Finding(MANIFEST, "changed", "does not say what was written"))
    return parts


def _extra(folder: Path, tables: Sequence[TableRecord], others: set[str]) -> Iterator[Finding]:
    known = {table.file for table in tables} | others
    for name in files_in(folder):
        if name not in known:
            yield Finding(name, "extra", "was not written by this run")
