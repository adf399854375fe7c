"""Delimited text (CSV, TSV) as chunks of string columns, and the lines of what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.csv

from synthkit.dataset import CHUNK_ROWS
from synthkit.errors import DataError
from synthkit.sources.files.encoding import BLOCK_BYTES, TextStream
from synthkit.sources.files.header import DELIMITERS, Header, read_header
from synthkit.sources.files.places import Part
from synthkit.sources.files.records import Record, records

__all__ = ["DelimitedFile"]

_HEAD_BYTES = 1 << 18
_ROW_BYTES = 1 << 22
"""Bytes up to which every row is read."""


class DelimitedFile:
    """One delimited file. An empty field is null; a quoted empty field is the empty string.

    In a file of one column an empty line is a null; in others it is passed over.
    """

    def __init__(self, part: Part, header: Header | None = None) -> None:
        """Store which file it is, and its header where that was read already."""
        self.part = part
        if header is not None:
            self.header = header
        self.blank_lines = 0
        """Lines without a field that the last whole reading passed over."""

    @cached_property
    def header(self) -> Header:
        """The delimiter and the names; `DataError` if there are none."""
        with TextStream(self.part) as stream:
            head = b""
            while len(head) < _HEAD_BYTES and (more := stream.read(_HEAD_BYTES - len(head))):
                head += more
        fits = head[: head.rfind(b"\n") + 1] if len(head) >= _HEAD_BYTES else head
        return read_header(
            fits or head, self.part.label, "\t" if self.part.format == "tsv" else None
        )

    def chunks(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Yield columns as strings, up to `CHUNK_ROWS` rows at a time.

        ``names`` may hold the empty name, which stands for the trailing columns without one.
        """
        header = self.header
        wanted = [str(at) for at, name in enumerate(header.names) if name in names]
        by_name = {header.names[int(key)]: key for key in wanted}
        order = [by_name[name] for name in names if name]
        order += [key for key in wanted if not header.names[int(key)]]
        labels = [header.names[int(key)] for key in order]
        done = 0
        for block_bytes in (BLOCK_BYTES, _ROW_BYTES):
            row = 0
            try:
                for chunk in self._chunks(order, block_bytes):
                    fresh = chunk.slice(max(0, done - row))
                    row += chunk.num_rows
                    if fresh.num_rows:
                        yield fresh.rename_columns(labels)
                return
            except pa.ArrowInvalid:
                # A row may be longer than a block, so larger ones are tried. Arrow's message
                # holds the text of the row and is never passed on.
                done = max(done, row)
        self._explain()

    def _chunks(self, order: Sequence[str], block_bytes: int) -> Iterator[pa.Table]:
        header = self.header
        with TextStream(self.part) as stream:
            _skip(stream, header.byte_count)
            skipped = _Skipped()
            for batch in _open(stream, header, order, skipped, block_bytes):
                table = pa.Table.from_batches([batch])
                for start in range(0, table.num_rows, CHUNK_ROWS):
                    yield table.slice(start, CHUNK_ROWS)
            if stream.quotes % 2:
                self._check_quotes()
            alone = len(header.names) == 1
            self.blank_lines = skipped.count + (0 if alone else stream.blank_lines)

    def line_of(self, row: int) -> int | None:
        """Return the line in which a row begins (rows are counted from 0), by reading again."""
        header = self.header
        alone = len(header.names) == 1
        for record in self._records():
            if not record.blank or alone:
                if row == 0:
                    return record.line
                row -= 1
        return None

    def _records(self) -> Iterator[Record]:
        header = self.header
        with TextStream(self.part) as stream:
            _skip(stream, header.byte_count)
            for record in records(stream.lines(), header.delimiter):
                yield Record(
                    record.line + header.lines,
                    record.width,
                    record.length,
                    record.blank,
                    record.open_line + header.lines if record.open_line else None,
                )

    def _check_quotes(self) -> None:
        for record in self._records():
            if record.open_line is not None:
                raise DataError(
                    "a quote is opened here and never closed",
                    file=self.part.label,
                    line=record.open_line,
                    hint="Close it; a quote inside a quoted field is written twice.",
                )

    def _explain(self) -> NoReturn:
        """Find what the fast reader stumbled over and raise with its line."""
        header = self.header
        width = len(header.names)
        self._check_quotes()
        for record in self._records():
            if record.width != width and not record.blank:
                raise DataError(
                    f"{_columns(record.width)} where the header has {width}",
                    file=self.part.label,
                    line=record.line,
                    hint=self._ragged_hint(record),
                )
            if record.length > _ROW_BYTES:
                raise DataError(
                    f"a row of more than {_ROW_BYTES >> 20} MB",
                    file=self.part.label,
                    line=record.line,
                    hint="Look for a quote that is opened too early; or store the table as "
                    "Parquet, where fields may be of any size.",
                )
        raise DataError(
            "the rows could not be cut into columns",
            file=self.part.label,
            hint="Check its quotes and delimiters, or write it again with another program.",
        )

    def _ragged_hint(self, record: Record) -> str:
        header = self.header
        used = repr(header.delimiter)
        for other in DELIMITERS:
            if other == header.delimiter:
                continue
            for same in self._records_cut_by(other):
                if same.line == record.line and same.width == len(header.names) > 1:
                    return f"This line is cut by {other!r}, the header by {used}: use one."
                if same.line >= record.line:
                    break
        if record.width > len(header.names):
            quote = f"quote the fields that contain {used}."
            if record.line == header.lines + 1:
                return f"The first line names the columns: remove what is above it, or {quote}"
            return quote.capitalize()
        return "Add the missing fields, or look for a line break that is not quoted."

    def _records_cut_by(self, delimiter: str) -> Iterator[Record]:
        header = self.header
        with TextStream(self.part) as stream:
            _skip(stream, header.byte_count)
            for record in records(stream.lines(), delimiter):
                yield Record(record.line + header.lines, record.width, record.length, record.blank)


class _Skipped:
    """Lines of nothing but spaces, which are passed over and counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, row: Any) -> str:
        if row.actual_columns == 1 and not row.text.strip():
            self.count += 1
            return "skip"
        return "error"


def _open(
    stream: TextStream, header: Header, order: Sequence[str], skipped: _Skipped, block_bytes: int
) -> Iterator[pa.RecordBatch]:
    keys = [str(at) for at in range(len(header.names))]
    try:
        reader = pyarrow.csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=pyarrow.csv.ReadOptions(column_names=keys, block_size=block_bytes),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=header.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(keys) > 1,
                invalid_row_handler=skipped,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=False,  # `TextStream` has checked it, and knows the line
                column_types={key: pa.string() for key in keys},
                include_columns=list(order),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return iter(())
        raise
    return iter(reader)


def _skip(stream: TextStream, count: int) -> None:
    while count:
        count -= len(stream.read(count))


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count:,} columns"
