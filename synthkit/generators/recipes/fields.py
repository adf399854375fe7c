"""How the fields of a recipe are read, and what an editor is told about each.

Every part of the language is a table of `Field`; the loader and the JSON Schema use the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synthkit.errors import UsageError, near_matches
from synthkit.generators.recipes.arrays import DAY, SECOND
from synthkit.generators.values.locales import known_locale
from synthkit.schema.files.yaml_nodes import Node
from synthkit.schema.formulas import Expression, Name, Number, names, parse_expression

__all__ = [
    "Field",
    "Parameter",
    "Read",
    "amount",
    "duration",
    "expression_reads",
    "flag",
    "formula",
    "integer",
    "last_moment",
    "literal",
    "locales",
    "moment",
    "name",
    "number",
    "numbers",
    "one_of",
    "parameter",
    "read_fields",
    "read_of",
    "reading",
    "share",
    "text",
]


@dataclass(frozen=True)
class Field:
    """A field: how it is read, its JSON Schema, and whether it has to be there."""

    read: Callable[[Node], Any]
    schema: Mapping[str, Any]
    about: str = ""
    needed: bool = False

    def due(self) -> Field:
        """Return the same field as one that has to be there."""
        return Field(self.read, self.schema, self.about, True)

    def says(self, about: str) -> Field:
        """Return the same field with a sentence for the reader."""
        return Field(self.read, self.schema, about, self.needed)


@dataclass(frozen=True)
class Read:
    """A column that another is made from.

    ``via`` is the column of the same table that points at the row it lies in; ``child`` is the
    table below this one whose rows are summed up.
    """

    column: str
    node: Node
    via: str | None = None
    child: str | None = None

    @property
    def key(self) -> str:
        """The name that it is written by: ``column`` or ``via.column``."""
        return f"{self.via}.{self.column}" if self.via else self.column


def read_fields(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the values of a mapping's fields; errors name unknown and missing ones."""
    given = node.fields()
    for each, part in given.items():
        if each not in fields:
            raise part.misnamed(f"there is no field {each!r} here", near_matches(each, fields))
    for each, field in fields.items():
        if field.needed and each not in given:
            raise node.error(f"`{each}` is missing")
    return {each: fields[each].read(part) for each, part in given.items()}


def _value(node: Node, kinds: tuple[type, ...], what: str) -> Any:
    found = node.value()
    if isinstance(found, bool) or not isinstance(found, kinds):
        raise node.error(f"expected {what}")
    return found


def _number(node: Node) -> float:
    return float(_value(node, (int, float), "a number"))


def _integer(node: Node) -> int:
    return int(_value(node, (int,), "a whole number"))


def number(low: float | None = None, high: float | None = None) -> Field:
    """Return a field that holds a number within bounds."""

    def read(node: Node) -> float:
        found = _number(node)
        if (low is not None and found < low) or (high is not None and found > high):
            raise node.error(f"expected a number {_between(low, high)}")
        return found

    return Field(read, _bounded("number", low, high))


def integer(low: int | None = None, high: int | None = None) -> Field:
    """Return a field that holds a whole number within bounds."""

    def read(node: Node) -> int:
        found = _integer(node)
        if (low is not None and found < low) or (high is not None and found > high):
            raise node.error(f"expected a whole number {_between(low, high)}")
        return found

    return Field(read, _bounded("integer", low, high))


def _between(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    return f"of {low:g} or more" if low is not None else f"of {high:g} or less"


def _bounded(kind: str, low: float | None, high: float | None) -> dict[str, Any]:
    bounds = {"minimum": low, "maximum": high}
    return {"type": kind, **{key: bound for key, bound in bounds.items() if bound is not None}}


share = number(0, 1)
"""A probability."""
flag = Field(Node.flag, {"type": "boolean"})
text = Field(Node.text, {"type": ["string", "number", "boolean"]})
name = Field(Node.name, {"type": "string", "minLength": 1})


def literal(node: Node) -> Any:
    """Return a plain value: text, number, flag, nothing; `DataError` for lists and mappings."""
    found = node.value()
    if isinstance(found, list | dict):
        raise node.error("expected a single value")
    return found


def one_of(*choices: str) -> Field:
    """Return a field that holds one of some words."""

    def read(node: Node) -> str:
        found = node.text()
        if found not in choices:
            raise node.error(f"there is no {found!r} here", near_matches(found, choices))
        return found

    return Field(read, {"enum": list(choices)})


def numbers(count: int) -> Field:
    """Return a field that holds weights, as many as ``count``, not all 0."""

    def read(node: Node) -> tuple[float, ...]:
        found = tuple(number(0).read(item) for item in node.items())
        if len(found) != count or not any(found):
            raise node.error(f"expected {count} weights of 0 or more, not all 0")
        return found

    items = {"type": "number", "minimum": 0}
    return Field(read, {"type": "array", "items": items, "minItems": count, "maxItems": count})


_DURATION = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?)\s*([a-z]+)\s*")
_UNITS = {
    **dict.fromkeys(("s", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
    **dict.fromkeys(("year", "years"), 31_557_600),
}


def _duration(node: Node) -> int:
    """Return microseconds."""
    match = _DURATION.fullmatch(node.text())
    if match is None or match[2] not in _UNITS:
        raise node.error("expected a time span", "Write 30 minutes, 12 hours, 3 days or 2 weeks.")
    return round(float(match[1]) * _UNITS[match[2]] * SECOND)


duration = Field(_duration, {"type": "string", "pattern": "^[0-9.]+ ?[a-z]+$"})


def _moment(node: Node) -> int:
    """Return microseconds since 1970 of a date or a date and time."""
    try:
        found = dt.datetime.fromisoformat(node.text())
    except ValueError:
        raise node.error("expected a date", "Write 2025-01-31 or 2025-01-31 09:30.") from None
    if found.tzinfo is not None:
        raise node.error("expected a date without a time zone")
    return (found - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


moment = Field(_moment, {"type": "string"})


def _last_moment(node: Node) -> int:
    """Return the last second of a day, or the time that is written."""
    found = _moment(node)
    return found + DAY - SECOND if re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", node.text()) else found


last_moment = Field(_last_moment, {"type": "string"})


def _locales(node: Node) -> dict[str, float]:
    """Return locales with their weights."""
    try:
        weights = (
            dict.fromkeys(node.names(), 1.0)
            if not _is_mapping(node)
            else {each: number(0).read(part) for each, part in node.fields().items()}
        )
        found = {known_locale(each): weight for each, weight in weights.items()}
    except UsageError as error:
        raise node.error(error.message, error.hint) from error
    if not any(found.values()):
        raise node.error("at least one locale needs a weight above 0")
    return {each: weight for each, weight in found.items() if weight}


def _is_mapping(node: Node) -> bool:
    return hasattr(node.node, "value") and node.node.tag.endswith(":map")


locales = Field(
    _locales,
    {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
        ]
    },
)


def _reading(node: Node) -> Read:
    return read_of(node.name(), node)


def read_of(written: str, node: Node) -> Read:
    """Return what a name speaks of: a column, or one of the row that a column points at."""
    via, dot, column = written.partition(".")
    return Read(column, node, via) if dot else Read(written, node)


reading = Field(_reading, {"type": "string", "minLength": 1})


def _formula(node: Node) -> Expression:
    try:
        return parse_expression(node.text())
    except ValueError as error:
        raise node.error(str(error)) from None


formula = Field(_formula, {"type": ["string", "number"]})


def expression_reads(expression: Expression, node: Node) -> tuple[Read, ...]:
    """Return the columns that an expression is computed from."""
    return tuple(read_of(each, node) for each in names(expression))


@dataclass(frozen=True)
class Parameter:
    """A number of a distribution: fixed, or computed for each row."""

    expression: Expression
    node: Node

    @property
    def fixed(self) -> float | None:
        """The number, where it is one for all rows."""
        return self.expression.value if isinstance(self.expression, Number) else None

    def reads(self) -> tuple[Read, ...]:
        """Return the columns that it is computed from."""
        return expression_reads(self.expression, self.node)


def parameter(low: float | None = None, *, above: float | None = None) -> Field:
    """Return a field that holds a number, or a formula over columns.

    A fixed number is at least ``low`` and greater than ``above``; computed ones are raised so.
    """

    def read(node: Node) -> Parameter:
        found = node.value()
        if found is None or isinstance(found, bool | list | dict):
            raise node.error("expected a number or a formula")
        if isinstance(found, str):
            made = _formula(node)
            return Parameter(made, node)
        if (low is not None and found < low) or (above is not None and found <= above):
            least = f"of {low:g} or more" if low is not None else f"above {above:g}"
            raise node.error(f"expected a number {least}")
        return Parameter(Number(float(found)), node)

    return Field(read, {"type": ["number", "string"]})


def amount(node: Node) -> Parameter | Read:
    """Return a bound: a number, a formula, or one column alone, which a rule can name."""
    found = parameter().read(node)
    assert isinstance(found, Parameter)
    if isinstance(found.expression, Name):
        return read_of(found.expression.column, node)
    return found
