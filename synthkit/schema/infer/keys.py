"""Primary keys of one column: which unique column is meant to be the key.

That a column is unique is not enough: its name, type and place and who points at it decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.relations import Relations

__all__ = ["LEAST_WORTH", "KeyWorth", "key_candidates", "key_worth", "primary_key"]

LEAST_WORTH = 50.0
"""Worth from which on a unique column is a primary key. The parts below are ordinal: a name of
its own outweighs a place, a pointer outweighs a name that says nothing."""

_OWN_NAME, _OWN_NUMBER, _OWN_WORD = 100.0, 85.0, 60.0
_MARKED_NAME, _NUMBER_NAME, _ANY_NAME, _PROPERTY_NAME = 60.0, 50.0, 10.0, 5.0
_OTHER_TABLE = 0.0
_FIRST, _SECOND = 15.0, 5.0
_SEQUENCE, _LEADING_SEQUENCE = 5.0, 30.0
_POINTED_AT = 45.0
_ONE_TO_ONE = 60.0
_LEAST_SEQUENCE = 10
"""Rows from which on a first column that counts is a key whatever its name."""


@dataclass(frozen=True)
class KeyWorth:
    """How good a primary key a unique column is, and why in words."""

    worth: float
    because: str


def key_candidates(profiles: Mapping[str, Mapping[str, Profile]]) -> list[Profile]:
    """Return the columns that are unique, without gaps and of a type that keys have."""
    return [
        profile
        for columns in profiles.values()
        for profile in columns.values()
        if profile.is_unique
    ]


def key_worth(
    profile: Profile,
    relations: Relations,
    *,
    pointed: int = 0,
    one_to_one: bool = False,
) -> KeyWorth:
    """Judge a unique column as primary key.

    ``pointed`` is how many foreign keys would point at it; ``one_to_one`` that it is a foreign
    key itself whose uniqueness is no accident.
    """
    worth, because = _worth_of_name(profile, relations, one_to_one)
    reasons = [f"all {profile.rows:,} values are present and distinct", because]
    if profile.position == 0:
        worth += _FIRST
        reasons.append("it comes first")
    elif profile.position == 1:
        worth += _SECOND
    if profile.is_sequence:
        leading = profile.position == 0 and profile.rows >= _LEAST_SEQUENCE
        worth += _LEADING_SEQUENCE if leading else _SEQUENCE
        reasons.append("it counts without gaps")
    if pointed:
        worth += _POINTED_AT
        reasons.append(f"{pointed} foreign key{'s' if pointed > 1 else ''} can point at it")
    return KeyWorth(worth, "; ".join(reason for reason in reasons if reason))


def _worth_of_name(profile: Profile, relations: Relations, one_to_one: bool) -> tuple[float, str]:
    table, name = profile.table, profile.name
    marker = relations.marker(table, name)
    if relations.names_itself(table, name):
        worth = {"strong": _OWN_NAME, "soft": _OWN_NUMBER, "": _OWN_WORD}[marker]
        return worth, "it is named as the key of its table"
    if one_to_one:
        return _ONE_TO_ONE, "it is a foreign key to one row each"
    if relations.named_tables(table, name):
        return _OTHER_TABLE, ""
    if marker == "soft" and relations.is_attribute(table, name):
        return _PROPERTY_NAME, ""
    if marker:
        return (_MARKED_NAME if marker == "strong" else _NUMBER_NAME), "it is named as a key"
    return _ANY_NAME, ""


def primary_key(
    columns: Sequence[Profile], worths: Mapping[str, KeyWorth], barred: Collection[str]
) -> Profile | None:
    """Return the best of a table's unique columns, or None where none is good enough.

    ``barred`` are columns that are unique by accident only.
    """
    good = [
        profile
        for profile in columns
        if profile.name not in barred and worths[profile.name].worth >= LEAST_WORTH
    ]
    return max(good, key=lambda one: (worths[one.name].worth, -one.position), default=None)
