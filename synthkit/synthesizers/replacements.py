"""Columns that identify people, or are free text: not learned, made anew in the shape seen."""

from __future__ import annotations

from typing import Annotated

import pyarrow as pa
from pydantic import Field

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.synthesizers.json_columns.replacement import JsonReplacement, learn_json
from synthkit.synthesizers.texts import (
    Cells,
    CodeReplacement,
    ProviderReplacement,
    WordReplacement,
    learn_text,
    shape_of,
)

__all__ = [
    "Cells",
    "CodeReplacement",
    "JsonReplacement",
    "ProviderReplacement",
    "Replacement",
    "WordReplacement",
    "learn",
    "made_anew",
    "shape_of",
]

Replacement = Annotated[
    ProviderReplacement | WordReplacement | CodeReplacement | JsonReplacement,
    Field(discriminator="kind"),
]


def learn(column: Column, seen: pa.ChunkedArray, kinds: Values) -> Replacement | None:
    """Choose how a text column is made anew; None for one that holds no personal data."""
    if not column.pii or column.sdtype == "datetime":
        return None
    return made_anew(column, seen, kinds)


def made_anew(column: Column, seen: pa.ChunkedArray, kinds: Values) -> Replacement | None:
    """Choose how a column is made anew, be it personal or not; None for values that are no text."""
    documents = column.format == "json" and pa.types.is_string(seen.type)
    return (learn_json(seen, kinds) if documents else None) or learn_text(column, seen, kinds)
