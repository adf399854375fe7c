"""Rules as check constraints: those that speak of one row and compare like with like."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from synthkit.export.sql.dialects import Dialect
from synthkit.schema import Column, Schema, Table
from synthkit.schema.formulas import Expression, Name, Number, Operation
from synthkit.schema.rules import Equality, Formula, Inequality, Range, Rule
from synthkit.schema.storage import arrow_type, scale_of
from synthkit.schema.text import render
from synthkit.schema.validate.bounds import read_bound

__all__ = ["checks_of"]

_ROUNDED = 1e-12
"""Relative error of doubles that validation allows too; see `synthkit.schema.formulas`."""


def checks_of(schema: Schema, table: str, dialect: Dialect) -> list[tuple[Rule, str]]:
    """Return the rules of a table that SQL can say of a row, each with its condition.

    Others (of several rows or tables, or where a database would compare otherwise than
    validation does) are left out: the data keeps them, the database does not know.
    """
    found = []
    for rule in schema.rules:
        if rule.table == table and (condition := _condition(rule, schema.table(table), dialect)):
            found.append((rule, condition))
    return found


def _condition(rule: Rule, table: Table, dialect: Dialect) -> str | None:
    if isinstance(rule, Range):
        return _range(rule, table.column(rule.column), dialect)
    if isinstance(rule, Inequality) and rule.parent is None:
        low, high = table.column(rule.low), table.column(rule.high)
        if not _comparable(low, high, dialect):
            return None
        symbol = "<" if rule.strict else "<="
        return f"{dialect.quoted(low.name)} {symbol} {dialect.quoted(high.name)}"
    if isinstance(rule, Equality) and rule.parent is None:
        one, two = table.column(rule.column), table.column(rule.equals)
        if one.storage != two.storage:
            return None
        return f"{dialect.quoted(one.name)} {dialect.same} {dialect.quoted(two.name)}"
    if isinstance(rule, Formula):
        return _formula(rule, table, dialect)
    return None


def _range(rule: Range, column: Column, dialect: Dialect) -> str | None:
    sides = []
    for bound, symbol in ((rule.low, ">="), (rule.high, "<=")):
        if bound is None:
            continue
        literal = _bound(bound, column, dialect)
        if literal is None:
            return None
        sides.append(f"{dialect.quoted(column.name)} {symbol} {literal}")
    return " AND ".join(sides) or None


def _bound(bound: object, column: Column, dialect: Dialect) -> str | None:
    """Return a bound as a literal, or None for one that SQL would compare in another way."""
    kind = arrow_type(column.storage)
    if not (_ordered(column, dialect) or pa.types.is_temporal(kind)) or getattr(kind, "tz", None):
        return None
    try:
        value = read_bound(bound, kind, column.format)
    except ValueError:
        return None
    if not pa.types.is_temporal(kind):
        text = f"{value:.17g}" if isinstance(value, float) else f"{value:f}"
        return text if text.lstrip("-").replace(".", "").isdigit() else None
    try:
        typed = pa.array([value]).cast(kind)
    except pa.ArrowInvalid:
        return None  # a date with a bound within a day
    plain = Column(name=column.name, storage=column.storage)
    return f"'{render(typed, plain)[0].as_py()}'"


def _ordered(column: Column, dialect: Dialect) -> bool:
    kind = arrow_type(column.storage)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(number) and dialect.type_of(column.storage) != "TEXT"


def _comparable(low: Column, high: Column, dialect: Dialect) -> bool:
    """Text is left out: databases order it by their collation."""
    if low.storage == high.storage and pa.types.is_temporal(arrow_type(low.storage)):
        return True
    return _ordered(low, dialect) and _ordered(high, dialect)


def _formula(rule: Formula, table: Table, dialect: Dialect) -> str | None:
    """Return the condition that validation checks: within rounding of what doubles give."""
    columns = [table.column(name) for name in (rule.column, *rule.operands)]
    if not all(_ordered(column, dialect) for column in columns):
        return None
    scale = scale_of(arrow_type(table.column(rule.column).storage))
    decimals = scale if rule.decimals is None else rule.decimals
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals

    def real(name: str) -> str:
        return f"CAST({dialect.quoted(name)} AS {dialect.real})"

    exact = _written(rule.expression, real, size=False)
    size = _written(rule.expression, real, size=True)
    target = real(rule.column)
    return f"ABS({target} - {exact}) <= {half!r} + {_ROUNDED!r} * {size}"


def _written(expression: Expression, real: Callable[[str], str], *, size: bool) -> str:
    """Write an expression; its ``size`` is that of its parts without their signs, added up."""
    if isinstance(expression, Number):
        value = abs(expression.value) if size else expression.value
        return f"{value!r}" if value >= 0 else f"({value!r})"
    if isinstance(expression, Name):
        return f"ABS({real(expression.column)})" if size else real(expression.column)
    assert isinstance(expression, Operation)
    left = _written(expression.left, real, size=size)
    right = _written(expression.right, real, size=size)
    symbol = "+" if size and expression.symbol == "-" else expression.symbol
    if symbol == "/" and not (isinstance(expression.right, Number) and expression.right.value):
        right = f"NULLIF({right}, 0)"
    return f"({left} {symbol} {right})"
