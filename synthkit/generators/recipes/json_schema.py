"""The JSON Schema of recipes, for editors: written from the tables of fields that the loader reads.

The same text is shipped beside this file as ``recipe.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from synthkit.generators.recipes.columns import COLUMN
from synthkit.generators.recipes.fields import Field
from synthkit.generators.recipes.load import RECIPE, TABLE
from synthkit.generators.recipes.maker import Maker
from synthkit.generators.recipes.makers.catalog import MAKERS

__all__ = ["json_schema", "text"]

_SCALAR = {"type": ["string", "number", "boolean", "null"]}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a recipe (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "synthkit recipe",
        **_object(RECIPE),
        "$defs": {
            "table": _object(TABLE),
            "column": {"anyOf": [_SCALAR, *(_made(maker, COLUMN) for maker in MAKERS.values())]},
            "maker": {"anyOf": [_SCALAR, *(_made(maker, {}) for maker in MAKERS.values())]},
        },
    }


def text() -> str:
    """Return the JSON Schema as text."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _made(maker: type[Maker], beside: Mapping[str, Field]) -> dict[str, Any]:
    argument = Field(maker.ARGUMENT.read, maker.ARGUMENT.schema, maker.ABOUT, needed=True)
    return _object({maker.NAME: argument, **maker.BESIDE, **beside})


def _object(fields: Mapping[str, Field]) -> dict[str, Any]:
    properties = {
        name: {
            **_allowing_settings(field.schema),
            **({"description": field.about} if field.about else {}),
        }
        for name, field in fields.items()
    }
    needed = [name for name, field in fields.items() if field.needed]
    found: dict[str, Any] = {"type": "object", "properties": properties}
    if needed:
        found["required"] = needed
    return {**found, "additionalProperties": False}


def _allowing_settings(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that also takes ``$name``, which stands for a setting."""
    if "const" in schema or "$ref" in schema or schema.get("type") in ("string", "object"):
        return dict(schema)
    return {"anyOf": [dict(schema), {"type": "string", "pattern": r"^\$[A-Za-z_]\w*$"}]}
