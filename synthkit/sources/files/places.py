"""Which files of a location are tables: names, formats and compressions, nothing opened."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthkit.errors import DataError, UsageError, near_matches

__all__ = ["ENDINGS", "Part", "TableFiles", "part_of", "tables_in"]

ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
MANIFEST = "synthkit.json"
NOT_TABLES = {"metadata.json", "schema.json", MANIFEST}
"""JSON files that describe tables: SDV's metadata and what synthkit writes beside its output."""
BESIDE = (".lineage.json", ".edge_cases.csv")
"""What names of files end in that tell of the file of the name before it."""

_FORMATS = ", ".join(ENDINGS)


@dataclass(frozen=True)
class Part:
    """A file that holds a table, or a part of one."""

    path: Path
    format: str
    compression: str | None = None

    @property
    def label(self) -> str:
        """The file as messages name it."""
        return str(self.path)

    def open(self) -> Any:
        """Return the bytes as a stream, decompressed. Raises `OSError` if it cannot be read."""
        import pyarrow as pa

        return pa.input_stream(str(self.path), compression=self.compression, buffer_size=1 << 20)


@dataclass(frozen=True)
class TableFiles:
    """A table by name and the files that hold its rows, in order."""

    name: str
    parts: tuple[Part, ...]

    @property
    def format(self) -> str:
        """The format of all parts."""
        return self.parts[0].format


def _stem_and_part(path: Path) -> tuple[str, Part] | None:
    name = path.name
    ending = path.suffix.lower()
    compression = COMPRESSIONS.get(ending)
    if compression is not None:
        name = name[: -len(ending)]
    suffix = Path(name).suffix.lower()
    if suffix not in ENDINGS or (compression and ENDINGS[suffix] in ("parquet", "arrow")):
        return None
    return name[: -len(suffix)], Part(path, ENDINGS[suffix], compression)


def part_of(path: Path) -> Part | None:
    """Return a file as part of a table, or None where its ending is of no known format."""
    found = _stem_and_part(path)
    return found[1] if found else None


def tables_in(location: str) -> list[TableFiles]:
    """Return the tables of a folder or file, by name.

    A folder's tables are its files, by stem, and its subfolders that hold part files of one
    table. Hidden files, metadata and files of other formats are passed over.

    Raises:
        UsageError: There is nothing at the location, or nothing that could be a table.
        DataError: Two files claim one table, or what is there is no regular file.
    """
    path = Path(location)
    if not path.exists():
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        visible = [name for name in beside if not name.startswith(".")]
        raise UsageError(
            f"There is nothing at {location!r}.", hint=near_matches(path.name, visible)
        )
    if path.is_dir():
        return _of_folder(path)
    _check_regular(path)
    found = _stem_and_part(path)
    if found is None:
        raise UsageError(
            f"{location}: not a format that can be read.",
            hint=f"Files end in {_FORMATS}, text also in .gz or .zst after that.",
        )
    return [TableFiles(found[0], (found[1],))]


def _check_regular(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise DataError(
            "is a device, socket or pipe, not a file",
            file=str(path),
            hint="Write the data to a file first: tables are read more than once.",
        )


def _of_folder(folder: Path) -> list[TableFiles]:
    tables: dict[str, TableFiles] = {}
    attached = _attached(folder)
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        found = None if entry.name in attached else _table_of(entry)
        if found is None:
            continue
        if found.name in tables:
            other = tables[found.name].parts[0].path.relative_to(folder)
            raise DataError(
                f"both {other.parts[0]} and {entry.name} hold the table {found.name!r}",
                file=str(folder),
                hint="Remove or rename one of them: a table is one file, or a folder of parts.",
            )
        tables[found.name] = found
    if not tables:
        raise UsageError(
            f"There are no tables in {str(folder)!r}.",
            hint=f"A table is a file that ends in {_FORMATS}, text also in .gz or .zst after that.",
        )
    return list(tables.values())


def _attached(folder: Path) -> frozenset[str]:
    """Return the files that lie beside tables and are none: of a folder, and of single files."""
    names = {entry.name for entry in folder.iterdir()}
    beside = {name + ending for name in names for ending in BESIDE} & names
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["attached"]
    except (OSError, ValueError, LookupError, TypeError):
        return frozenset(beside)
    listed = listed if isinstance(listed, list) else []
    return frozenset(beside | {name for name in listed if isinstance(name, str)})


def _table_of(entry: Path) -> TableFiles | None:
    if entry.name.startswith((".", "_")) or entry.name in NOT_TABLES:
        return None
    if entry.is_dir():
        return _of_parts(entry)
    found = _stem_and_part(entry)
    if found is None:
        return None
    _check_regular(entry)
    return TableFiles(found[0], (found[1],))


def _of_parts(folder: Path) -> TableFiles | None:
    parts = [
        part
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.is_file() and not entry.name.startswith((".", "_"))
        if entry.name not in NOT_TABLES and (part := part_of(entry))
    ]
    if not parts:
        return None
    formats = sorted({part.format for part in parts})
    if len(formats) > 1:
        raise DataError(
            f"holds parts of more than one format ({', '.join(formats)})",
            file=str(folder),
            hint="The parts of a table have one format.",
        )
    return TableFiles(folder.name, tuple(parts))
