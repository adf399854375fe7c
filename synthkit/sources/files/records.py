"""Where the records of a delimited file lie: lines, widths and open quotes.

Slow and exact; the fast reader is asked first, and this one where it says that something is
wrong. Lines are one character a byte, as `TextStream.lines` gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Record", "records"]


@dataclass(frozen=True)
class Record:
    """A record: the line it begins in (from 1), its fields, its text's length, what it lacks.

    ``open_line`` is the line of a quote that is never closed, else None.
    """

    line: int
    width: int
    length: int
    blank: bool
    open_line: int | None = None


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield the records of a delimited file, blank ones too.

    A quote counts at the start of a field only, and is written twice inside quotes.
    """
    number = 0
    source = iter(lines)
    for line in source:
        number += 1
        if '"' not in line:
            yield Record(number, line.count(delimiter) + 1, len(line), not line.strip(" \t\r\n"))
            continue
        first, length, width = number, len(line), 1
        width, quoted = _scan(line, delimiter, width, quoted=False)
        opened = number
        while quoted:
            following = next(source, None)
            if following is None:
                yield Record(first, width, length, blank=False, open_line=opened)
                return
            number += 1
            length += len(following)
            before = width
            width, quoted = _scan(following, delimiter, width, quoted=True)
            if width != before:
                opened = number
        yield Record(first, width, length, blank=False)


def _scan(line: str, delimiter: str, width: int, *, quoted: bool) -> tuple[int, bool]:
    """Walk one line; return the number of the field it ends in and whether a quote is open."""
    at = 0
    while True:
        if not quoted and line[at : at + 1] == '"':
            quoted, at = True, at + 1
        if quoted:
            at = _closing(line, at)
            if at < 0:
                return width, True
            quoted = False
        at = line.find(delimiter, at)
        if at < 0:
            return width, False
        width, at = width + 1, at + 1


def _closing(line: str, at: int) -> int:
    """Return where the text after the closing quote begins, or -1 where none closes."""
    while True:
        at = line.find('"', at)
        if at < 0:
            return -1
        if line[at + 1 : at + 2] != '"':
            return at + 1
        at += 2
