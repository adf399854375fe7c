"""Whom rows are about: the people, or else entities, whose privacy is counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import Forest
from synthkit.synthesizers.structure.references import Indices

__all__ = ["subjects_of"]

_LARGE = 50
"""A table of fewer rows is no crowd: protecting its rows would leave nothing to learn."""
_PEOPLE = ("first_name", "last_name", "name", "email", "phone_number", "ssn", "user_name")


def subjects_of(
    wood: Forest,
    row_counts: Mapping[str, int],
    parents: Mapping[ForeignKey, Indices],
    table: str,
) -> Indices:
    """Return whom each row is about, as a number: rows of one subject share it.

    The subject is the nearest table upwards that holds people; where there is none, the highest
    ancestor that is large enough to hide in. Rows without one are subjects of their own.
    """
    path = [wood.primary[table]]
    while path[-1] is not None:
        path.append(wood.primary[path[-1].parent])
    keys = [key for key in path if key is not None]
    names = [table, *(key.parent for key in keys)]
    people = [place for place, name in enumerate(names) if _holds_people(wood.schema, name)]
    large = [
        place for place, name in enumerate(names) if row_counts[name] >= _LARGE or name == table
    ]
    height = people[0] if people else large[-1]
    rows = np.arange(row_counts[table], dtype=np.int64)
    owner = rows
    for key in keys[:height]:
        above = parents[key]
        owner = np.where(owner >= 0, above[np.maximum(owner, 0)], -1)
    return np.where(owner >= 0, owner, -1 - rows)


def _holds_people(schema: Schema, table: str) -> bool:
    return any(column.sdtype in _PEOPLE for column in schema.table(table).columns)
