"""The schema of a recipe: tables, keys, and the rules that hold by the way rows are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from synthkit.generators.recipes.conversions import check_conversion
from synthkit.generators.recipes.fields import Parameter, Read
from synthkit.generators.recipes.maker import Scope
from synthkit.generators.recipes.makers.computed import Copy, Formula
from synthkit.generators.recipes.makers.relations import References
from synthkit.generators.recipes.makers.times import Time
from synthkit.generators.recipes.model import ColumnRecipe, Recipe, TableRecipe
from synthkit.schema import (
    Column,
    Equality,
    ForeignKey,
    Inequality,
    Range,
    Rule,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema import Formula as FormulaRule
from synthkit.schema.formulas import is_plain, names, written
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["schema_of"]


def schema_of(recipe: Recipe) -> Schema:
    """Return the schema of a recipe, with the tables outside that it points at."""
    return Schema(
        tables=(
            *(_table(recipe, table) for table in recipe.tables.values()),
            *recipe.outside.values(),
        ),
        foreign_keys=tuple(
            key for table in recipe.tables.values() for key in _foreign_keys(recipe, table)
        ),
        rules=tuple(rule for table in recipe.tables.values() for rule in _rules(recipe, table)),
    )


def _table(recipe: Recipe, table: TableRecipe) -> Table:
    scope = Scope(recipe, table)
    columns = []
    for column in table.columns.values():
        kind = column.kind(scope)
        check_conversion(scope, column)
        columns.append(
            Column(
                name=column.name,
                sdtype=kind.sdtype,
                storage=kind.storage,
                format=kind.format,
                nullable=_nullable(recipe, table, column),
                pii=kind.pii,
            )
        )
    others = tuple(key for key in table.keys if key != table.key)
    return Table(
        name=table.name,
        columns=tuple(columns),
        primary_key=table.key or None,
        alternate_keys=tuple(
            key for key in others if not any(columns_null(recipe, table, name) for name in key)
        ),
        reference=table.reference,
    )


def columns_null(recipe: Recipe, table: TableRecipe, name: str) -> bool:
    """Say whether a column of a table may be null."""
    return _nullable(recipe, table, table.columns[name])


def _nullable(recipe: Recipe, table: TableRecipe, column: ColumnRecipe) -> bool:
    """Say whether a column may be null: keys and what counts up may not, others if it is asked."""
    if column.name in table.key:
        return False
    if column.nulls is not None:
        return True
    maker = column.maker
    if maker.NAME in ("tree", "case", "mean", "least", "greatest", "hook", "formula"):
        return maker.NAME != "formula" or _formula_null(recipe, table, column)
    if isinstance(maker, References):
        return False
    if maker.NAME in ("choice", "constant") and None in getattr(maker, "weights", ()):
        return True
    if maker.NAME == "constant":
        return getattr(maker, "value", 0) is None
    reads = maker.reads() if isinstance(maker, Time) else column.reads()
    if isinstance(maker, Time):  # a bound that nothing is pointed at for is none
        reads = tuple(read for read in reads if read.via is None)
    return any(_read_null(recipe, table, read) for read in reads if read.column)


def _formula_null(recipe: Recipe, table: TableRecipe, column: ColumnRecipe) -> bool:
    maker = column.maker
    assert isinstance(maker, Formula)
    safe = is_plain(maker.expression) and "/" not in written("x", maker.expression)
    return not safe or any(_read_null(recipe, table, read) for read in column.reads())


def _read_null(recipe: Recipe, table: TableRecipe, read: Read) -> bool:
    if read.child is not None:
        return False
    target = recipe.table_of(table, read)
    if read.via is not None and _nullable(recipe, table, table.columns[read.via]):
        return True
    if target in recipe.outside:
        return recipe.outside[target].column(read.column).nullable
    other = recipe.tables[target]
    return _nullable(recipe, other, other.columns[read.column])


def _foreign_keys(recipe: Recipe, table: TableRecipe) -> Iterator[ForeignKey]:
    for column, maker in table.references:
        key = recipe.key_of(maker.table)
        yield ForeignKey(
            table=table.name,
            columns=(column.name,),
            parent=maker.table,
            parent_columns=(key,),
            unique=column.unique or (maker.per_parent is not None and maker.per_parent.high == 1),
        )
    for column, _ in table.trees:
        yield ForeignKey(
            table=table.name,
            columns=(column.name,),
            parent=table.name,
            parent_columns=(recipe.key_of(table.name),),
        )


def _rules(recipe: Recipe, table: TableRecipe) -> Iterator[Rule]:
    for key in table.keys:
        if key != table.key and any(columns_null(recipe, table, name) for name in key):
            yield UniqueTogether(table=table.name, columns=key)
    scope = Scope(recipe, table)
    for column in table.columns.values():
        yield from _bounds(scope, column)
        maker = column.maker
        if isinstance(maker, Formula):
            yield from _formula_rule(scope, column, maker)
        elif (
            isinstance(maker, Copy)
            and not column.nulls
            and _is_rule_parent(recipe, table, maker.source)
        ):
            yield _equality(recipe, table, column, maker.source)
        elif isinstance(maker, Time) and not (maker.after or maker.before):
            low, high = (_iso(each, column.type) for each in (maker.rhythm.start, maker.rhythm.end))
            yield Range(table=table.name, column=column.name, low=low, high=high)
        elif isinstance(maker, Time):
            for after, reads in ((True, maker.after), (False, maker.before)):
                for read in reads:
                    yield from _inequality(scope, column, read, above=after)


def _iso(moment: int, kind: str | None) -> str:
    """Return microseconds since 1970 as ISO 8601 text, of a day where the column holds days."""
    written = str(np.datetime64(moment, "us").astype("datetime64[s]"))
    return written[:10] if kind == "date" else written.replace("T", " ")


def _bounds(scope: Scope, column: ColumnRecipe) -> Iterator[Rule]:
    fixed: dict[str, Any] = {
        name: bound.fixed
        for name, bound in (("low", column.low), ("high", column.high))
        if isinstance(bound, Parameter) and bound.fixed is not None
    }
    if fixed:
        yield Range(table=scope.table.name, column=column.name, **fixed)
    if isinstance(column.low, Read):
        yield from _inequality(scope, column, column.low, above=True)
    if isinstance(column.high, Read):
        yield from _inequality(scope, column, column.high, above=False)


def _formula_rule(scope: Scope, column: ColumnRecipe, maker: Formula) -> Iterator[Rule]:
    """Yield the rule of a formula over the row's own columns that nothing bends afterwards."""
    reads = names(maker.expression)
    own = all(each in scope.table.columns for each in reads)
    if not (reads and own and is_plain(maker.expression)) or column.low or column.high:
        return
    kinds = [scope.table.columns[each].kind(scope) for each in (*reads, column.name)]
    if all(each.sdtype == "numerical" or each.storage == "int64" for each in kinds):
        scale = scale_of(arrow_type(kinds[-1].storage))
        text = written(column.name, maker.expression)
        yield FormulaRule(table=scope.table.name, formula=text, decimals=scale)


def _is_rule_parent(recipe: Recipe, table: TableRecipe, read: Read) -> bool:
    """Say whether a column of the row that is pointed at can stand in a rule."""
    return read.via is None or recipe.table_of(table, read) != table.name


def _equality(recipe: Recipe, table: TableRecipe, column: ColumnRecipe, read: Read) -> Rule:
    if read.via is None:
        return Equality(table=table.name, column=column.name, equals=read.column)
    return Equality(
        table=table.name,
        column=column.name,
        equals=read.column,
        parent=recipe.table_of(table, read),
        foreign_key=(read.via,),
    )


def _inequality(scope: Scope, column: ColumnRecipe, read: Read, *, above: bool) -> Iterator[Rule]:
    """Yield that a column lies above (or below) another of the same type."""
    own, other = column.kind(scope), scope.kind_of(read)
    alike = own.storage == other.storage or {own.sdtype, other.sdtype} <= {"numerical", "id"}
    if not alike or not _is_rule_parent(scope.recipe, scope.table, read):
        return
    low, high = (read.column, column.name) if above else (column.name, read.column)
    if read.via is None:
        yield Inequality(table=scope.table.name, low=low, high=high)
        return
    yield Inequality(
        table=scope.table.name,
        low=low,
        high=high,
        parent=scope.recipe.table_of(scope.table, read),
        parent_side="low" if above else "high",
        foreign_key=(read.via,),
    )
