"""Reads rows that a sample shall have: files and frames with some columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import DataError, UsageError, near_matches
from synthkit.schema import Schema, Table
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse

__all__ = ["Given", "named_given", "read_given"]

Given = Any
"""A frame (pandas or Arrow) or the path of a file of the main table, or a mapping of them by
table; in texts ``customers=roots.csv`` names the table."""


def named_given(schema: Schema, main: str, given: Given) -> dict[str, Any]:
    """Return the frames and paths that are given by table. `UsageError` for one given twice."""
    if isinstance(given, Mapping):
        return dict(given)
    named: dict[str, Any] = {}
    for each in given if isinstance(given, list | tuple) else [given]:
        name, content = _named(schema, main, each)
        if name in named:
            raise UsageError(f"Rows of {name!r} are given twice.", hint="Put them in one file.")
        named[name] = content
    return named


def read_given(schema: Schema, main: str, given: Given) -> dict[str, pa.Table]:
    """Return given rows by table, each column in the storage of the schema.

    Raises `UsageError` for tables and columns that there are not, `DataError` for cells that do
    not fit their column and for keys that are missing or repeated.
    """
    named = named_given(schema, main, given).items()
    return {name: _rows(schema.table(name), content) for name, content in named}


def _named(schema: Schema, main: str, given: Any) -> tuple[str, Any]:
    if isinstance(given, str):
        name, equals, path = given.partition("=")
        if equals and not Path(given).exists():
            return schema.table(name).name, path
    return main, given


def _rows(table: Table, content: Any) -> pa.Table:
    data = _read(content) if isinstance(content, str | Path) else _framed(table, content)
    unknown = [name for name in data.column_names if name not in table.column_names]
    if unknown:
        raise UsageError(
            f"Table {table.name!r} has no column {unknown[0]!r}, which the given rows have.",
            hint=near_matches(unknown[0], table.column_names),
        )
    if not data.num_rows or not data.num_columns:
        raise UsageError(
            f"There are no rows given for {table.name!r}.",
            hint="Give a file with a header and at least one row.",
        )
    if len(set(data.column_names)) < data.num_columns:
        raise UsageError(
            f"The rows given for {table.name!r} have two columns of one name.",
            hint="Give every column once.",
        )
    columns = {name: _column(table, name, data.column(name)) for name in data.column_names}
    _check_keys(table, columns)
    return pa.table({name: columns[name] for name in table.column_names if name in columns})


def _read(path: str | Path) -> pa.Table:
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", hint="Give a CSV or Parquet file.")
    try:
        if file.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            return pq.read_table(file)
        from pyarrow import csv

        with csv.open_csv(file) as reader:
            names = reader.schema.names
        text = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        return csv.read_csv(
            file,
            convert_options=text,
            parse_options=csv.ParseOptions(newlines_in_values=True),
        )
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            "the rows cannot be read.",
            hint="Give a CSV file with commas and a header, in UTF-8, or a Parquet file.",
            file=str(file),
        ) from error


def _framed(table: Table, content: Any) -> pa.Table:
    if isinstance(content, pa.Table):
        return content
    try:
        return pa.Table.from_pandas(content, preserve_index=False)
    except (AttributeError, TypeError, ValueError, pa.ArrowInvalid) as error:
        raise UsageError(
            f"The rows given for {table.name!r} are no frame.",
            hint="Give a pandas frame, an Arrow table, or the path of a CSV or Parquet file.",
        ) from error


def _column(table: Table, name: str, cells: pa.ChunkedArray) -> pa.Array:
    column = table.column(name)
    kind = arrow_type(column.storage)
    try:
        if pa.types.is_string(cells.type) and not pa.types.is_string(kind):
            made = parse(cells, column)
        else:
            made = cells.cast(kind).combine_chunks()
    except TextError as error:
        raise DataError(
            f"the cell is not {error.expected}.",
            hint="Write it as in the data that was learned.",
            table=table.name,
            row=error.index + 1,
            column=name,
        ) from None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError(
            f"the given cells do not fit, the column holds {kind}.",
            hint="Write them as in the data that was learned.",
            table=table.name,
            column=name,
        ) from None
    return made


def _check_keys(table: Table, columns: Mapping[str, pa.Array]) -> None:
    for key in (*((table.primary_key,) if table.primary_key else ()), *table.alternate_keys):
        if not set(key) <= set(columns):
            continue
        rows = pa.table({name: columns[name] for name in key})
        missing = [columns[name].null_count for name in key if key == table.primary_key]
        if any(missing) or _repeated(rows):
            raise DataError(
                f"the given rows repeat the key ({', '.join(key)}) or leave it empty.",
                hint="Make it unique, or leave it out to have it made anew.",
                table=table.name,
            )


def _repeated(rows: pa.Table) -> bool:
    present = rows.filter(_all_valid(rows))
    return bool(present.group_by(present.column_names).aggregate([]).num_rows < present.num_rows)


def _all_valid(rows: pa.Table) -> pa.ChunkedArray:
    valid = pc.is_valid(rows.column(0))
    for column in rows.columns[1:]:
        valid = pc.and_(valid, pc.is_valid(column))
    return valid
