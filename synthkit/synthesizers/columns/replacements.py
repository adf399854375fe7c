"""Columns that identify people, or are free text: not learned, made anew in the shape seen."""

from __future__ import annotations

from typing import Annotated

import pyarrow as pa
from pydantic import Field

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.json_columns.replacement import JsonReplacement, learn_json
from synthkit.synthesizers.columns.texts import (
    BytesReplacement,
    CodeReplacement,
    ProviderReplacement,
    WordReplacement,
    learn_bytes,
    learn_text,
)
from synthkit.synthesizers.columns.tokens import TokenReplacement

__all__ = [
    "BytesReplacement",
    "Cells",
    "CodeReplacement",
    "JsonReplacement",
    "ProviderReplacement",
    "Replacement",
    "TokenReplacement",
    "WordReplacement",
    "learn",
    "made_anew",
]

Replacement = Annotated[
    ProviderReplacement
    | WordReplacement
    | CodeReplacement
    | TokenReplacement
    | BytesReplacement
    | JsonReplacement,
    Field(discriminator="kind"),
]


def learn(
    column: Column, seen: pa.ChunkedArray, kinds: Values, crowd: Crowd | None = None
) -> Replacement | None:
    """Choose how a column is made anew; None for one that holds no personal data.

    ``crowd`` tells whom the rows are about. Where it does, binary values are made anew too.
    """
    personal = column.pii and column.sdtype != "datetime"
    if personal or (crowd is not None and pa.types.is_binary(seen.type)):
        return made_anew(column, seen, kinds, crowd)
    return None


def made_anew(
    column: Column, seen: pa.ChunkedArray, kinds: Values, crowd: Crowd | None = None
) -> Replacement | None:
    """Choose how a column is made anew, be it personal or not; None for values that are no text."""
    if pa.types.is_binary(seen.type):
        return learn_bytes(seen)
    documents = column.format == "json" and pa.types.is_string(seen.type)
    if documents and (made := learn_json(seen, kinds, crowd)):
        return made
    return learn_text(column, seen, kinds, crowd)
