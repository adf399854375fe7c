"""Excel workbooks for small data: a sheet per table, values as they are and never formulas.

Excel has no whole numbers beyond 2^53, no zones and no times before 1900: such values are text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import DataError, UnsupportedError, UsageError
from synthkit.export.blocks import in_blocks
from synthkit.export.settings import ExcelSettings
from synthkit.export.single import write_single
from synthkit.export.sql.cells import text_cells
from synthkit.export.sql.dialects import SQLITE
from synthkit.schema import Column, Schema
from synthkit.schema.storage import arrow_type
from synthkit.staging import sync

__all__ = ["ExcelExporter"]

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header is one."""
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
_LONGEST_NAME = 31
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_EXACT = 2**53
_DIGITS = 15
_FIRST_DAY, _LAST_DAY = dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59, 59)
_MADE = dt.datetime(2000, 1, 1)
"""The time of making that files state: the same rows give the same bytes."""
_BLOCK_ROWS = 10_000


class ExcelExporter:
    """Writes all tables into one workbook."""

    def __init__(self, settings: ExcelSettings) -> None:
        self._settings = settings

    def claims(self, location: str) -> bool:
        """Say whether the location is a file that ends in .xlsx."""
        return "://" not in location and location.lower().endswith(".xlsx")

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table, complete or not at all; see `AttachingExporter`."""
        names = _sheet_names(schema)

        def run(file: Path) -> Written:
            counts = _write(file, schema, chunks, names)
            sync(file)
            with file.open("rb") as content:
                digest = file_digest(content, "sha256").hexdigest()
            size = file.stat().st_size
            return Written(
                location,
                "excel",
                {n: WrittenTable(location, c, size, digest) for n, c in counts.items()},
                notes=tuple(
                    f"Sheet {sheet!r} holds the table {name!r}, whose name is none for a sheet."
                    for name, sheet in names.items()
                    if sheet != name
                ),
            )

        return write_single(location, run, overwrite, attach)


def _sheet_names(schema: Schema) -> dict[str, str]:
    """Return a sheet's name for each table: its own, or a part of it and a digest."""
    names: dict[str, str] = {}
    for table in schema.tables:
        if len(table.columns) > MOST_COLUMNS:
            raise UnsupportedError(
                f"Table {table.name!r} has more columns than a sheet of Excel ({MOST_COLUMNS:,}).",
                hint="Write another format.",
            )
        plain = table.name.translate(_NO_NAME)
        taken = {each.lower() for each in names.values()} | {"history"}
        if plain != table.name or not 0 < len(plain) <= _LONGEST_NAME or plain.lower() in taken:
            digest = sha256(table.name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
            plain = f"{plain[: _LONGEST_NAME - 7]}~{digest}"
        names[table.name] = plain
    return names


def _write(
    file: Path, schema: Schema, chunks: Iterator[TableChunk], names: dict[str, str]
) -> dict[str, int]:
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            "Writing Excel files needs a package.", hint="pip install 'synthkit[excel]'"
        ) from None
    options = {"constant_memory": True, "tmpdir": str(file.parent)}
    book = xlsxwriter.Workbook(str(file), options)
    try:
        counts = _fill(book, schema, chunks, names)
        book.close()
    except BaseException:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()  # rows that wait in a temporary file
        raise
    return counts


def _fill(
    book: Any, schema: Schema, chunks: Iterator[TableChunk], names: dict[str, str]
) -> dict[str, int]:
    """Write a sheet for each table; return the rows of each."""
    book.set_properties({"created": _MADE})
    forms = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss", "time": "hh:mm:ss"}
    formats = {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}
    bold = book.add_format({"bold": True})
    counts = dict.fromkeys(names, 0)
    sheets = {}
    for table in schema.tables:
        sheets[table.name] = sheet = book.add_worksheet(names[table.name])
        sheet.freeze_panes(1, 0)
        for number, name in enumerate(table.column_names):
            sheet.write_string(0, number, name, bold)
    for name, block in in_blocks(schema, chunks, _BLOCK_ROWS):
        if counts[name] + block.num_rows >= MOST_ROWS:
            raise UnsupportedError(
                f"Table {name!r} has more rows than a sheet of Excel holds ({MOST_ROWS - 1:,}).",
                hint="Write fewer rows, or another format: CSV opens in Excel too.",
            )
        _write_block(sheets[name], block, schema.table(name).columns, name, counts[name], formats)
        counts[name] += block.num_rows
    return counts


def _write_block(
    sheet: Any,
    block: pa.Table,
    columns: tuple[Column, ...],
    table: str,
    before: int,
    formats: dict[str, Any],
) -> None:
    """Write rows below those before; a sheet takes its cells row by row."""
    writers = [_writer(column, formats) for column in columns]
    values = [_values(block.column(column.name), column) for column in columns]
    for row, cells in enumerate(zip(*values, strict=True), start=before + 1):
        for number, value in enumerate(cells):
            if value is None:
                continue
            if isinstance(value, str):
                if len(value) > MOST_CHARACTERS:
                    raise DataError(
                        f"a text is longer than a cell of Excel ({MOST_CHARACTERS:,} characters)",
                        table=table,
                        row=row,
                        column=columns[number].name,
                        hint="Write another format.",
                    )
                sheet.write_string(row, number, value)
            else:
                writers[number](sheet, row, number, value)


Write = Callable[[Any, int, int, Any], object]


def _writer(column: Column, formats: dict[str, Any]) -> Write:
    kind = arrow_type(column.storage)
    if pa.types.is_boolean(kind):
        return lambda sheet, row, number, value: sheet.write_boolean(row, number, value)
    if pa.types.is_temporal(kind):
        name = "date" if pa.types.is_date(kind) else "time" if pa.types.is_time(kind) else "moment"
        return lambda sheet, row, number, value: sheet.write_datetime(
            row, number, value, formats[name]
        )
    return lambda sheet, row, number, value: sheet.write_number(row, number, value)


def _values(values: pa.ChunkedArray, column: Column) -> list[Any]:
    """Return what cells hold: Python's values, text for what Excel would change."""
    kind = arrow_type(column.storage)
    whole = values.combine_chunks()
    plain = (
        whole.to_pylist() if not _as_text(kind) else text_cells(whole, column, SQLITE).to_pylist()
    )
    if pa.types.is_floating(kind):
        return [
            value if value is None or abs(value) < float("inf") else str(value) for value in plain
        ]
    if pa.types.is_integer(kind):
        return [value if value is None or abs(value) <= _EXACT else str(value) for value in plain]
    if pa.types.is_decimal(kind):
        return [_decimal(value) for value in plain]
    if pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and not _as_text(kind)):
        return [_moment(value) for value in plain]
    return list(plain)


def _as_text(kind: pa.DataType) -> bool:
    zoned = pa.types.is_timestamp(kind) and (kind.tz or kind.unit == "ns")
    return bool(zoned or pa.types.is_binary(kind))


def _decimal(value: Decimal | None) -> float | str | None:
    if value is None:
        return None
    return float(value) if len(value.as_tuple().digits) <= _DIGITS else f"{value:f}"


def _moment(value: Any) -> Any:
    """Return a moment that Excel has, or its text; a cell holds milliseconds."""
    if value is None:
        return None
    full = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    if not _FIRST_DAY <= full <= _LAST_DAY or full.microsecond % 1000:
        return str(value)
    return value
