"""The bytes of a text file: decompressed, without a byte order mark, checked to be UTF-8.

UTF-16 with a mark is turned into UTF-8; every other encoding is an error that names the place.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import Any

import pyarrow as pa

from synthkit.errors import DataError
from synthkit.sources.files.places import Part

__all__ = ["BLOCK_BYTES", "TextStream"]

BLOCK_BYTES = 1 << 20
"""Bytes read at a time: large enough that a call costs nothing, small against memory."""

_MARK_BYTES = 4
_BLANK = re.compile(rb"\n(?=\r?\n)")
_BLANKS = (b"\n\n", b"\n\r\n")


_NO_TEXT = {
    b"\x1f\x8b": ("this is gzip data", "Let its name end in .gz: orders.csv.gz."),
    b"\x28\xb5\x2f\xfd": ("this is zstd data", "Let its name end in .zst: orders.csv.zst."),
    b"PK\x03\x04": ("this is a ZIP archive", "Unpack it; of an Excel file, save a sheet as CSV."),
    b"PAR1": ("this is a Parquet file", "Let its name end in .parquet."),
}
"""How files begin that are often named as text is: what they are, and what to do."""


class TextStream(io.RawIOBase):
    """A text file as checked UTF-8 bytes, read once from start to end.

    ``blank_lines`` counts the empty lines outside quotes, and ``quotes`` the quote characters,
    among the bytes read so far.
    """

    def __init__(self, part: Part) -> None:
        self.blank_lines = 0
        self.quotes = 0
        self._part = part
        self._offset = 0
        self._waiting = b""
        self._end = b"\n"
        self._ended = False
        self._source = self._open()
        first = self._raw(BLOCK_BYTES)
        while len(first) < _MARK_BYTES and (more := self._raw(BLOCK_BYTES)):
            first += more
        for start, (what, hint) in _NO_TEXT.items():
            if first.startswith(start):
                raise DataError(f"{what}, no text", file=self._part.label, hint=hint)
        utf16 = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._wide = codecs.getincrementaldecoder("utf-16")() if utf16 else None
        self._check = codecs.getincrementaldecoder("utf-8")()
        if first.startswith(codecs.BOM_UTF8):
            first = first[len(codecs.BOM_UTF8) :]
            self._offset = len(codecs.BOM_UTF8)
        self._waiting = self._checked(first) if first else b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return up to ``size`` bytes (everything if negative); `DataError` for bad bytes."""
        if size is None or size < 0:
            pieces = []
            while piece := self.read(BLOCK_BYTES):
                pieces.append(piece)
            return b"".join(pieces)
        while len(self._waiting) < size and not self._ended:
            block = self._checked(self._raw(BLOCK_BYTES))
            self._waiting = self._waiting + block if self._waiting else block
        given, self._waiting = self._waiting[:size], self._waiting[size:]
        return given

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer and return the number of bytes, 0 at the end."""
        given = self.read(len(buffer))
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Close the file."""
        if not self.closed and hasattr(self, "_source"):
            self._source.close()
        super().close()

    def lines(self) -> io.TextIOWrapper:
        """Return the lines with their ends, one character a byte (for counting, not for text)."""
        return io.TextIOWrapper(
            io.BufferedReader(self, BLOCK_BYTES), encoding="latin-1", newline=""
        )

    def _open(self) -> Any:
        try:
            return self._part.open()
        except OSError as error:
            raise self._unreadable(error) from error

    def _raw(self, size: int) -> bytes:
        try:
            block: bytes = self._source.read(size)
        except (OSError, pa.ArrowInvalid) as error:
            raise self._unreadable(error) from error
        return block

    def _checked(self, block: bytes) -> bytes:
        """Return a block as UTF-8, or raise with the line and byte of what is wrong."""
        self._ended = not block
        if self._wide is not None:
            try:
                block = self._wide.decode(block, final=self._ended).encode("utf-8")
            except UnicodeError as error:
                raise DataError(
                    "not valid UTF-16, though it begins with that mark",
                    file=self._part.label,
                    hint="Save the file as UTF-8.",
                ) from error
        nul = block.find(b"\0")
        if nul >= 0:
            self._refuse_nul(block, nul)
        held = len(self._check.getstate()[0])
        if held or self._ended or not block.isascii():
            try:
                self._check.decode(block, self._ended)
            except UnicodeDecodeError as error:
                self._refuse_encoding(error, block, held)
        self._count(block)
        return block

    def _count(self, block: bytes) -> None:
        edge = self._end + block[:2]
        if any(blank in part for blank in _BLANKS for part in (edge, block)):
            text, last = self._end + block, len(self._end)
            quotes = self.quotes
            for match in _BLANK.finditer(text):
                quotes += text.count(b'"', last, match.start())
                last = max(last, match.start())
                self.blank_lines += quotes % 2 == 0
        self.quotes += block.count(b'"')
        self._offset += len(block)
        if block:
            # A "\r" is kept with what comes before it: "\n" + "\r" + "\n" may be split in two.
            last_two = edge[-2:] if len(block) < 2 else block[-2:]
            self._end = last_two if last_two == b"\n\r" else block[-1:]

    def _refuse_nul(self, block: bytes, at: int) -> None:
        wide = block[at + 1 : at + 4 : 2] == b"\0\0" or block[1:8:2] == b"\0\0\0\0"
        raise DataError(
            f"byte {self._offset + at + 1} is NUL, which is no text",
            file=self._part.label,
            line=self._line_of(self._offset + at),
            hint="This looks like UTF-16 without its mark: save the file as UTF-8."
            if wide
            else "The file is damaged, or not a text file.",
        )

    def _refuse_encoding(self, error: UnicodeDecodeError, block: bytes, held: int) -> None:
        at = error.start - held
        try:
            (block[:at] + block[max(at, 0) : at + 4096]).decode("cp1252")
            guess, name = "Windows-1252", "CP1252"
        except UnicodeDecodeError:
            guess, name = "another encoding", "ENCODING"
        raise DataError(
            f"byte {self._offset + at + 1} is not valid UTF-8",
            file=self._part.label,
            line=self._line_of(self._offset + at),
            hint=f"The file may be in {guess}. Convert it: "
            f"iconv -f {name} -t UTF-8 {self._part.path.name} > converted"
            f"{self._part.path.suffix}",
        ) from None

    def _line_of(self, offset: int) -> int:
        """Return the line of a byte, by reading again; lines end in any of the three ways."""
        line, last = 1, b""
        with self._open() as source:
            while offset and (block := source.read(min(BLOCK_BYTES, offset))):
                offset -= len(block)
                text = last + block
                line += block.count(b"\n") + block.count(b"\r") - text.count(b"\r\n")
                last = block[-1:]
        return line

    def _unreadable(self, error: Exception) -> DataError:
        if isinstance(error, PermissionError):
            return DataError(
                "may not be read by this user",
                file=self._part.label,
                hint="Ask its owner, or run as a user who may.",
            )
        if self._part.compression:
            return DataError(
                f"its {self._part.compression} data is damaged or cut short",
                file=self._part.label,
                hint="Copy or download the file again.",
            )
        return DataError(
            "could not be read", file=self._part.label, hint="Check the disk and the file."
        )
