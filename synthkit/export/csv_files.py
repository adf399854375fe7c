"""CSV by Arrow kernels: quotes where they are needed, nothing for null, ``""`` for empty text.

In a table of one column a null is an empty line, as in PostgreSQL's CSV; the reader of files
takes it back as null.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.export.lines import lines, text_of
from synthkit.export.settings import DELIMITERS, CsvSettings
from synthkit.export.sinks import ENDINGS, FileSink
from synthkit.schema import Column, Table
from synthkit.schema.mixed import is_mixed, text_in, values_in
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import render
from synthkit.schema.text.characters import Mask

__all__ = ["CsvFormat"]

BLOCK_ROWS = 50_000
_DELIMITERS = tuple(DELIMITERS.values())
_MARK = "\ufeff".encode()
_LOOKED_AT, _FEW = 1_024, 256
"""Where the first values are this few, those that need quotes get them once, not in every row."""
_PIECE_BYTES = 1 << 28
"""Arrow strings hold 2 GB at most; rows are joined in pieces well below."""


class CsvFormat:
    """The format csv."""

    name = "csv"
    block_rows = BLOCK_ROWS
    keeps_text = True

    def __init__(self, settings: CsvSettings) -> None:
        self._settings = settings

    @property
    def ending(self) -> str:
        """What names of files end in."""
        return _stem(self._settings.delimiter) + ENDINGS[self._settings.compression]

    def for_file(self, name: str) -> CsvFormat | None:
        """Return the format with the delimiter and compression that a file's name asks for."""
        for compression, ending in ENDINGS.items():
            for stem in (".csv", ".tsv"):
                if name.lower().endswith(stem + ending):
                    comma = "," if self._settings.delimiter == "\t" else self._settings.delimiter
                    return CsvFormat(CsvSettings("\t" if stem == ".tsv" else comma, compression))
        return None

    def open(self, path: Path, table: Table) -> CsvFile:
        """Begin a table's file."""
        sink = FileSink(path, self._settings.compression)
        return CsvFile(sink, table, self._settings.delimiter)


def _stem(delimiter: str) -> str:
    return ".tsv" if delimiter == "\t" else ".csv"


class CsvFile:
    """A table's file, being written."""

    def __init__(self, sink: FileSink, table: Table, delimiter: str) -> None:
        self.sink = sink
        self._table = table
        self._delimiter = delimiter
        self._special = ('"', "\r", "\n", delimiter)
        # A byte order mark is text only inside quotes: readers drop it at the start of a file.
        self._pattern = f"[\ufeff{''.join(self._special)}]|^$"
        names = [_quoted_name(name) for name in table.column_names]
        sink.write((delimiter.join(names) + "\n").encode("utf-8"))

    def rendered(self, block: pa.Table) -> Iterator[pa.Buffer]:
        """Yield rows as text."""
        pieces = block.nbytes // _PIECE_BYTES + 1
        size = -(-block.num_rows // pieces)
        for start in range(0, block.num_rows, size):
            yield self._lines(block.slice(start, size))

    def write(self, piece: pa.Buffer) -> None:
        """Write rows."""
        self.sink.write(piece)

    def close(self) -> None:
        """Write what comes after the last row."""

    def _lines(self, block: pa.Table) -> pa.Buffer:
        cells = [self._cells(block.column(column.name), column) for column in self._table.columns]
        return lines(cells, ["", *[self._delimiter] * (len(cells) - 1), "\n"])

    def _cells(self, values: pa.ChunkedArray, column: Column) -> pa.Array:
        if is_mixed(values.type):
            plain = render(values_in(values), column)
            return self._quoted(pc.coalesce(text_in(values).combine_chunks(), plain))
        text = render(values, column)
        kind = arrow_type(column.storage)
        if column.format is None and not (pa.types.is_string(kind) or pa.types.is_binary(kind)):
            return text  # digits, points, colons, true and false: nothing to quote
        return self._quoted(text)

    def _quoted(self, text: pa.Array) -> pa.Array:
        if text.null_count == len(text):
            return text
        characters = text_of(text).to_pybytes()
        offsets = np.frombuffer(text.buffers()[1], np.int32)[text.offset :][: len(text) + 1]
        empty = offsets[1:] == offsets[:-1]
        # The search for one byte is many times quicker, and most text does not have it.
        present = [each for each in self._special if each.encode() in characters]
        marked = _MARK[:1] in characters and _MARK in characters
        if not (present or marked or empty.any()):
            return text
        if pc.count_distinct(text.slice(0, _LOOKED_AT)).as_py() <= _FEW:
            encoded = text.dictionary_encode()
            if len(encoded.dictionary) < len(text):
                return self._quoted(encoded.dictionary).take(encoded.indices)
        if marked:
            needed = pc.fill_null(pc.match_substring_regex(text, self._pattern), False)
        else:
            needed = pa.array(_holding(present, characters, offsets) | empty)
            if text.null_count:  # they may have characters of their own, which mean nothing
                needed = pc.and_(needed, text.is_valid())
        inner = pc.replace_substring(text.filter(needed), '"', '""')
        quoted = pc.binary_join_element_wise('"', inner, '"', "")
        return pc.replace_with_mask(text, needed, quoted)


def _holding(special: list[str], characters: bytes, offsets: npt.NDArray[np.int32]) -> Mask:
    """Return which texts hold one of some characters; found in the bytes of all at once."""
    found = np.zeros(len(offsets) - 1, bool)
    ends = offsets[1:] - offsets[0]
    codes = np.frombuffer(characters, np.uint8)
    for each in special:
        found[np.searchsorted(ends, np.flatnonzero(codes == ord(each)), side="right")] = True
    return found


def _quoted_name(name: str) -> str:
    """Quote a name that has any usual delimiter, so that none but the file's own is in sight."""
    if name and not any(special in name for special in ('"', "\r", "\n", "\ufeff", *_DELIMITERS)):
        return name
    return '"' + name.replace('"', '""') + '"'
