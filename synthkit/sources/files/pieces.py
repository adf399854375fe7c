"""Tables of files in pieces, each read by itself: any process that sees the files reads any piece.

Pieces are row groups of Parquet, stretches of CSV and JSON lines, and whole files of the rest.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from synthkit.dataset import CHUNK_ROWS
from synthkit.errors import DataError
from synthkit.schema import Table
from synthkit.schema.storage import arrow_schema
from synthkit.sources.files.delimited import DelimitedFile
from synthkit.sources.files.delimited_table import DelimitedTable
from synthkit.sources.files.header import Header
from synthkit.sources.files.json_rows import tables_of
from synthkit.sources.files.json_table import JsonTable
from synthkit.sources.files.kept import Room
from synthkit.sources.files.parquet import ParquetTable
from synthkit.sources.files.places import Part, TableFiles, tables_in
from synthkit.sources.files.sections import Section, sections

__all__ = ["Piece", "PiecedFiles"]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT = 1 << 18
"""Bytes at the beginning of a text file that tell how long its records are."""


@dataclass(frozen=True)
class Piece:
    """Rows of a table that follow each other in one file; ``rows`` is None if nobody counted.

    ``groups`` are row groups of Parquet, ``span`` the bytes of a text file: those of its header,
    the first and the one behind the last.
    """

    file: int
    rows: int | None = None
    groups: Sequence[int] | None = None
    span: Sequence[int] | None = None


class PiecedFiles:
    """The tables of a folder or file, in pieces of about ``rows`` rows."""

    def __init__(self, location: str, rows: int) -> None:
        """Find the tables; nothing but their beginnings and where records end is read."""
        self._rows = rows
        self._tables: dict[str, tuple[TableFiles, str | None]] = {}
        self._headers: dict[Path, Header] = {}
        for files in tables_in(location):
            inside = None
            if files.format in ("json", "jsonl") and len(files.parts) == 1:
                inside = tables_of(files.parts[0])
            for name in inside or [files.name]:
                self._tables[name] = files, name if inside else None

    def stamps(self, tables: Sequence[str]) -> dict[str, list[int]]:
        """Return size in bytes and time of change of every file of some tables, by name."""
        paths = sorted({part.path for name in tables for part in self._tables[name][0].parts})
        return {str(path): _stamp(path) for path in paths}

    def stamp(self, table: str, piece: Piece) -> tuple[str, list[int]]:
        """Return the file that a piece lies in, and what `stamps` says of it."""
        path = self._tables[table][0].parts[piece.file].path
        return str(path), _stamp(path)

    def pieces(self, table: str) -> list[Piece]:
        """Return the pieces of a table, which follow from the files and ``rows`` alone."""
        files, within = self._tables[table]
        if files.format in ("parquet", "arrow"):
            counted = ParquetTable(files).groups()
            return [
                piece
                for number, rows in enumerate(counted)
                for piece in _grouped(number, rows, self._rows, files.format)
            ]
        if files.format in ("csv", "tsv", "jsonl") and within is None:
            return [
                Piece(number, span=span)
                for number, part in enumerate(files.parts)
                for span in self._spans(part)
            ]
        return [Piece(number) for number in range(len(files.parts))]

    def read(self, table: Table, piece: Piece) -> Iterator[pa.Table]:
        """Yield the rows of a piece in the storages of the schema, `CHUNK_ROWS` at a time.

        Text of Parquet files is dictionary-encoded where it lies so there.
        Raises `DataError` for a value that does not fit, as reading the whole file does.
        """
        names = table.column_names
        kinds = arrow_schema(names, [column.storage for column in table.columns])
        for chunk in self._chunks(table, piece):
            for start in range(0, chunk.num_rows, CHUNK_ROWS):
                rows = chunk.slice(start, CHUNK_ROWS)
                yield rows if piece.groups is not None else rows.cast(kinds)

    def _chunks(self, table: Table, piece: Piece) -> Iterator[pa.Table]:
        files, within = self._tables[table.name]
        part = files.parts[piece.file]
        if piece.groups is not None:
            yield from ParquetTable(_only(files, part)).read_coded(
                table.columns, groups=piece.groups
            )
            return
        if piece.span is None:
            yield from self._whole(files, part, table, within)
            return
        head, start, end = piece.span
        section = Section(part.path, part.format, part.compression, head, start, end)
        try:
            yield from self._whole(files, section, table, within)
        except DataError:
            # Its line is counted from the section's beginning; the whole file tells the right one.
            for _ in self._whole(files, part, table, within):
                pass
            raise

    def _whole(
        self, files: TableFiles, part: Part, table: Table, within: str | None
    ) -> Iterator[pa.Table]:
        """Read one file of a table, or a section of one."""
        only, room = _only(files, part), Room(0)
        if files.format in ("csv", "tsv"):
            return DelimitedTable(only, room, self._header(part)).read(table.columns)
        if files.format in ("json", "jsonl"):
            return JsonTable(only, room, within=within).read(table.columns)
        return ParquetTable(only).read(table.columns)

    def _header(self, part: Part) -> Header:
        """Return the header of a file, which takes a look at many of its records, once."""
        if part.path not in self._headers:
            whole = Part(part.path, part.format, part.compression)
            self._headers[part.path] = DelimitedFile(whole).header
        return self._headers[part.path]

    def _spans(self, part: Part) -> Sequence[Sequence[int] | None]:
        """Return the stretches that a text file is read in; None is all of it."""
        head, delimiter, first = 0, None, b""
        if part.compression is None:
            with part.path.open("rb") as file:
                first = file.read(_LOOKED_AT)
        if part.compression is not None or first.startswith(_UTF_16):
            return [None]
        if part.format != "jsonl":
            header = self._header(part)
            head, delimiter = header.byte_count, header.delimiter
        if first.startswith(codecs.BOM_UTF8):
            head += len(codecs.BOM_UTF8)
        looked = first[head:]
        width = len(looked) / max(1, looked.count(b"\n"))
        found = sections(part, head, max(1, int(self._rows * width)), delimiter)
        return [(each.head, each.start, each.end) for each in found] if len(found) > 1 else [None]


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _grouped(file: int, counts: Sequence[int], rows: int, form: str) -> Iterator[Piece]:
    """Yield row groups that follow each other, together about so many rows or one group."""
    if form == "arrow":
        yield Piece(file, sum(counts))
        return
    held: list[int] = []
    for group, count in enumerate(counts):
        there = sum(counts[each] for each in held)
        if held and there + count > rows:
            yield Piece(file, there, tuple(held))
            held = []
        held.append(group)
    if held:
        yield Piece(file, sum(counts[each] for each in held), tuple(held))


def _only(files: TableFiles, part: Part) -> TableFiles:
    return TableFiles(files.name, (part,))
