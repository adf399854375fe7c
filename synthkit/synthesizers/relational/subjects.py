"""Whom rows are about: the people, or else entities, whose privacy is counted."""

from __future__ import annotations

import numpy as np

from synthkit.dataset import Dataset
from synthkit.synthesizers.relational.prepared import Prepared
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices

__all__ = ["subjects_of"]

_LARGE = 50
"""A table of fewer rows is no crowd: protecting its rows would leave nothing to learn."""
_PEOPLE = ("first_name", "last_name", "name", "email", "phone_number", "ssn", "user_name")


def subjects_of(dataset: Dataset, profile: Profile, made: Prepared, table: str) -> Indices:
    """Return whom each row is about, as a number: rows of one subject share it.

    The subject is the nearest table upwards that holds people; where there is none, the highest
    ancestor that is large enough to hide in. Rows without one are subjects of their own.
    """
    path = [profile.forest.primary[table]]
    while path[-1] is not None:
        path.append(profile.forest.primary[path[-1].parent])
    keys = [key for key in path if key is not None]
    names = [table, *(key.parent for key in keys)]
    people = [place for place, name in enumerate(names) if _holds_people(profile, name)]
    large = [
        place
        for place, name in enumerate(names)
        if profile.row_counts[name] >= _LARGE or name == table
    ]
    height = people[0] if people else large[-1]
    rows = np.arange(dataset.row_counts[table], dtype=np.int64)
    owner = rows
    for key in keys[:height]:
        above = made.parents[key]
        owner = np.where(owner >= 0, above[np.maximum(owner, 0)], -1)
    return np.where(owner >= 0, owner, -1 - rows)


def _holds_people(profile: Profile, table: str) -> bool:
    return any(column.sdtype in _PEOPLE for column in profile.schema.table(table).columns)
