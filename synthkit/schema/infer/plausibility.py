"""Whether names and values together make a foreign key plausible: the rules, by how much names say.

The less a name says, the more the values have to.
"""

from __future__ import annotations

from synthkit.schema.infer.links import NO_ACCIDENT, Link
from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.relations import Likeness, Relations

__all__ = ["MOST_ORPHANS", "is_plausible"]

MOST_ORPHANS = {
    Likeness.EXACT: 0.02,
    Likeness.PARTIAL: 0.01,
    Likeness.SHORT: 0.01,
    Likeness.ROLE: 0.005,
}
"""Share of rows that may point nowhere, by how much the name says; none for the others."""
_UNLIKELY_SPREAD = 1e-3
_LEAST_COVERAGE = 0.5
_LEAST_VALUES = 8


def is_plausible(link: Link, relations: Relations, own_key: bool) -> bool:
    """Judge a link whose orphans are few enough; ``own_key``: the column is its table's own key."""
    child = link.child
    whole_key = child.is_unique and child.kind == "integer"
    if whole_key and link.relation.by_key and not link.shared_words:
        return link.inclusion.log_chance <= NO_ACCIDENT
    if own_key:
        return link.parent.table != child.table and (
            link.relation.likeness == Likeness.EXACT or _is_certain(link)
        )
    likeness = link.relation.likeness
    if likeness == Likeness.NONE:
        return _is_certain(link) and _has_many_codes(link)
    if likeness == Likeness.MARKED:
        return link.inclusion.log_chance <= NO_ACCIDENT or _looks_like_a_key(link, relations)
    if likeness == Likeness.SAME:
        return link.inclusion.log_chance <= NO_ACCIDENT or _is_drawn_from_most(link)
    if likeness == Likeness.ROLE:
        return _plays_a_role(link, relations)
    return child.kind != "integer" or _fits_its_name(link, relations)


def _is_certain(link: Link) -> bool:
    return link.inclusion.log_chance <= 2 * NO_ACCIDENT


def _has_many_codes(link: Link) -> bool:
    many = link.inclusion.distinct >= 2 * _LEAST_VALUES
    return many and (link.child.kind == "integer" or _is_coded(link.parent))


def _is_drawn_from_most(link: Link) -> bool:
    found = link.inclusion
    covered = found.coverage >= _LEAST_COVERAGE and found.distinct >= _LEAST_VALUES
    return covered and found.spread >= _UNLIKELY_SPREAD


def _looks_like_a_key(link: Link, relations: Relations) -> bool:
    """Judge whole numbers that are named as a key, though of nothing that there is."""
    child = link.child
    return (
        child.kind == "integer"
        and not child.is_unique
        and relations.is_marked(child.table, child.name, "strong")
        and not relations.is_attribute(child.table, child.name)
        and _is_drawn_from_most(link)
        and link.inclusion.spread >= 10 * _UNLIKELY_SPREAD
    )


def _plays_a_role(link: Link, relations: Relations) -> bool:
    child = link.child
    if child.kind != "integer":
        return True
    if link.relation.guess:
        return link.inclusion.spread >= _UNLIKELY_SPREAD and not child.is_unique
    return relations.is_marked(child.table, child.name) or not child.is_unique


def _fits_its_name(link: Link, relations: Relations) -> bool:
    """Judge whole numbers named after the parent: the more surely, the less they need to fit."""
    found = link.inclusion
    sure = link.relation.likeness >= Likeness.PARTIAL
    if relations.is_marked(link.child.table, link.child.name):
        return sure or found.spread >= _UNLIKELY_SPREAD**2
    least = _LEAST_COVERAGE / 2 if sure else _LEAST_COVERAGE
    return found.spread >= _UNLIKELY_SPREAD and found.coverage >= least


def _is_coded(profile: Profile) -> bool:
    """Whether texts are codes rather than words: most have a digit or no small letter."""
    sample = [str(value) for value in profile.values.slice(0, 200).to_pylist()]
    coded = sum(
        " " not in text and (text.upper() == text or any(char.isdigit() for char in text))
        for text in sample
    )
    return coded > 0.9 * len(sample)
