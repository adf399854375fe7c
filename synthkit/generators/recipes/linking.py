"""Fits a recipe to what is generated together: tables outside are there, or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthkit.generators.recipes.fields import Read
from synthkit.generators.recipes.makers.relations import References
from synthkit.generators.recipes.makers.texts import Sequence
from synthkit.generators.recipes.model import ColumnRecipe, Recipe, TableRecipe
from synthkit.schema import Table

__all__ = ["linked"]


def linked(recipe: Recipe, outside: Mapping[str, Table]) -> Recipe:
    """Return a recipe in which the tables ``outside`` are there, and no others.

    A column that points at one that is not, or that is made from such a column, is made as its
    `alone` says, or left out.
    """
    present = {name: outside[name] for name in recipe.wanted if name in outside}
    tables = {name: _fitted(table, recipe, present) for name, table in recipe.tables.items()}
    return replace(recipe, tables=tables, outside=present)


def _fitted(table: TableRecipe, recipe: Recipe, present: Mapping[str, Table]) -> TableRecipe:
    columns = dict(table.columns)
    absent = set(recipe.wanted) - set(present)
    while True:
        gone = [each for each in columns.values() if _is_gone(each, columns, absent)]
        if not gone:
            break
        for column in gone:
            if column.alone is not None:
                columns[column.name] = column.alone
            else:
                del columns[column.name]
    owner = next((each for each in columns.values() if _hangs(each)), None)
    rows = table.rows if owner is None else None
    if rows is not None and rows.of in absent:
        rows = replace(rows, count=max(1000, rows.low), of=None)
    return replace(
        table,
        columns=columns,
        rows=rows,
        key=table.key if all(each in columns for each in table.key) else (),
        unique=tuple(key for key in table.unique if all(each in columns for each in key)),
    )


def _hangs(column: ColumnRecipe) -> bool:
    return isinstance(column.maker, References) and column.maker.per_parent is not None


def _is_gone(column: ColumnRecipe, columns: Mapping[str, ColumnRecipe], absent: set[str]) -> bool:
    maker = column.maker
    if isinstance(maker, References) and maker.table in absent:
        return True
    within = maker.within if isinstance(maker, Sequence) else None
    return any(not _is_there(read, columns) for read in column.reads()) or (
        within is not None and within not in columns
    )


def _is_there(read: Read, columns: Mapping[str, ColumnRecipe]) -> bool:
    if read.child is not None:
        return True
    if read.via is None:
        return read.column in columns
    return (read.via in columns and isinstance(columns[read.via].maker, References)) or (
        read.via in columns and hasattr(columns[read.via].maker, "within")
    )
