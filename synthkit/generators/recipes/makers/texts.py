"""Numbers that count up, codes by pattern, templates over other columns, and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.generators.recipes.arrays import Flags, Ints, texts
from synthkit.generators.recipes.fields import (
    Field,
    Read,
    integer,
    literal,
    name,
    read_fields,
    read_of,
)
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.values.codes import pattern
from synthkit.generators.values.distinct import Distinct
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Code", "Constant", "Sequence", "Template"]


def _sequence(node: Node) -> dict[str, int]:
    if node.is_null:
        return {}
    if node.node.tag.endswith(":map"):
        return read_fields(node, _SEQUENCE)
    return {"start": integer().read(node)}


_SEQUENCE: dict[str, Field] = {
    "start": integer(),
    "step": integer(1),
    "within": name.says("the column of the parent, to count its rows from the start again"),
}


@dataclass(frozen=True)
class Sequence:
    """1, 2, 3 and so on, over all rows of the table or of each parent."""

    NAME: ClassVar[str] = "sequence"
    ABOUT: ClassVar[str] = "whole numbers that count up: where they start, and the step"
    EXAMPLE: ClassVar[str] = "{sequence: 1000}"
    ARGUMENT: ClassVar[Field] = Field(
        _sequence,
        {
            "anyOf": [
                {"type": ["integer", "null"]},
                {
                    "type": "object",
                    "properties": {each: dict(field.schema) for each, field in _SEQUENCE.items()},
                    "additionalProperties": False,
                },
            ]
        },
    )
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    start: int = 1
    step: int = 1
    within: str | None = None

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its fields."""
        return cls(**argument)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return None if self.within is None else "the rows of each parent are counted anew"

    def kind(self, scope: Scope) -> Kind:
        return Kind("id" if self.within is None else "numerical", "int64")

    def at(self, numbers: Ints, missing: Flags | None = None) -> pa.Array:
        """Return the values of rows by their numbers from 0."""
        return pa.array(self.start + self.step * numbers, mask=missing)

    def make(self, rows: Rows) -> pa.Array:
        groups = rows.groups()
        if self.within is None or groups is None:
            return self.at(rows.numbers)
        starts, counts = groups
        return self.at(np.arange(rows.count) - np.repeat(starts, counts))


@dataclass(frozen=True)
class Code:
    """Codes by a pattern."""

    NAME: ClassVar[str] = "code"
    ABOUT: ClassVar[str] = (
        "codes by pattern: # a digit, % a digit from 1 to 9, A a capital, ^ a hexadecimal digit, "
        "! the sign # itself"
    )
    EXAMPLE: ClassVar[str] = '{code: "SKU-A####", unique: true}'
    ARGUMENT: ClassVar[Field] = Field(Node.name, {"type": "string", "minLength": 1})
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    pattern: str

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its pattern."""
        return cls(argument)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return None

    def kind(self, scope: Scope) -> Kind:
        return Kind("id", "string")

    def make(self, rows: Rows) -> pa.Array:
        expression = pattern(self.pattern)
        if rows.unique:
            return Distinct(expression).at(rows.first, rows.count, rows.key())
        return expression.draw(rows.count, rows.rng())


@dataclass(frozen=True)
class Template:
    """Text with the values of other columns in it."""

    NAME: ClassVar[str] = "template"
    ABOUT: ClassVar[str] = (
        "text with other columns in it: {name}, {via.name}; {n} is the number of the row, "
        "{name|slug} only its small letters and digits, {name|lower} in lower case"
    )
    EXAMPLE: ClassVar[str] = '{template: "{first_name|slug}.{n}@example.com", unique: true}'
    ARGUMENT: ClassVar[Field] = Field(Node.text, {"type": "string"})
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    node: Node
    parts: tuple[tuple[str, str, str], ...]
    """Text before, the column ('' at the end), what is done with it."""

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Take the text apart; doubled braces stand for themselves."""
        parts: list[tuple[str, str, str]] = []
        before = ""
        for token in re.findall(r"\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+", argument):
            if token in ("{{", "}}"):
                before += token[0]
            elif token in ("{", "}"):
                raise node.error(f"a `{token}` stands alone", "Write it twice if it is meant.")
            elif token[0] == "{":
                column, _, change = token[1:-1].partition("|")
                if change not in ("", "slug", "lower", "upper") or not column.strip():
                    raise node.error(
                        f"`{token}` is no column",
                        "Write {name}, {name|slug}, {name|lower} or {name|upper}.",
                    )
                parts.append((before, column.strip(), change))
                before = ""
            else:
                before += token
        return cls(node, (*parts, (before, "", "")))

    def reads(self) -> tuple[Read, ...]:
        return tuple(read_of(each, self.node) for _, each, _ in self.parts if each not in ("", "n"))

    def not_unique(self) -> str | None:
        if any(each == "n" for _, each, _ in self.parts):
            return None
        return "only {n}, the number of the row, keeps a template's values apart"

    def kind(self, scope: Scope) -> Kind:
        return Kind("unknown", "string")

    def make(self, rows: Rows) -> pa.Array:
        joined: list[Any] = []
        for before, column, change in self.parts:
            if before:
                joined.append(before)
            if column == "n":
                joined.append(pa.array(rows.numbers + 1).cast(pa.string()))
            elif column:
                joined.append(_changed(texts(rows.column(column)), change))
        if not any(isinstance(each, pa.Array) for each in joined):
            return Constant("".join(joined)).make(rows)
        return pc.binary_join_element_wise(*joined, "")


def _changed(values: pa.Array, change: str) -> pa.Array:
    if change == "slug":
        plain = pc.utf8_normalize(pc.replace_substring(values, "ß", "ss"), "NFKD")
        return pc.replace_substring_regex(pc.utf8_lower(plain), "[^a-z0-9]+", "")
    if change:
        return pc.utf8_lower(values) if change == "lower" else pc.utf8_upper(values)
    return values


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    NAME: ClassVar[str] = "constant"
    ABOUT: ClassVar[str] = "one value for all rows: text, a number, true or false"
    EXAMPLE: ClassVar[str] = "{constant: EUR}"
    ARGUMENT: ClassVar[Field] = Field(literal, {"type": ["string", "number", "boolean", "null"]})
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    value: Any

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the value."""
        return cls(argument)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return "all its values are the same"

    def kind(self, scope: Scope) -> Kind:
        return value_kind([self.value])

    def make(self, rows: Rows) -> pa.Array:
        made = pa.array([self.value], type=value_type([self.value]))
        codes = pa.array(np.zeros(rows.count, dtype=np.int32))
        return pa.DictionaryArray.from_arrays(codes, made) if rows.count else made.slice(0, 0)


def value_type(values: list[Any]) -> pa.DataType:
    """Return the Arrow type that holds values of a recipe."""
    known = [each for each in values if each is not None]
    if known and all(isinstance(each, bool) for each in known):
        return pa.bool_()
    if known and all(isinstance(each, int) and not isinstance(each, bool) for each in known):
        return pa.int64()
    if known and all(isinstance(each, int | float) and each is not True for each in known):
        return pa.float64()
    return pa.string()


def value_kind(values: list[Any]) -> Kind:
    """Return what a schema says of a column of such values."""
    kind = str(value_type(values))
    sdtype = {"bool": "boolean", "int64": "numerical", "double": "numerical"}
    return Kind(sdtype.get(kind, "categorical"), kind)
