"""A declared schema and the types found in the data, made one.

A declaration says what it says; the data says the rest: storages, formats, which columns have
gaps. SDV's metadata, for one, declares no storages at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from synthkit.errors import DataError, near_matches
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.storage import arrow_type

__all__ = ["Departure", "declared_forms", "matched", "merge", "settled_columns"]

_PARTS = re.compile(r"%[-^]?([YymbBd])")
_SAME = {"y": "Y", "b": "m", "B": "m"}


@dataclass(frozen=True)
class Departure:
    """A difference between declaration and data that is tolerated: where, what, how treated."""

    subject: str
    message: str
    treatment: str


def matched(declared: Schema, tables: Sequence[str], file: str | None = None) -> Schema:
    """Return a declared schema whose tables are all among those of the data.

    The table of a single-table file, which has no name, takes the name of the only data.

    Args:
        declared: as a schema file says it.
        tables: names of the tables of the data.
        file: the schema file, for errors.

    Raises:
        DataError: a declared table is not in the data.
    """
    if declared.sdv.get("single_table") and len(tables) == len(declared.tables) == 1:
        renamed = declared.tables[0].model_copy(update={"name": tables[0]})
        return declared.model_copy(update={"tables": (renamed,)})
    for name in declared.table_names:
        if name not in tables:
            raise DataError(
                f"declares the table {name!r}, of which there is no data",
                hint=f"Add it, or take the table out. {near_matches(name, tables)}",
                file=file,
            )
    return declared


def settled_columns(declared: Table) -> dict[str, Column]:
    """Return the columns whose storage is declared: what else they leave out has its default."""
    return {
        column.name: column for column in declared.columns if "storage" in column.model_fields_set
    }


def declared_forms(declared: Table) -> dict[str, str]:
    """Return the forms of dates by column that are declared without a storage, as SDV does."""
    return {
        column.name: column.format
        for column in declared.columns
        if column.format
        and _is_of_dates(column.format)
        and "storage" not in column.model_fields_set
    }


def merge(
    declared: Schema, typed: Sequence[Table], file: str | None = None
) -> tuple[Schema, tuple[Departure, ...]]:
    """Return the declared schema with what it leaves open filled from the data.

    Keys, foreign keys, kinds and rules are those of ``declared``; storage, format, nullability
    and PII are those of ``typed`` where the declaration does not give them. Tables stand in the
    order of the declaration and columns in that of the data. Tables and columns that only the
    data has are taken as they are.

    Args:
        declared: as a schema file says it, `matched` with the data.
        typed: the tables of the data, with the types found in them; `settled_columns` as they
            are declared, and `declared_forms` preferred where the values have them.
        file: the schema file, for errors.

    Raises:
        DataError: a declared table or column is not in the data.
    """
    declared = matched(declared, [table.name for table in typed], file)
    source = file or "the schema"
    found = {table.name: table for table in typed}
    tables = [_merge_table(table, found[table.name], source) for table in declared.tables]
    extra = [table for table in typed if table.name not in declared]
    merged = declared.model_copy(update={"tables": (*tables, *extra)})
    departures = [
        departure
        for table in typed
        for departure in (
            _departures(declared.table(table.name), table, source)
            if table.name in declared
            else [_undeclared(table.name, f"a table that {source} does not declare")]
        )
    ]
    return merged, tuple(departures)


def _merge_table(declared: Table, typed: Table, source: str) -> Table:
    for name in declared.column_names:
        if name not in typed.column_names:
            raise DataError(
                f"{source} declares this column, the data does not have it",
                hint=near_matches(name, typed.column_names),
                table=declared.name,
                column=name,
            )
    by_name = {column.name: column for column in declared.columns}
    columns = [
        _merge_column(by_name[column.name], column) if column.name in by_name else column
        for column in typed.columns
    ]
    return declared.model_copy(update={"columns": tuple(columns)})


def _merge_column(declared: Column, typed: Column) -> Column:
    given = declared.model_fields_set
    if "storage" in given:
        return declared
    update: dict[str, object] = {
        name: getattr(typed, name)
        for name in ("sdtype", "storage", "nullable")
        if name not in given
    }
    same_kind = "sdtype" not in given or declared.sdtype == typed.sdtype
    if "pii" not in given and same_kind:
        update["pii"] = typed.pii
    temporal = pa.types.is_temporal(arrow_type(typed.storage))
    if "format" not in given or temporal or _is_of_dates(declared.format):
        # Forms of dates were tried where the values were looked at, so the one found holds.
        update["format"] = typed.format
    if declared.sdtype == "datetime" and declared.format and declared.format != typed.format:
        # SDV's own form of the dates: kept for SDV, the data has the one found.
        update["sdv"] = {**declared.sdv, "datetime_format": declared.format}
    return declared.model_copy(update=update)


def _is_of_dates(form: str | None) -> bool:
    """Say whether a form is one of dates; that of numbers has braces, and maybe a percent sign."""
    return form is not None and "%" in form and "{" not in form


def _departures(declared: Table, typed: Table, source: str) -> Iterable[Departure]:
    forms = declared_forms(declared)
    for column in typed.columns:
        subject = f"{typed.name}.{column.name}"
        if column.name not in declared.column_names:
            yield _undeclared(subject, f"a column that {source} does not declare")
        elif column.name in forms and not _fits(forms[column.name], column):
            held = f"{column.storage} in the form {column.format}"
            yield Departure(
                subject,
                f"values that do not have the form {forms[column.name]} that {source} declares",
                f"They are read as {held if column.format else column.storage}.",
            )


def _undeclared(subject: str, message: str) -> Departure:
    return Departure(subject, message, "It is read with the types found in it.")


def _fits(form: str, typed: Column) -> bool:
    """Say whether the dates found are those declared; SDV's forms know no padding.

    Numbers are dates to SDV, and stay numbers.
    """
    if typed.storage in ("int64", "uint64", "double"):
        return True
    return typed.format is not None and _order(form) == _order(typed.format)


def _order(form: str) -> list[str]:
    """Return in which order a form has the year, month and day."""
    return [_SAME.get(code, code) for code in _PARTS.findall(form)]
