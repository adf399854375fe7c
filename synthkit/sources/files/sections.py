"""Where a text file can be cut between two records, and the part of it between two cuts as a file.

A cut is exact: where quotes do not tell what lies inside them, the file is one section.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any

import numpy as np

from synthkit.sources.files.places import Part

__all__ = ["Section", "sections"]

_BLOCK = 4 * 2**20
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'


@dataclass(frozen=True)
class Section(Part):
    """The first ``head`` bytes of a file, and those from ``start`` up to ``end``."""

    head: int = 0
    start: int = 0
    end: int = 0

    def open(self) -> Any:
        """Return the bytes as a stream. Raises `OSError` if they cannot be read."""
        return _Stream(self)


class _Stream:
    """Two stretches of a file, one behind the other."""

    def __init__(self, section: Section) -> None:
        self._file: IO[bytes] = section.path.open("rb")
        self._head, self._left = section.head, section.end - section.start
        self._start = section.start
        if not self._head:
            self._file.seek(self._start)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, nothing at the end."""
        if self._head:
            found = self._file.read(min(size, self._head))
            self._head -= len(found)
            if not self._head:
                self._file.seek(self._start)
            return found
        found = self._file.read(min(size, self._left))
        self._left -= len(found)
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> _Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def sections(part: Part, head: int, size: int, delimiter: str | None) -> list[Section]:
    """Return sections of about ``size`` bytes of a file in UTF-8 that is not compressed.

    ``head`` is how many bytes there are before the first record. Records end in a line feed, which
    stands outside quotes where there is a ``delimiter``. There is none, or one, for a file that is
    short or has a quote inside a field without quotes.
    """
    end = part.path.stat().st_size
    cuts = [*_cuts(part, head, size, delimiter), end] if end - head > size else [end]
    return [
        Section(part.path, part.format, part.compression, head, start, stop)
        for start, stop in zip([head, *cuts[:-1]], cuts, strict=True)
        if stop > start
    ]


def _cuts(part: Part, head: int, size: int, delimiter: str | None) -> list[int]:
    """Return where the records end that hold the last byte of each ``size`` bytes, or none."""
    found: list[int] = []
    wanted, quotes, at = head + size, 0, head
    before = _NEWLINE
    for block in _blocks(part, head):
        places = np.flatnonzero(block == _QUOTE) if delimiter is not None else np.zeros(0, int)
        if len(places) and _strays(block, places, quotes, before, str(delimiter)):
            return []
        while wanted < at + len(block):
            lines = np.flatnonzero(block[max(wanted - at, 0) :] == _NEWLINE) + max(wanted - at, 0)
            outside = lines[(quotes + np.searchsorted(places, lines)) % 2 == 0]
            if not len(outside):
                break
            found.append(at + int(outside[0]) + 1)
            wanted = found[-1] + size
        quotes += len(places)
        at += len(block)
        before = int(block[-1])
    return found


def _strays(block: Any, places: Any, quotes: int, before: int, delimiter: str) -> bool:
    """Say whether a quote that would open a field stands elsewhere than at its beginning."""
    opening = places[quotes % 2 :: 2]
    ahead = np.where(opening > 0, block[np.maximum(opening - 1, 0)], before)
    return not bool(np.isin(ahead, [ord(delimiter), _QUOTE, _NEWLINE, _RETURN]).all())


def _blocks(part: Part, start: int) -> Iterator[Any]:
    with part.path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            yield np.frombuffer(block, np.uint8)
