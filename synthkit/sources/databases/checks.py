"""Check constraints as rules: ranges, orders of two columns, formulas, lists of allowed values.

What says anything else stays with its database, and is told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from synthkit.dataset import Reason
from synthkit.schema import Formula, Inequality, Range, Rule, Table
from synthkit.schema.formulas import Expression, Name, Number, Operation, Symbol, names, written
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["Checked", "read_checks"]

_MOST_PLACES = 15
_TURNED = {"GT": "LT", "GTE": "LTE", "LT": "GT", "LTE": "GTE", "EQ": "EQ"}


@dataclass
class Checked:
    """What the checks of a table say. ``labels`` are the allowed values by column."""

    rules: list[Rule] = field(default_factory=list)
    labels: dict[str, list[Any]] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)
    reasons: list[Reason] = field(default_factory=list)


def read_checks(table: Table, checks: Sequence[str], dialect: str) -> Checked:
    """Read conditions in the SQL of a dialect (a name that sqlglot knows)."""
    found = Checked()
    if not checks:
        return found
    reading = _Reading(table, found)
    for check in checks:
        unread = reading.take(check, dialect)
        if unread:
            because = "only ranges, orders of columns, formulas and lists of values become rules"
            found.reasons.append(
                Reason(table.name, f"check left to the database: {check}", because)
            )
    found.rules[:0] = reading.ranges()
    return found


class _Reading:
    def __init__(self, table: Table, found: Checked) -> None:
        self._table = table
        self._found = found
        self._lower = {name.lower(): name for name in table.column_names}
        self._bounds: dict[str, dict[str, Any]] = {}

    def take(self, check: str, dialect: str) -> bool:
        """Read a condition; return whether a part of it says more than rules can."""
        import sqlglot
        from sqlglot.errors import SqlglotError

        try:
            parsed = sqlglot.parse_one(check, read=dialect)
        except SqlglotError:
            return True
        unread = [part for part in _parts(parsed) if not self._part(part)]
        return bool(unread)

    def ranges(self) -> list[Range]:
        """Return the ranges that all conditions make together."""
        return [
            Range(table=self._table.name, column=name, **bounds)
            for name, bounds in self._bounds.items()
        ]

    def _part(self, part: Any) -> bool:
        kind = type(part).__name__.upper()
        if kind == "BETWEEN":
            name = self._column(part.this)
            ends = (part.args["low"], "GTE"), (part.args["high"], "LTE")
            exact = [self._bound(name, each, literal(end)) for end, each in ends]
            return all(exact)
        if kind == "OR" and (rest := self._where_present(part)) is not None:
            read = [self._part(each) for each in _parts(rest)]
            return all(read)
        if kind in ("IN", "EQ", "OR"):
            return self._allowed(part) or (kind == "EQ" and self._computed(part))
        if kind in _TURNED:
            return self._comparison(kind, part.this, part.expression)
        if kind in ("ANONYMOUS", "JSONVALID") and "json_valid" in part.sql().lower():
            inside = list(part.find_all(_expressions().Column))
            names = [self._lower.get(each.name.lower()) for each in inside]
            self._found.json |= {name for name in names if name}
            return True
        return _says_not_null(part)

    def _comparison(self, kind: str, left: Any, right: Any) -> bool:
        first, second = self._column(left), self._column(right)
        if first and second:
            low, high = (first, second) if kind.startswith("L") else (second, first)
            strict = not kind.endswith("E")
            self._found.rules.append(
                Inequality(table=self._table.name, low=low, high=high, strict=strict)
            )
            return True
        if first:
            return self._bound(first, kind, literal(right))
        return self._bound(second, _TURNED[kind], literal(left))

    def _bound(self, name: str | None, kind: str, value: Any) -> bool:
        """Take a bound of a column; bounds are inclusive, so that ``> 0`` needs a next number."""
        if name is None or value is None or isinstance(value, bool):
            return False
        arrow = arrow_type(self._table.column(name).storage)
        exact = True
        if isinstance(value, str):
            if not pa.types.is_temporal(arrow) or not _is_moment(value):
                return False
            exact = kind.endswith("E")
        else:
            scale = scale_of(arrow)
            if pa.types.is_temporal(arrow) or pa.types.is_string(arrow):
                return False
            number = Decimal(value)
            if not kind.endswith("E"):
                exact = scale is not None
                step = Decimal(1).scaleb(-(scale or 0)) if exact else Decimal(0)
                number += step if kind == "GT" else -step
            value = int(number) if number == number.to_integral_value() else float(number)
        side = "low" if kind.startswith("G") else "high"
        known = self._bounds.setdefault(name, {}).get(side)
        if known is None or (value > known if side == "low" else value < known):
            self._bounds[name][side] = value
        return exact

    def _allowed(self, part: Any) -> bool:
        """Take a list of values: ``x IN (...)``, ``x = ANY (ARRAY[...])``, ``x = 1 OR x = 2``."""
        columns, values = set(), []
        for each in _alternatives(part):
            column, items = _listed(each)
            columns.add(self._column(column) if column is not None else None)
            values += [literal(item) for item in items]
        if len(columns) != 1 or None in columns or not values or any(v is None for v in values):
            return False
        (name,) = columns
        assert name is not None
        self._found.labels[name] = list(dict.fromkeys(values))
        return True

    def _where_present(self, part: Any) -> Any:
        """Return the rest of ``x IS NULL OR rest`` where ``x`` is in it: rules take nulls so."""
        exp = _expressions()
        given = [_unwrapped(each) for each in _alternatives(part)]
        empty = [each for each in given if _is_null(each)]
        rest = [each for each in given if not _is_null(each)]
        if not empty or len(rest) != 1:
            return None
        inside = {self._column(each) for each in rest[0].find_all(exp.Column)}
        return rest[0] if {self._column(each.this) for each in empty} <= inside else None

    def _computed(self, part: Any) -> bool:
        """Take a column that is computed from others of its row, on either side of the sign."""
        for target, given in ((part.this, part.expression), (part.expression, part.this)):
            name, (expression, decimals) = self._number(target), self._expression(given)
            if name is None or expression is None or not names(expression):
                continue
            if name not in names(expression):
                formula = written(name, expression)
                self._found.rules.append(
                    Formula(table=self._table.name, formula=formula, decimals=decimals)
                )
                return True
        return False

    def _expression(self, node: Any) -> tuple[Expression | None, int | None]:
        """Return arithmetic without division, which is another one of whole numbers in SQL."""
        exp = _expressions()
        node = _bare(node)
        if isinstance(node, exp.Round):
            places = literal(node.args.get("decimals")) if node.args.get("decimals") else 0
            inside, rounded = self._expression(node.this)
            is_count = isinstance(places, int) and 0 <= places <= _MOST_PLACES
            return (inside, places) if is_count and rounded is None else (None, None)
        return self._arithmetic(node), None

    def _arithmetic(self, node: Any) -> Expression | None:
        exp = _expressions()
        if _cuts_decimals(node):
            return None
        node = _bare(node)
        symbols: dict[Any, Symbol] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
        if symbol := symbols.get(type(node)):
            left, right = self._arithmetic(node.this), self._arithmetic(node.expression)
            return None if left is None or right is None else Operation(symbol, left, right)
        name, value = self._number(node), literal(node)
        if name is not None:
            return Name(name)
        return Number(float(value)) if isinstance(value, int | Decimal) else None

    def _number(self, node: Any) -> str | None:
        """Return the column that stands there, if it holds numbers."""
        name = self._column(node)
        if name is None:
            return None
        kind = arrow_type(self._table.column(name).storage)
        is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        return name if is_number or pa.types.is_decimal(kind) else None

    def _column(self, node: Any) -> str | None:
        node = _bare(node)
        if not isinstance(node, _expressions().Column):
            return None
        return self._lower.get(node.name.lower())


def _parts(node: Any) -> Iterator[Any]:
    node = _unwrapped(node)
    if isinstance(node, _expressions().And):
        yield from _parts(node.this)
        yield from _parts(node.expression)
    else:
        yield node


def _alternatives(node: Any) -> Iterator[Any]:
    node = _unwrapped(node)
    if isinstance(node, _expressions().Or):
        yield from _alternatives(node.this)
        yield from _alternatives(node.expression)
    else:
        yield node


def _listed(node: Any) -> tuple[Any, list[Any]]:
    """Return the column and the values of one alternative; no column if it is something else."""
    exp = _expressions()
    if isinstance(node, exp.In):
        return node.this, list(node.expressions)
    if isinstance(node, exp.EQ):
        right = _bare(node.expression)
        if isinstance(right, exp.Any):
            inside = _bare(right.this)
            return node.this, list(inside.expressions) if isinstance(inside, exp.Array) else []
        return node.this, [node.expression]
    return None, []


def literal(node: Any) -> Any:
    """Return the value of a literal: text, a whole number, a decimal; None for anything else."""
    exp = _expressions()
    node = _bare(node)
    if isinstance(node, exp.Neg):
        value = literal(node.this)
        return -value if isinstance(value, int | Decimal) else None
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return str(node.this)
    try:
        number = Decimal(str(node.this))
    except InvalidOperation:
        return None
    return int(number) if number == number.to_integral_value() else number


def _says_not_null(node: Any) -> bool:
    text = node.sql().upper()
    return bool(text.endswith(" IS NOT NULL") or (text[:4] == "NOT " and text[-8:] == " IS NULL"))


def _cuts_decimals(node: Any) -> bool:
    """Say whether a value is cast to whole numbers."""
    exp = _expressions()
    node = _unwrapped(node)
    while isinstance(node, exp.Cast):
        if node.to.this in exp.DataType.INTEGER_TYPES:
            return True
        node = _unwrapped(node.this)
    return False


def _is_null(node: Any) -> bool:
    exp = _expressions()
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unwrapped(node: Any) -> Any:
    while isinstance(node, _expressions().Paren):
        node = node.this
    return node


def _bare(node: Any) -> Any:
    """Return what stands inside parentheses and casts, of dates too."""
    exp = _expressions()
    while isinstance(node, exp.Paren | exp.Cast | exp.Date | exp.TsOrDsToDate):
        node = node.this
    return node


def _expressions() -> Any:
    from sqlglot import exp

    return exp
