"""The front door of inference: from tables whose types are known to a whole schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synthkit.schema.infer.alternate_keys import with_alternate_keys
from synthkit.schema.infer.complete import Inferred, with_references, with_rules
from synthkit.schema.infer.composite_keys import (
    CompositeLink,
    composite_key,
    composite_links,
    is_bridge,
)
from synthkit.schema.infer.foreign_keys import best_links, find_links
from synthkit.schema.infer.key_types import with_keys
from synthkit.schema.infer.keys import (
    LEAST_WORTH,
    KeyWorth,
    key_candidates,
    key_worth,
    primary_key,
)
from synthkit.schema.infer.links import ONE_TO_ONE, Link, is_one_to_one
from synthkit.schema.infer.names import TableNames
from synthkit.schema.infer.people import people_tables
from synthkit.schema.infer.profiles import (
    CACHE_BYTES,
    Columns,
    Profile,
    ReadColumns,
    profile_tables,
)
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.relations import Likeness, Relations
from synthkit.schema.infer.unique_pairs import with_unique_pairs
from synthkit.schema.model import ForeignKey, Schema, Table

__all__ = ["Inferred", "infer"]


_ONE_TO_ONE_BY_NAME = 0.3
"""Repeats to expect by accident that are enough where the child carries the parent's name."""


@dataclass
class _Search:
    """What is known while keys are looked for."""

    tables: tuple[Table, ...]
    declared: tuple[ForeignKey, ...]
    relations: Relations
    columns: Columns
    profiles: dict[str, dict[str, Profile]]
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def add(self, table: str, columns: Sequence[str], decision: str, because: str) -> None:
        subject = f"{table}.{', '.join(columns)}" if columns else table
        self.reasons.append(Reason(subject, decision, because))


def infer(
    tables: Sequence[Table],
    read: ReadColumns,
    declared: Schema | None = None,
    *,
    cache_bytes: int = CACHE_BYTES,
) -> Inferred:
    """Find keys, foreign keys, rules and reference tables in data.

    Args:
        tables: the tables with their columns; sdtype and storage are taken as decided. A primary
            key that a table has already is kept.
        read: returns columns of a table, all rows, in the types of their storages.
        declared: a schema of the same tables whose foreign keys and rules are kept; foreign keys
            are looked for in the columns that it gives none, rules only if it has none.
        cache_bytes: bytes of columns that stay in memory; of others, many values are read again.
    """
    given = tuple(tables)
    names = TableNames((table.name, table.column_names) for table in given)
    relations = Relations(names, {table.name for table in given}, people_tables(given))
    columns = Columns(read, cache_bytes)
    search = _Search(
        tables=given,
        declared=declared.foreign_keys if declared else (),
        relations=relations,
        columns=columns,
        profiles=profile_tables(given, columns),
    )
    foreign_keys = _find_keys(search)
    columns.forget()
    schema = Schema(
        tables=with_keys(given, search.keys, (*search.declared, *foreign_keys)),
        foreign_keys=(*search.declared, *foreign_keys),
        rules=declared.rules if declared else (),
        sdv=declared.sdv if declared else {},
    )
    if declared is None or "rules" not in declared.model_fields_set:
        ruled = with_rules(schema, search.profiles, columns)
        schema, search.reasons = ruled.schema, [*search.reasons, *ruled.reasons]
    referred = with_references(schema, search.profiles, relabel=declared is None)
    if declared is not None:
        return Inferred(referred.schema, (*search.reasons, *referred.reasons))
    schema, reasons = with_alternate_keys(referred.schema, search.profiles, columns)
    schema, pairs = with_unique_pairs(schema, search.profiles, columns)
    return Inferred(schema, (*search.reasons, *referred.reasons, *reasons, *pairs))


def _find_keys(search: _Search) -> list[ForeignKey]:
    links = _undeclared(
        find_links(search.profiles, search.relations, key_candidates(search.profiles)),
        search.declared,
    )
    rough = _rough_links(links, search)
    worths = _worths(search, rough)
    _choose_primary_keys(search, rough, worths)
    single = _single_keys(search, links, worths)
    _choose_composite_keys(search, single)
    composite = composite_links(
        search.profiles,
        search.relations,
        search.keys,
        [*search.declared, *map(_as_key, single)],
        search.columns,
    )
    taken = {(key.table, key.columns) for key in search.declared}
    composite = [one for one in composite if (one.key.table, one.key.columns) not in taken]
    kept = [link for link in single if not _is_implied(_as_key(link), composite, single)]
    for link in kept:
        key = _as_key(link)
        decision = f"foreign key to {key.parent}.{key.parent_columns[0]}"
        search.add(key.table, key.columns, decision, link.because())
    for one in composite:
        decision = f"foreign key to {one.key.parent}.{', '.join(one.key.parent_columns)}"
        search.add(one.key.table, one.key.columns, decision, one.because)
    order = {
        (table.name, name): at
        for table in search.tables
        for at, name in enumerate(table.column_names)
    }
    places = [table.name for table in search.tables]
    found = [*map(_as_key, kept), *(one.key for one in composite)]
    return sorted(
        found, key=lambda key: (places.index(key.table), order[key.table, key.columns[0]])
    )


def _undeclared(links: Sequence[Link], declared: Sequence[ForeignKey]) -> list[Link]:
    taken = {(key.table, name) for key in declared for name in key.columns}
    return [link for link in links if (link.child.table, link.child.name) not in taken]


def _rough_links(links: Sequence[Link], search: _Search) -> list[Link]:
    """Return the links that look best before primary keys are known."""
    declared = {table.name: table.primary_key for table in search.tables if table.primary_key}

    def worth(profile: Profile) -> float:
        if declared.get(profile.table) == (profile.name,):
            return 2 * LEAST_WORTH
        return key_worth(profile, search.relations).worth

    return best_links(links, worth, LEAST_WORTH)


def _worths(search: _Search, rough: Sequence[Link]) -> dict[str, dict[str, KeyWorth]]:
    pointed: dict[tuple[str, str], int] = {}
    for link in rough:
        place = (link.parent.table, link.parent.name)
        if link.child.table != link.parent.table:
            pointed[place] = pointed.get(place, 0) + 1
    single = {
        (link.child.table, link.child.name) for link in rough if _extends(search, link, rough)
    }
    worths: dict[str, dict[str, KeyWorth]] = {table.name: {} for table in search.tables}
    for profile in key_candidates(search.profiles):
        place = (profile.table, profile.name)
        worths[profile.table][profile.name] = key_worth(
            profile,
            search.relations,
            pointed=pointed.get(place, 0),
            one_to_one=place in single,
        )
    return worths


def _pointing(links: Sequence[Link], table: str) -> dict[str, str]:
    return {link.child.name: link.parent.table for link in links if link.child.table == table}


def _extends(search: _Search, link: Link, rough: Sequence[Link]) -> bool:
    """Whether a foreign key makes its table an extension of the parent, row for row."""
    table = link.child.table
    carried = search.relations.carries_name(table, link.parent.table)
    if link.child.position or not link.child.is_unique:
        return False
    if not is_one_to_one(link, _ONE_TO_ONE_BY_NAME if carried else ONE_TO_ONE):
        return False
    pointing = _pointing(rough, table)
    ordered = sorted(search.profiles[table].values(), key=lambda one: one.position)
    others = {parent for name, parent in pointing.items() if name != link.child.name}
    named = any(search.relations.carries_name(table, parent) for parent in others)
    if not is_bridge(ordered, search.relations, pointing):
        return True
    return not named and (carried or len(ordered) > len(pointing))


def _choose_primary_keys(
    search: _Search, rough: Sequence[Link], worths: Mapping[str, Mapping[str, KeyWorth]]
) -> None:
    for table in search.tables:
        if table.primary_key:
            search.keys[table.name] = table.primary_key
            continue
        barred = {
            link.child.name
            for link in rough
            if link.child.table == table.name
            and not _extends(search, link, rough)
            and not search.relations.names_itself(table.name, link.child.name)
        }
        candidates = [one for one in search.profiles[table.name].values() if one.is_unique]
        chosen = primary_key(candidates, worths[table.name], barred)
        if chosen is not None:
            search.keys[table.name] = (chosen.name,)
            because = worths[table.name][chosen.name].because
            search.add(table.name, (chosen.name,), "primary key", because)


def _single_keys(
    search: _Search, links: Sequence[Link], worths: Mapping[str, Mapping[str, KeyWorth]]
) -> list[Link]:
    """Return the foreign keys of one column: to primary keys, or by name to other keys."""

    def is_primary(profile: Profile) -> bool:
        return search.keys.get(profile.table) == (profile.name,)

    def worth(profile: Profile) -> float:
        if is_primary(profile):
            return 3 * LEAST_WORTH
        return min(LEAST_WORTH - 1, worths[profile.table][profile.name].worth)

    usable = [
        link
        for link in links
        if is_primary(link.parent)
        or (
            link.relation.likeness >= Likeness.PARTIAL
            and search.relations.is_marked(link.parent.table, link.parent.name)
        )
    ]
    return best_links(usable, worth, LEAST_WORTH)


def _choose_composite_keys(search: _Search, single: Sequence[Link]) -> None:
    for table in search.tables:
        if table.name in search.keys:
            continue
        pointing = _pointing(single, table.name)
        for key in search.declared:
            if key.table == table.name and len(key.columns) == 1:
                pointing[key.columns[0]] = key.parent
        found = (
            composite_key(search.profiles[table.name], search.relations, pointing, search.columns)
            if table.columns
            else None
        )
        if found is not None:
            search.keys[table.name] = found.columns
            search.add(table.name, found.columns, "primary key", found.because)
        else:
            because = "no column, and no columns together, are unique and placed or named as a key"
            search.add(table.name, (), "no primary key", because)


def _as_key(link: Link) -> ForeignKey:
    return ForeignKey(
        table=link.child.table,
        columns=(link.child.name,),
        parent=link.parent.table,
        parent_columns=(link.parent.name,),
        unique=is_one_to_one(link),
    )


def _is_implied(
    key: ForeignKey, composite: Sequence[CompositeLink], single: Sequence[Link]
) -> bool:
    """Whether a parent that a longer key points at points on to where this key goes."""
    for one in composite:
        if one.key.table != key.table or key.columns[0] not in one.key.columns:
            continue
        through = one.key.parent_columns[one.key.columns.index(key.columns[0])]
        for link in single:
            onward = (link.child.table, link.child.name)
            goal = (link.parent.table, (link.parent.name,))
            if onward == (one.key.parent, through) and goal == (key.parent, key.parent_columns):
                return True
    return False
