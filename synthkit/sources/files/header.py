"""The delimiter and the column names of a delimited file, from its first bytes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from synthkit.errors import DataError
from synthkit.sources.files.records import Record, records

__all__ = ["Header", "read_header"]

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 50
"""Records that are looked at to find the delimiter."""


@dataclass(frozen=True)
class Header:
    """How a delimited file is cut: its delimiter, its names, and the bytes before the rows.

    ``names`` has a name for every column; those of trailing columns without one are empty.
    """

    delimiter: str
    names: tuple[str, ...]
    byte_count: int
    lines: int

    @property
    def unnamed(self) -> tuple[int, ...]:
        """Positions of the trailing columns that have no name."""
        return tuple(position for position, name in enumerate(self.names) if not name)


def read_header(head: bytes, label: str, delimiter: str | None) -> Header:
    """Return the header of a file that begins with ``head``.

    The delimiter is the one that cuts the header and the rows after it into the same number of
    columns, at least two, unless it is given.

    Raises:
        DataError: There is no header, or two columns have one name, or one has none.
    """
    text = head.decode("latin-1")
    lines = io.StringIO(text, newline="").readlines()
    if not text.strip():
        raise DataError("the file is empty", file=label, hint="The first line names the columns.")
    delimiter = delimiter or _delimiter(lines, whole=len(head) < _SAMPLE_BYTES)
    start = 0
    for first in records(lines, delimiter):  # pragma: no branch - there is text, so a record
        if not first.blank:
            break
        start += first.length
    end = start + first.length
    if first.open_line is not None:
        raise DataError(
            "a quote in the header is never closed",
            file=label,
            line=first.line,
            hint="Close it, or write it twice where it is part of a name.",
        )
    record = head[start:end].decode("utf-8")
    names = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])
    below = list(islice(records(lines[_line_count(text[:end]) :], delimiter), SAMPLE_RECORDS))
    if _rows_end_with_delimiter(below, text[end:], len(names)):
        names.append("")
    _check_names(names, label, first.line, delimiter)
    return Header(delimiter, tuple(names), end, _line_count(text[:end]))


_SAMPLE_BYTES = 1 << 18
"""Bytes after which a sample may end in the middle of a record."""


def _line_count(text: str) -> int:
    return len(io.StringIO(text, newline="").readlines())


def _delimiter(lines: list[str], *, whole: bool) -> str:
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        sample = [record for record in records(lines[:2000], delimiter) if not record.blank]
        if not whole and len(sample) > 1:
            sample.pop()
        widths = [record.width for record in sample[:SAMPLE_RECORDS]]
        if widths[0] > 1:
            alike = sum(width == widths[0] for width in widths) / len(widths)
            if (alike, widths[0]) > best_score:
                best, best_score = delimiter, (alike, widths[0])
    return best


def _rows_end_with_delimiter(below: list[Record], text: str, width: int) -> bool:
    """Say whether every row looked at has one field more than the header, and that is empty."""
    at, rows = 0, 0
    for record in below:
        row = text[at : at + record.length]
        at += record.length
        if record.blank or not row.endswith(("\n", "\r")):
            continue
        if record.width != width + 1 or row.rstrip("\r\n")[-1:] not in DELIMITERS:
            return False
        rows += 1
    return rows > 0


def _check_names(names: list[str], label: str, line: int, delimiter: str) -> None:
    named = [position for position, name in enumerate(names) if name.strip()]
    last = named[-1] if named else -1
    for position, name in enumerate(names[: last + 1] or names[:1]):
        if not name.strip():
            raise DataError(
                f"column {position + 1} of {len(names)} has no name",
                file=label,
                line=line,
                hint="Name it, or remove it. pandas writes such a first column for its index: "
                "use to_csv(index=False)."
                if position == 0
                else "Name it, or remove it.",
            )
    for position in range(last + 1, len(names)):
        names[position] = ""
    repeated = [name for name, count in Counter(names[: last + 1]).items() if count > 1]
    if repeated:
        places = [str(at + 1) for at, name in enumerate(names) if name == repeated[0]]
        raise DataError(
            f"columns {' and '.join(places)} have the same name",
            file=label,
            line=line,
            column=repeated[0],
            hint="Names of columns are different: rename one of them.",
        )
