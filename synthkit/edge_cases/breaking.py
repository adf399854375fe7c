"""Cases that break the schema, each in one way, so that exactly their rows are found broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.edge_cases.case import Case, Donors, Usage, fixed
from synthkit.edge_cases.misfits import misfits
from synthkit.edge_cases.values import ColumnChecks, beyond, comes_back, too_precise, typed
from synthkit.schema import Column, Schema, Table
from synthkit.schema.rules import (
    Balance,
    Dependency,
    Equality,
    Formula,
    Inequality,
    Rule,
    UniqueTogether,
)
from synthkit.schema.storage import arrow_type

__all__ = ["breaking_cases"]

_FORMLESS = "edge case: no value of this form"


def breaking_cases(
    schema: Schema, table: Table, usage: Usage, donors: Donors, *, mixed: bool
) -> Iterator[Case]:
    """Yield the cases of a table that break its schema; with ``mixed``, text that is no value too.

    Only columns are touched that nothing else speaks of, so that no other row, key or rule breaks.
    """
    yield from _broken_columns(schema, table, usage)
    if mixed:
        yield from _wrong_types(table, usage)
    yield from _broken_keys(schema, table, usage, donors)
    for rule in schema.rules:
        if rule.table == table.name:
            yield from _broken_rule(schema, rule, table, usage, donors)


def _broken_columns(schema: Schema, table: Table, usage: Usage) -> Iterator[Case]:
    checks = ColumnChecks(schema, table)
    for column in table.columns:
        name = (column.name,)
        if not usage.free(table.name, column.name):
            continue
        if not column.nullable:
            yield Case("not_null", name, fixed({column.name: None}), valid=False)
        for value in beyond(schema, table, column):
            yield Case("range", name, fixed({column.name: value}), valid=False)
        for value in too_precise(schema, table, column):
            yield Case("decimal_places", name, fixed({column.name: value}), valid=False)
        text = typed(_FORMLESS, column) if column.storage == "string" else None
        if text is not None and not checks.allow(column.name, text):
            yield Case("form", name, fixed({column.name: text}), valid=False)


def _wrong_types(table: Table, usage: Usage) -> Iterator[Case]:
    for column in table.columns:
        for text in misfits(column) if usage.free(table.name, column.name) else ():
            make = fixed({column.name: text})
            yield Case("type", (column.name,), make, valid=False, is_text=True)


def _broken_rule(
    schema: Schema, rule: Rule, table: Table, usage: Usage, donors: Donors
) -> Iterator[Case]:
    if isinstance(rule, UniqueTogether) and usage.only(table.name, rule.columns):
        yield _copied("unique", rule.columns, donors)
    elif isinstance(rule, Dependency):
        names = (*rule.determinant, rule.dependent)
        if usage.only(table.name, names) and table.column(rule.dependent).storage == "string":
            yield _other_dependent(rule, donors)
    elif isinstance(rule, Inequality) and rule.parent is None:
        yield from _disordered(table, rule, usage)
    elif isinstance(rule, Inequality):
        yield from _against_parent(schema, table, rule, usage)
    elif isinstance(rule, Balance):
        yield from _unbalanced(table, rule, usage)
    elif isinstance(rule, Formula) and usage.only(table.name, (rule.column,)):
        yield _shifted("formula", table.column(rule.column), rule.operands)
    elif isinstance(rule, Equality) and usage.only(table.name, (rule.column,)):
        yield _shifted("equality", table.column(rule.column), rule.foreign_key)


def _broken_keys(schema: Schema, table: Table, usage: Usage, donors: Donors) -> Iterator[Case]:
    keys = [*([table.primary_key] if table.primary_key else []), *table.alternate_keys]
    for key in keys:
        if usage.only(table.name, key):
            yield _copied("duplicate", key, donors)
            yield Case("not_null", (key[0],), fixed({key[0]: None}), valid=False)
    for foreign in schema.foreign_keys_of(table.name):
        names = foreign.columns
        if not usage.only(table.name, names):
            continue
        yield _orphan([table.column(name) for name in names])
        if not table.column(names[0]).nullable:
            yield Case("not_null", (names[0],), fixed({names[0]: None}), valid=False)
        if foreign.unique:
            yield _copied("shared_parent", names, donors)
        if foreign.is_self_reference:
            yield _own_parent(names, foreign.parent_columns)


def _orphan(columns: Sequence[Column]) -> Case:
    names = tuple(column.name for column in columns)

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del block, row
        made = {}
        for column in columns:
            text = column.storage == "string"
            value = typed(f"no such row {number}" if text else 2**31 - 1 - number, column)
            if value is None:
                return None
            made[column.name] = value.as_py()
        return made

    return Case("orphan", names, make, valid=False)


def _own_parent(names: tuple[str, ...], above: tuple[str, ...]) -> Case:
    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del number
        own = {name: block[other][row].as_py() for name, other in zip(names, above, strict=True)}
        return None if None in own.values() else own

    return Case("circle", names, make, valid=False)


def _copied(kind: str, names: tuple[str, ...], donors: Donors) -> Case:
    return Case(kind, names, donors.copied(names), valid=False)


def _other_dependent(rule: Dependency, donors: Donors) -> Case:
    copied = donors.copied(rule.determinant)

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        values = copied(block, row, number)
        return None if values is None else {**values, rule.dependent: f"edge case {number}"}

    return Case("dependency", (*rule.determinant, rule.dependent), make, valid=False)


def _disordered(table: Table, rule: Inequality, usage: Usage) -> Iterator[Case]:
    """Yield a case per side that no other rule speaks of: it is set beyond the other one."""
    sides = ((rule.high, rule.low, -1), (rule.low, rule.high, 1))
    for name, other, sign in sides:
        column = table.column(name)
        if usage.only(table.name, (name,)) and not usage.ranged(table.name, name):

            def make(
                block: pa.Table,
                row: int,
                number: int,
                column: Column = column,
                other: str = other,
                sign: int = sign,
            ) -> dict[str, Any] | None:
                del number
                return _moved(block[other][row].as_py(), column, sign)

            yield Case("inequality", (name,), make, valid=False)


def _against_parent(schema: Schema, table: Table, rule: Inequality, usage: Usage) -> Iterator[Case]:
    """Yield a case for dates: the first or last that is no mistake, where the row has a parent."""
    name, last = (rule.low, True) if rule.parent_side == "high" else (rule.high, False)
    other = schema.table(str(rule.parent)).column(rule.high if last else rule.low)
    column = table.column(name)
    kind = arrow_type(column.storage)
    dated = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
    if not dated or other.nullable or usage.ranged(table.name, name):
        return
    day = "9999-12-31" if last else "1000-01-01"
    value = typed(dt.date.fromisoformat(day), column)
    if pa.types.is_timestamp(kind):
        value = typed(dt.datetime.fromisoformat(day), column)
    if value is None or not usage.only(table.name, (name,)) or not comes_back(value, column):
        return

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del number
        owner = [block[each][row].as_py() for each in rule.foreign_key]
        return None if None in owner else {name: value.as_py()}

    yield Case("inequality", (name,), make, valid=False)


def _unbalanced(table: Table, rule: Balance, usage: Usage) -> Iterator[Case]:
    """Yield a case that changes what is added or taken away, so that one row alone is wrong.

    It must not be the first row of its account, of which a balance asks nothing.
    """
    changed = rule.adds or rule.subtracts
    if changed is None or not usage.only(table.name, (changed,)):
        return
    column = table.column(changed)

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del number
        if block[rule.column][row].as_py() is None:
            return None
        before = block.slice(0, row) if rule.order is None else block
        for name in rule.per:
            before = before.filter(pc.equal(before[name], block[name][row]))
        if rule.order is not None:
            before = before.filter(pc.less(before[rule.order], block[rule.order][row]))
        if not before.num_rows or before[rule.column].null_count:
            return None
        return _moved(block[changed][row].as_py(), column, 1)

    yield Case("balance", (changed,), make, valid=False)


def _shifted(kind: str, column: Column, needed: tuple[str, ...]) -> Case:
    """Return a case that adds a step to a value, where it and what it depends on are there."""

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del number
        if any(block[name][row].as_py() is None for name in needed):
            return None
        return _moved(block[column.name][row].as_py(), column, 1)

    return Case(kind, (column.name,), make, valid=False)


def _moved(value: Any, column: Column, sign: int) -> dict[str, Any] | None:
    """Return a value moved by a clear step, or None where it cannot be."""
    if value is None:
        return None
    if isinstance(value, str):
        return {column.name: f"{value} (edge case)"}
    steps: Mapping[type, Any] = {
        int: 1,
        float: 1.0,
        Decimal: Decimal(1),
        dt.date: dt.timedelta(days=1),
        dt.datetime: dt.timedelta(days=1),
    }
    step = steps.get(type(value))
    if step is None:
        return None
    try:
        moved = typed(value + sign * step, column)
    except OverflowError:
        return None
    return None if moved is None or moved.as_py() == value else {column.name: moved.as_py()}
