"""Reads the text of a recipe; what is wrong is a `DataError` with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthkit.errors import DataError, UsageError, near_matches
from synthkit.generators.recipes.check import check
from synthkit.generators.recipes.columns import read_column
from synthkit.generators.recipes.fields import (
    Field,
    flag,
    integer,
    locales,
    name,
    number,
    read_fields,
)
from synthkit.generators.recipes.model import Recipe, RowCount, TableRecipe
from synthkit.schema.files.yaml_nodes import Node, parse

__all__ = ["RECIPE", "TABLE", "VERSION", "RecipeText", "load", "loads", "read_text", "settings_of"]

VERSION = 1
_ENDING = re.compile(r"(\.recipe)?\.(ya?ml|json)$")

_ROWS_OF: Mapping[str, Field] = {
    "of": name.due().says("another table"),
    "share": number(0).due().says("rows for each row of it"),
    "min": integer(0).says("but at least so many"),
}


def _rows(node: Node) -> RowCount:
    if not node.node.tag.endswith(":map"):
        return RowCount(integer(0).read(node))
    given = read_fields(node, _ROWS_OF)
    return RowCount(share=given["share"], of=given["of"], low=given.get("min", 0))


def _keys(node: Node) -> tuple[tuple[str, ...], ...]:
    return tuple(item.names() for item in node.items())


_NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
TABLE: Mapping[str, Field] = {
    "rows": Field(
        _rows,
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {
                    "type": "object",
                    "properties": {each: dict(field.schema) for each, field in _ROWS_OF.items()},
                    "required": ["of", "share"],
                    "additionalProperties": False,
                },
            ]
        },
        "how many rows there are by default, of a table that hangs under none",
    ),
    "key": Field(
        Node.names, {"anyOf": [{"type": "string"}, _NAMES]}, "the column or columns of the key"
    ),
    "unique": Field(_keys, {"type": "array", "items": _NAMES}, "columns that are unique together"),
    "reference": flag.says("whether the table keeps its size when all is scaled"),
    "locale": locales.says("of names and addresses, or a mix with weights, one for each row"),
    "columns": Field(
        Node.fields,
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/column"}, "minProperties": 1},
        "the columns by name, in order",
        needed=True,
    ),
}
"""The fields of a table."""
RECIPE: Mapping[str, Field] = {
    "recipe": Field(Node.value, {"const": VERSION}, "the version of the language, 1", needed=True),
    "name": name.says("the recipe's name; by default that of the file"),
    "locale": locales.says("of names and addresses, or a mix with weights"),
    "settings": Field(
        Node.json_object,
        {"type": "object"},
        "values by name that `--set` can change; `$name` stands for them",
    ),
    "outside": Field(
        lambda node: {each: part.names() for each, part in node.fields().items()},
        {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, _NAMES]}},
        "tables of other generators that this one points at when they run together, each with "
        "its key and further columns that are read",
    ),
    "tables": Field(
        Node.fields,
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/table"}, "minProperties": 1},
        "the tables by name, in order",
        needed=True,
    ),
}
"""The fields of a recipe."""


@dataclass(frozen=True)
class RecipeText:
    """A recipe file before its settings are known."""

    name: str
    root: Node

    def load(self, settings: Mapping[str, Any] | None = None) -> Recipe:
        """Read it with some settings in place of its own."""
        return _loaded(self, settings or {})


def load(path: str | Path, settings: Mapping[str, Any] | None = None) -> Recipe:
    """Read a recipe file; `UsageError` if there is none."""
    return read_text(path).load(settings)


def read_text(path: str | Path) -> RecipeText:
    """Read a recipe file as far as its name and settings; `UsageError` if there is none."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"There is no recipe {str(path)!r}.", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"not UTF-8 text, from byte {error.start} on",
            hint="Save the file again, as UTF-8.",
            file=str(path),
        ) from error
    return _text(text, str(path))


def loads(
    text: str, file: str = "recipe.yaml", settings: Mapping[str, Any] | None = None
) -> Recipe:
    """Read the text of a recipe; ``file`` is the name that errors show.

    ``settings`` replace the recipe's own.
    """
    return _text(text, file).load(settings)


def _text(text: str, file: str) -> RecipeText:
    root = parse(text, file)
    fields = root.fields()
    if "recipe" not in fields:
        raise root.error("`recipe` is missing", f"Begin the file with `recipe: {VERSION}`.")
    if fields["recipe"].value() != VERSION:
        raise fields["recipe"].error(
            f"this synthkit reads version {VERSION} of the language",
            f"Write recipe: {VERSION}, or upgrade synthkit.",
        )
    name = fields["name"].name() if "name" in fields else _ENDING.sub("", Path(file).name)
    return RecipeText(name, root)


def _loaded(text: RecipeText, settings: Mapping[str, Any]) -> Recipe:
    root = substituted(text.root, settings_of(text.root, settings))
    given = read_fields(root, RECIPE)
    if not given["tables"]:
        raise root.fields()["tables"].error("there is no table")
    tables = {each: _table(each, part) for each, part in given["tables"].items()}
    made = Recipe(text.name, root, tables, given.get("locale"), given.get("outside", {}))
    return check(made)


def settings_of(root: Node, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a recipe, as they are given or by default."""
    fields = root.fields()
    own = fields["settings"].json_object() if "settings" in fields else {}
    for each in given:
        if each not in own:
            raise UsageError(f"The recipe has no setting {each!r}.", hint=near_matches(each, own))
    return {**own, **given}


def substituted(root: Node, settings: Mapping[str, Any]) -> Node:
    """Return a recipe with values in the place of ``$name``; the places in the file stay."""
    return replace(root, node=_filled(root, root.node, settings))


def _filled(root: Node, node: Any, settings: Mapping[str, Any]) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        pairs = [
            (key, value if key.value == "settings" else _filled(root, value, settings))
            for key, value in node.value
        ]
        return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark, node.flow_style)
    if isinstance(node, yaml.SequenceNode):
        items = [_filled(root, item, settings) for item in node.value]
        return yaml.SequenceNode(node.tag, items, node.start_mark, node.end_mark, node.flow_style)
    found = re.fullmatch(r"\$([A-Za-z_]\w*)", str(node.value))
    if found is None:
        return node
    if found[1] not in settings:
        raise Node(root.file, (), node).error(
            f"there is no setting {found[1]!r}", near_matches(found[1], settings)
        )
    return _represented(settings[found[1]], node)


def _represented(value: Any, node: Any) -> Any:
    """Return a value as a YAML node at the place of another."""
    import yaml

    marks = node.start_mark, node.end_mark
    if isinstance(value, Mapping):
        pairs = [(_represented(str(k), node), _represented(v, node)) for k, v in value.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, *marks)
    if isinstance(value, list | tuple):
        items = [_represented(each, node) for each in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, *marks)
    text = (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, *marks)


def _table(table: str, node: Node) -> TableRecipe:
    if not table:
        raise node.error("a table needs a name")
    given = read_fields(node, TABLE)
    columns = given.pop("columns")
    if not columns:
        raise node.fields()["columns"].error("there is no column")
    for each, part in columns.items():
        if not each:
            raise part.error("a column needs a name")
        first, dot, rest = each.partition(".")
        if dot and first in columns:
            raise part.error(
                f"{each!r} would also mean the {rest!r} of what {first!r} points at",
                "Give one of the two columns another name.",
            )
    made = {each: read_column(each, part) for each, part in columns.items()}
    return TableRecipe(table, node, made, **given)
