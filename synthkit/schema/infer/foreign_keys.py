"""Foreign keys of one column: by name, by inclusion of values, and by both.

Names decide where values cannot: whole numbers from 1 lie in each other by accident all the
time. Values decide where names are silent: texts and sparse numbers do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthkit.schema.infer.inclusion import Inclusion, accidental_repeats, inclusion
from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.relations import Likeness, Relation, Relations

__all__ = ["Link", "best_links", "find_links", "is_one_to_one"]

Profiles = Mapping[str, Mapping[str, Profile]]

_MOST_ORPHANS = {
    Likeness.EXACT: 0.02,
    Likeness.PARTIAL: 0.01,
    Likeness.SHORT: 0.01,
    Likeness.ROLE: 0.005,
}
"""Share of rows that may point nowhere, by how much the name says; none for the others."""
_NO_ACCIDENT = -6.0
"""Decimal logarithm of a chance that is none; squared where names say nothing at all."""
_UNLIKELY_SPREAD = 1e-3
_LEAST_COVERAGE = 0.5
_LEAST_VALUES = 8
_ONE_TO_ONE = 3.0
"""Repeats to expect by accident from which on their absence is no accident (1 in 20)."""


@dataclass(frozen=True)
class Link:
    """A column that may point at a key, with the evidence of names and values."""

    child: Profile
    parent: Profile
    relation: Relation
    inclusion: Inclusion
    shared_words: int

    def because(self) -> str:
        """Say why in a sentence that holds counts and no values."""
        found = self.inclusion
        covered = f"covering {found.found:,} of {found.parents:,} keys"
        if found.orphans:
            lie = f"{found.rows - found.orphans:,} of {found.rows:,} rows point at a key"
            return f"{self.relation.because}; {lie} ({found.orphans:,} orphans), {covered}"
        alone = self.relation.likeness <= Likeness.SAME and found.log_chance < _NO_ACCIDENT
        accident = ", too many to be an accident" if alone else ""
        lie = f"all {found.distinct:,} distinct values are keys there{accident}"
        return f"{self.relation.because}; {lie}, {covered}"


def find_links(
    profiles: Profiles, relations: Relations, candidates: Sequence[Profile]
) -> list[Link]:
    """Return every column of every table that plausibly points at one of some unique columns."""
    found: list[Link] = []
    for columns in profiles.values():
        for child in columns.values():
            if child.kind in ("integer", "text") and child.distinct:
                found.extend(_links_of(child, relations, candidates))
    return found


def _links_of(
    child: Profile, relations: Relations, candidates: Sequence[Profile]
) -> Iterator[Link]:
    own_key = child.is_unique and relations.names_itself(child.table, child.name)
    for parent in candidates:
        if child is parent or child.kind != parent.kind:
            continue
        relation = relations.relation(child.table, child.name, parent.table, parent.name)
        if relation.likeness < Likeness.EXACT and own_key and child.kind == "integer":
            if not relations.shared_words(child.table, parent.table):
                continue
            relation = Relation(Likeness.NONE, "both are keys of tables with like names")
        if relation.likeness == Likeness.NONE and parent.is_sequence:
            continue
        most = _MOST_ORPHANS.get(relation.likeness, 0.0)
        lying = inclusion(child, parent, most)
        if lying is None:
            continue
        shared = relations.shared_words(child.table, parent.table)
        link = Link(child, parent, relation, lying, shared)
        if _is_plausible(link, relations, own_key):
            yield link


def _is_plausible(link: Link, relations: Relations, own_key: bool) -> bool:
    found, likeness = link.inclusion, link.relation.likeness
    child, whole = link.child, link.child.kind == "integer"
    marked = relations.is_marked(child.table, child.name)
    spread_out = found.spread >= _UNLIKELY_SPREAD
    if own_key:
        if likeness == Likeness.EXACT:
            return link.parent.table != child.table
        return found.log_chance <= 2 * _NO_ACCIDENT and child.table != link.parent.table
    if likeness >= Likeness.PARTIAL:
        return marked or not whole or (spread_out and found.coverage >= _LEAST_COVERAGE / 2)
    if likeness == Likeness.SHORT:
        return not whole or (
            found.spread >= (_UNLIKELY_SPREAD**2 if marked else _UNLIKELY_SPREAD)
            and (marked or found.coverage >= _LEAST_COVERAGE)
        )
    if likeness == Likeness.ROLE:
        if link.relation.guess and whole:
            return spread_out and not child.is_unique
        return marked or not (whole and child.is_unique)
    if likeness == Likeness.SAME:
        if whole:
            return spread_out and found.coverage >= _LEAST_COVERAGE
        return found.log_chance <= _NO_ACCIDENT
    if likeness == Likeness.MARKED:
        return _is_plausible_key(link, relations)
    least = 2 * _LEAST_VALUES
    no_accident = found.log_chance <= 2 * _NO_ACCIDENT and found.distinct >= least
    return no_accident and (whole or _is_coded(link.parent))


def _is_plausible_key(link: Link, relations: Relations) -> bool:
    """Judge a column that is named as a key, though of nothing that there is."""
    found, child = link.inclusion, link.child
    if found.log_chance <= _NO_ACCIDENT:
        return True
    return (
        child.kind == "integer"
        and not child.is_unique
        and relations.is_marked(child.table, child.name, "strong")
        and not relations.is_attribute(child.table, child.name)
        and found.distinct >= _LEAST_VALUES
        and found.coverage >= _LEAST_COVERAGE
        and found.spread >= 10 * _UNLIKELY_SPREAD
    )


def _is_coded(profile: Profile) -> bool:
    """Whether texts are codes rather than words: most have a digit or no small letter."""
    sample = [str(value) for value in profile.values.slice(0, 200).to_pylist()]
    coded = sum(
        " " not in text and (text.upper() == text or any(char.isdigit() for char in text))
        for text in sample
    )
    return coded > 0.9 * len(sample)


def best_links(
    links: Sequence[Link], worth: Callable[[Profile], float], least_worth: float
) -> list[Link]:
    """Return at most one link per child column: the one that names and values support best.

    ``worth`` says how good a key its parent column is; links that names hardly support are
    taken only to a key of ``least_worth``. Of two links that point at each other one stays.
    """
    by_child: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        sure = link.relation.likeness >= Likeness.ROLE or (
            link.relation.likeness == Likeness.SAME and link.inclusion.log_chance <= _NO_ACCIDENT
        )
        if sure or worth(link.parent) >= least_worth:
            by_child.setdefault((link.child.table, link.child.name), []).append(link)
    chosen = {}
    for place, options in by_child.items():
        options.sort(key=lambda link: _rank(link, worth), reverse=True)
        first = options[0]
        rivals = [link for link in options[1:] if link.parent.table != first.parent.table]
        weak = first.relation.likeness <= Likeness.MARKED
        if weak and first.child.kind == "integer" and rivals and not _is_clear(first, rivals[0]):
            continue
        chosen[place] = first
    return _without_mutual(chosen)


def _rank(link: Link, worth: Callable[[Profile], float]) -> tuple[float, ...]:
    found = link.inclusion
    return (
        link.relation.likeness,
        worth(link.parent),
        -link.relation.rank,
        link.shared_words,
        -found.orphans,
        round(found.log_chance < _NO_ACCIDENT),
        round(found.spread, 2),
        found.coverage,
        -link.parent.position,
    )


def _is_clear(first: Link, rival: Link) -> bool:
    return first.inclusion.log_chance < rival.inclusion.log_chance + _NO_ACCIDENT


def _without_mutual(chosen: dict[tuple[str, str], Link]) -> list[Link]:
    """Drop one of two links that are each other's reverse: the larger table is the parent."""
    kept = []
    for place, link in chosen.items():
        back = chosen.get((link.parent.table, link.parent.name))
        if back is not None and (back.parent.table, back.parent.name) == place:
            own, other = _parenthood(link.parent, chosen), _parenthood(link.child, chosen)
            if own < other:
                continue
        kept.append(link)
    return kept


def _parenthood(profile: Profile, chosen: Mapping[tuple[str, str], Link]) -> tuple[float, ...]:
    """Rank how likely a table is the parent of two: rows, then keys to it, then a short name."""
    pointing = sum(link.parent.table == profile.table for link in chosen.values())
    letters = tuple(-ord(char) for char in profile.table)
    return (profile.rows, pointing, -len(profile.table), *letters)


def is_one_to_one(link: Link) -> bool:
    """Whether no two rows share a parent, and that is no accident of few rows."""
    child = link.child
    unique = child.distinct == child.present
    return unique and accidental_repeats(child, link.parent.distinct) >= _ONE_TO_ONE
