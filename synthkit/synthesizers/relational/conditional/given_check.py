"""Checks given rows before anything is drawn: columns, keys, references and rules."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.errors import DataError, UsageError
from synthkit.schema import ForeignKey, Schema
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.conditional.restrictions import source_of
from synthkit.synthesizers.relational.knowledge import Knowledge

__all__ = ["check_given"]


def check_given(model: Knowledge, table: str, data: pa.Table) -> None:
    """Raise `UsageError` for columns that cannot be given, `DataError` for rows that cannot be."""
    roles = model.profile.roles(table)
    for name in data.column_names:
        keys = [key for key in model.schema.foreign_keys_of(table) if name in key.columns]
        if name in roles.unique and not keys:
            _check_unique(table, name, data.column(name))
        elif name in roles.made:
            raise UsageError(
                f"{table}.{name} is a part of a key that is made anew with its other parts.",
                hint="Leave the column out of the given rows.",
            )
        elif (table, name) not in model.replaced or table in model.profile.fixed:
            source_of(model, table, name)
            for key in keys:
                _check_reference(model, key, data)
    _check_rules(model.schema, table, data)


def _check_unique(table: str, name: str, cells: pa.ChunkedArray) -> None:
    if cells.null_count or pc.count_distinct(cells).as_py() < len(cells):
        raise DataError(
            "the given rows repeat this key, or leave it empty.",
            hint="Make it unique, or leave it out to have it made anew.",
            table=table,
            column=name,
        )


def _check_reference(model: Knowledge, key: ForeignKey, data: pa.Table) -> None:
    if len(key.columns) > 1:
        raise UsageError(
            f"{key} has several columns, which cannot be given.",
            hint="Leave its columns out of the given rows.",
        )
    cells = data.column(key.columns[0])
    known = model.profile.fixed[key.parent].column(key.parent_columns[0]).combine_chunks()
    unknown = pc.and_(pc.is_valid(cells), pc.invert(pc.is_in(cells, value_set=known)))
    if pc.any(unknown).as_py():
        raise DataError(
            f"a given row points at no row of {key.parent!r}.",
            hint=f"Give keys that {key.parent!r} has.",
            table=key.table,
            row=int(pc.index(unknown, True).as_py()) + 1,
            column=key.columns[0],
        )


def _check_rules(schema: Schema, table: str, data: pa.Table) -> None:
    """Check the rules whose columns are all given."""
    described = schema.table(table)
    given = {(table, name) for name in data.column_names}
    columns = tuple(column for column in described.columns if (table, column.name) in given)
    alone = described.model_copy(
        update={"columns": columns, "primary_key": None, "alternate_keys": ()}
    )
    rules = tuple(rule for rule in schema.rules if set(rule.touches()) <= given)
    part = Schema(tables=(alone,), rules=rules)
    found = validate(part, Dataset.in_memory(part, {table: data}).chunks)
    broken = next((each for each in found.violations if each.count), None)
    if broken is not None:
        raise DataError(
            f"the given rows break a rule of the data: {broken}.",
            hint="Correct them, or leave a column out to have it drawn.",
            table=table,
            row=broken.rows[0] if broken.rows else None,
        )
