"""Which columns hold each other's values, so that they are replaced alike."""

from __future__ import annotations

from collections.abc import Iterator

from synthkit.schema import Schema
from synthkit.schema.rules import Equality

__all__ = ["Place", "linked"]

Place = tuple[str, str]
"""A table and one of its columns."""


def linked(schema: Schema) -> dict[Place, Place]:
    """Return the column that each linked column takes its values from in the end.

    Columns are linked by foreign keys, column by column, and by rules that one repeats another.
    Columns that neither point nor are pointed at are not in the result.
    """
    source: dict[Place, Place] = {}

    def root(place: Place) -> Place:
        while source[place] != place:
            place = source[place]
        return place

    for taker, giver in _pairs(schema):
        source.setdefault(taker, taker)
        source.setdefault(giver, giver)
        first, second = root(taker), root(giver)
        if first != second:
            source[first] = second
    return {place: root(place) for place in source}


def _pairs(schema: Schema) -> Iterator[tuple[Place, Place]]:
    for key in schema.foreign_keys:
        for own, other in zip(key.columns, key.parent_columns, strict=True):
            yield (key.table, own), (key.parent, other)
    for rule in schema.rules:
        if isinstance(rule, Equality):
            yield (rule.table, rule.column), (rule.parent or rule.table, rule.equals)
