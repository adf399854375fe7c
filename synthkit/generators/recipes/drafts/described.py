"""What a recipe can be drafted from: a schema, and what else is known of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthkit.schema import Schema

__all__ = ["Described", "Place"]

Place = tuple[str, str]
"""A table and a column."""


@dataclass(frozen=True)
class Described:
    """A schema, and by table and column how the column is made, where that is known.

    ``rows`` are numbers of rows by table. ``per_parent`` says how many rows hang under each parent
    by the child's column. ``notes`` are sentences for the reader.
    """

    schema: Schema
    made: Mapping[Place, Mapping[str, Any]] = field(default_factory=dict)
    nulls: Mapping[Place, float] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    per_parent: Mapping[Place, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
