"""Reads what a recipe says of a column: its maker, and the fields beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthkit.errors import near_matches
from synthkit.generators.recipes.fields import (
    Field,
    amount,
    flag,
    integer,
    locales,
    name,
    one_of,
)
from synthkit.generators.recipes.maker import Maker
from synthkit.generators.recipes.makers.catalog import MAKERS
from synthkit.generators.recipes.makers.hooks import Hook
from synthkit.generators.recipes.makers.providers import Value
from synthkit.generators.recipes.makers.texts import Constant, Sequence
from synthkit.generators.recipes.model import TYPES, ColumnRecipe
from synthkit.generators.recipes.nulls import NULLS
from synthkit.schema.files.yaml_nodes import Node

__all__ = ["COLUMN", "read_column", "read_maker"]

_BOUND = Field(amount, {"type": ["number", "string"]})
COLUMN: Mapping[str, Field] = {
    "type": one_of(*TYPES).says("the type of the values, if not what they are made as"),
    "decimals": integer(0, 9).says("numbers are rounded to as many decimals, and exact"),
    "min": _BOUND.says("the least value: a number, a formula, or another column"),
    "max": _BOUND.says("the greatest value"),
    "nulls": NULLS,
    "unique": flag.says("no two rows have the same value"),
    "locale": locales.says("of names, addresses and the like, or a mix with weights"),
    "sdtype": name.says("the meaning that the schema gives the column"),
    "pii": flag.says("whether the column is personal"),
    "alone": Field(
        lambda node: node,
        {"$ref": "#/$defs/column"},
        "what is made where the table outside is not generated together; without, nothing is",
    ),
}
"""The fields that may stand beside every maker."""
_NAMES = {"min": "low", "max": "high"}


def read_column(name: str, node: Node) -> ColumnRecipe:
    """Read a column; `DataError` with line and column."""
    if not node.node.tag.endswith(":map"):
        return ColumnRecipe(name, node, read_maker(node))
    maker, rest = _split(node, COLUMN)
    values = {_NAMES.get(each, each): COLUMN[each].read(part) for each, part in rest.items()}
    if "alone" in values:
        values["alone"] = read_column(name, values["alone"])
    made = ColumnRecipe(name, node, maker, **values)
    if made.unique and (why := maker.not_unique()):
        raise node.fields()["unique"].misnamed(f"this column cannot be unique: {why}")
    if isinstance(maker, Hook) and made.type is None and made.decimals is None:
        raise node.error("`type` is missing", f"A hook's column has one of: {', '.join(TYPES)}.")
    if made.type in ("text", "date", "datetime", "boolean") and made.decimals is not None:
        raise node.fields()["decimals"].error("only numbers have decimals")
    return made


def read_maker(node: Node) -> Maker:
    """Read a maker alone, as in a branch of `case`: a mapping, a kind of values, or a constant."""
    if node.node.tag.endswith(":seq"):
        raise node.error(
            "expected how the column is made, not a list", "Write {choice: [small, large]}."
        )
    if node.node.tag.endswith(":map"):
        return _split(node, {})[0]
    value = node.value()
    if value is None and not node.text():
        raise node.error("expected how the column is made", "Write a kind of values, as in: email")
    if not isinstance(value, str):
        return Constant(value)
    return Sequence() if value == "sequence" else Value(node, value)


def _split(node: Node, beside: Mapping[str, Field]) -> tuple[Maker, dict[str, Node]]:
    """Return the maker of a mapping, and the fields that are not its own."""
    fields = node.fields()
    found = [each for each in fields if each in MAKERS]
    if len(found) != 1:
        unknown = [each for each in fields if each not in MAKERS and each not in COLUMN]
        if len(found) > 1:
            raise fields[found[1]].misnamed(
                f"both {found[0]!r} and {found[1]!r} say how the column is made", "Keep one."
            )
        if unknown:
            raise fields[unknown[0]].misnamed(
                f"there is no way {unknown[0]!r} to make a column",
                near_matches(unknown[0], [*MAKERS, *COLUMN]),
            )
        raise node.error("nothing says how the column is made", "Write value: email, for example.")
    kind = MAKERS[found[0]]
    known = {**kind.BESIDE, **beside}
    own: dict[str, Any] = {}
    rest: dict[str, Node] = {}
    for each, part in fields.items():
        if each in kind.BESIDE:
            own[each] = kind.BESIDE[each].read(part)
        elif each in beside:
            rest[each] = part
        elif each != kind.NAME:
            raise part.misnamed(
                f"there is no field {each!r} beside {kind.NAME!r}", near_matches(each, known)
            )
    argument = fields[kind.NAME]
    return kind.build(argument, kind.ARGUMENT.read(argument), own), rest
