"""A declared schema and the types found in the data, made one.

A declaration says what it says; the data says the rest: storages, formats, which columns have
gaps. SDV's metadata, for one, declares no storages at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from synthkit.errors import DataError, near_matches
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.storage import arrow_type
from synthkit.schema.text.layout import layout_of

__all__ = ["merge"]


def merge(
    declared: Schema, typed: Sequence[Table], file: str | None = None
) -> tuple[Schema, tuple[str, ...]]:
    """Return the declared schema with what it leaves open filled from the data, and notices.

    Keys, foreign keys, kinds, PII and rules are those of ``declared``. Storage, format and
    nullability are those of ``typed`` where the declaration does not give them. Columns stand in
    the order of the data. A table that only the data has is left out, with a notice.

    Args:
        declared: as a schema file says it.
        typed: the tables of the data, with the types found in them.
        file: the schema file's name, for errors.

    Raises:
        DataError: a declared table is not in the data, or a column is on one side only.
    """
    found = {table.name: table for table in typed}
    declared = _named_after_data(declared, found)
    for name in declared.table_names:
        if name not in found:
            raise DataError(
                f"table {name!r} is declared, but there is no data of it",
                hint=near_matches(name, found),
                file=file,
            )
    merged = declared.model_copy(
        update={
            "tables": tuple(
                _merge_table(table, found[table.name], file) for table in declared.tables
            )
        }
    )
    return merged, tuple(
        f"Table {name!r} is left out, as the schema file does not name it."
        for name in found
        if name not in declared
    )


def _named_after_data(declared: Schema, found: dict[str, Table]) -> Schema:
    """Give the table of a single-table file, which has no name, the name of the only data."""
    if not declared.sdv.get("single_table") or len(found) != 1 or len(declared.tables) != 1:
        return declared
    renamed = declared.tables[0].model_copy(update={"name": next(iter(found))})
    return declared.model_copy(update={"tables": (renamed,)})


def _merge_table(declared: Table, typed: Table, file: str | None) -> Table:
    by_name = {column.name: column for column in declared.columns}
    source = file or "the schema"
    for names, others, what in (
        (declared.column_names, typed.column_names, f"{source} declares it, but it has no data"),
        (typed.column_names, declared.column_names, f"it has data, but {source} lacks it"),
    ):
        for name in names:
            if name not in others:
                raise DataError(
                    what,
                    hint=near_matches(name, [other for other in others if other not in names]),
                    table=declared.name,
                    column=name,
                )
    columns = [_merge_column(by_name[column.name], column) for column in typed.columns]
    return declared.model_copy(update={"columns": tuple(columns)})


def _merge_column(declared: Column, typed: Column) -> Column:
    given = declared.model_fields_set
    storage = declared.storage if "storage" in given else typed.storage
    return Column(
        name=declared.name,
        sdtype=declared.sdtype if "sdtype" in given else typed.sdtype,
        storage=storage,
        format=_form(declared, typed, storage),
        nullable=declared.nullable if "nullable" in given else typed.nullable,
        pii=declared.pii if "pii" in given else typed.pii,
        sdv=_sdv(declared, storage),
    )


def _form(declared: Column, typed: Column, storage: str) -> str | None:
    """Return the declared format where the storage has such a form, else that of the data."""
    if "format" in declared.model_fields_set:
        fits = "storage" in declared.model_fields_set or _is_form(declared.format, storage)
        if fits:
            return declared.format
    return typed.format if storage == typed.storage else None


def _is_form(form: str | None, storage: str) -> bool:
    """Say whether a form of dates is one for this storage; SDV declares it without a storage."""
    if form is None:
        return True
    if not pa.types.is_temporal(arrow_type(storage)):
        return "%" not in form
    try:
        layout_of(form)
    except ValueError:
        return False
    return True


def _sdv(declared: Column, storage: str) -> dict[str, object]:
    """Keep a declared format of dates for SDV where the storage found in the data has none."""
    if declared.sdtype == "datetime" and declared.format and not _is_form(declared.format, storage):
        return {**declared.sdv, "datetime_format": declared.format}
    return declared.sdv
