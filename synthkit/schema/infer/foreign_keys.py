"""Foreign keys of one column: by name, by inclusion of values, and by both.

Names decide where values cannot: whole numbers from 1 lie in each other by accident all the
time. Values decide where names are silent: texts and sparse numbers do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from synthkit.schema.infer.inclusion import inclusion
from synthkit.schema.infer.links import NO_ACCIDENT, Link
from synthkit.schema.infer.names import words
from synthkit.schema.infer.plausibility import MOST_ORPHANS, is_plausible
from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.relations import Likeness, Relation, Relations

__all__ = ["best_links", "find_links"]

Profiles = Mapping[str, Mapping[str, Profile]]


def find_links(
    profiles: Profiles, relations: Relations, candidates: Sequence[Profile]
) -> list[Link]:
    """Return every column of every table that plausibly points at one of some unique columns."""
    found: list[Link] = []
    for columns in profiles.values():
        for child in columns.values():
            if child.kind in ("integer", "text") and child.present:
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
        most = MOST_ORPHANS.get(relation.likeness, 0.0)
        lying = inclusion(child, parent, most)
        if lying is None:
            continue
        shared = relations.shared_words(child.table, parent.table)
        link = Link(child, parent, relation, lying, shared)
        if is_plausible(link, relations, own_key):
            yield link


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
            link.relation.likeness == Likeness.SAME and link.inclusion.log_chance <= NO_ACCIDENT
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
        _has_its_name(link),
        worth(link.parent),
        -link.relation.rank,
        link.shared_words,
        -found.orphans,
        round(found.log_chance < NO_ACCIDENT),
        round(found.spread, 2),
        found.coverage,
        -link.parent.position,
    )


def _has_its_name(link: Link) -> bool:
    """Whether a column has the whole name of the key, numbers too: ``t05_id``, not ``t06_id``."""
    one, other = words(link.child.name), words(link.parent.name)
    return one == other and len(one) > 1


def _is_clear(first: Link, rival: Link) -> bool:
    return first.inclusion.log_chance < rival.inclusion.log_chance + NO_ACCIDENT


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
