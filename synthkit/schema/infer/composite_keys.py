"""Keys of several columns: primary keys of bridge and weak tables, and foreign keys to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.names import same_word, words
from synthkit.schema.infer.profiles import Columns, Profile
from synthkit.schema.infer.relations import Relations
from synthkit.schema.model import ForeignKey

__all__ = [
    "CompositeKey",
    "CompositeLink",
    "composite_key",
    "composite_links",
    "expected_repeats",
    "is_bridge",
    "is_unique",
]

_MOST_COLUMNS = 4
_MOST_MARKED = 8
"""Columns of a table that are tried with each other: 8 give 154 sets of two to four."""
_REPEATS_OF_KEYS = 3.0
_REPEATS_OF_LEADING = 5.0
_REPEATS_OF_OTHERS = 10.0
"""Repeats to expect by accident from which on their absence says key: 1 in 20 by accident for
leading columns that are named as keys, 1 in 150 where the last of them is some other column, 1 in
20,000 for columns anywhere, of which many sets are tried."""
_BRIDGE_PAYLOAD = 2
_NUMBERS_PER_ROW = 2
"""Distinct numbers, by the most rows of one parent, up to which they can be a numbering."""
_MOST_ORPHANS = 0.01
_NO_ACCIDENT = -3.0
_NUMBERING = frozenset(
    "line seq sequence position pos no nr number lap stop round step ordinal index idx zeile"
    " order rank version revision stint part level".split()
)
_BEGINNINGS = frozenset("from start begin valid effective since von ab gueltig gultig".split())


@dataclass(frozen=True)
class CompositeKey:
    """Columns that are unique together, and why they are the key."""

    columns: tuple[str, ...]
    because: str


def composite_key(
    profiles: Mapping[str, Profile],
    relations: Relations,
    pointing: Mapping[str, str],
    columns: Columns,
) -> CompositeKey | None:
    """Return the primary key of a table that has none of one column, or None.

    ``pointing`` gives the parent table of each column that is a foreign key. A key is made of
    columns that are foreign keys or named as keys, first of all the leading ones; the last may
    be another that numbers or dates the rows of a parent.
    """
    ordered = sorted(profiles.values(), key=lambda one: one.position)
    table = ordered[0].table
    fit = [one for one in ordered if one.rows and not one.nulls and one.varies]
    marked = [one for one in fit if one.name in pointing or _is_key_name(table, one, relations)]
    if not marked or len(ordered) < 2:
        return None
    bridge = is_bridge(ordered, relations, pointing)
    for names, least in _attempts(ordered, marked, pointing):
        expected = expected_repeats([profiles[name] for name in names])
        if expected < least and not (bridge and set(names) <= set(pointing)):
            continue
        if is_unique(columns.read(table, names)):
            rows = ordered[0].rows
            because = f"all {rows:,} combinations are present and distinct"
            if bridge:
                because += "; the table links the tables that they point at"
            elif expected >= least:
                because += f", where accident would repeat about {expected:,.0f}"
            return CompositeKey(names, because)
    return None


def _is_key_name(table: str, one: Profile, relations: Relations) -> bool:
    marker = relations.marker(table, one.name)
    return marker == "strong" or bool(marker and relations.names_itself(table, one.name))


def is_bridge(
    ordered: Sequence[Profile], relations: Relations, pointing: Mapping[str, str]
) -> bool:
    """Whether a table does little else than link others, or is named after those it links."""
    parents = [pointing[one.name] for one in ordered if one.name in pointing]
    if len(parents) < 2:
        return False
    named = sum(relations.carries_name(ordered[0].table, parent) for parent in set(parents))
    payload = len(ordered) - len(parents)
    return named >= 2 or payload <= (_BRIDGE_PAYLOAD if len(parents) == 2 else 0)


def _attempts(
    ordered: Sequence[Profile], marked: Sequence[Profile], pointing: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield sets of columns to try in order, with the repeats that have to be expected."""
    names = [one.name for one in ordered]
    keys = {one.name for one in marked}
    lead = next((at for at, name in enumerate(names) if name not in keys), len(names))
    for size in range(2, min(lead, _MOST_COLUMNS) + 1):
        yield tuple(names[:size]), _REPEATS_OF_KEYS
    some = [one.name for one in marked[:_MOST_MARKED]]
    if 0 < lead < min(len(ordered), _MOST_COLUMNS) and set(names[:lead]) & set(pointing):
        following = ordered[lead]
        if _can_number(following) and not following.nulls:
            numbers = any(_numbers_rows(following, one) for one in marked)
            yield tuple(names[: lead + 1]), _REPEATS_OF_KEYS if numbers else _REPEATS_OF_LEADING
    for size in range(2, min(len(some), _MOST_COLUMNS) + 1):
        for chosen in combinations(some, size):
            if any(name in pointing for name in chosen):
                yield chosen, _REPEATS_OF_OTHERS
    for last in ordered:
        for first in marked[:_MOST_MARKED]:
            if first.name in pointing and last.name not in keys and _numbers_rows(last, first):
                yield (first.name, last.name), _REPEATS_OF_KEYS


def _can_number(one: Profile) -> bool:
    if one.kind != "other":
        return True
    return one.column.storage.startswith(("date32", "timestamp"))


def _numbers_rows(one: Profile, of: Profile) -> bool:
    """Whether a column numbers the rows of each parent, or dates the beginning of each."""
    parts = words(one.name)
    if one.nulls or not parts:
        return False
    if one.column.storage.startswith(("date32", "timestamp")):
        return bool(_BEGINNINGS & set(parts))
    few = one.distinct <= _NUMBERS_PER_ROW * int(of.counts.max())
    return one.kind == "integer" and parts[-1] in _NUMBERING and few


def expected_repeats(parts: Sequence[Profile]) -> float:
    """Return the pairs of rows that would agree if the columns were drawn independently."""
    rows = parts[0].rows
    agreement = 1.0
    for part in parts:
        agreement *= part.agreement
    return rows * (rows - 1) / 2 * agreement


def _codes(data: pa.ChunkedArray) -> tuple[np.ndarray[Any, np.dtype[np.int64]], int]:
    coded = pc.dictionary_encode(data.combine_chunks(), null_encoding="encode")
    return coded.indices.to_numpy().astype(np.int64), len(coded.dictionary)


def is_unique(data: pa.Table) -> bool:
    """Say whether no two rows have all values alike; null is a value."""
    combined = np.zeros(data.num_rows, dtype=np.int64)
    for column in data.columns:
        codes, count = _codes(column)
        _, combined = np.unique(combined * count + codes, return_inverse=True)
    return combined.size == 0 or int(combined.max()) + 1 == data.num_rows


@dataclass(frozen=True)
class CompositeLink:
    """A foreign key of several columns, and why."""

    key: ForeignKey
    because: str


def composite_links(
    profiles: Mapping[str, Mapping[str, Profile]],
    relations: Relations,
    keys: Mapping[str, tuple[str, ...]],
    single: Sequence[ForeignKey],
    columns: Columns,
) -> list[CompositeLink]:
    """Return the foreign keys to primary keys of several columns.

    Columns pair by name or by pointing at the same parent. A key that only joins two other
    foreign keys (a bridge) is pointed at only by a table that carries the bridge's name: other
    tables point at the bridge's parents themselves.
    """
    found = []
    for parent, key in keys.items():
        if len(key) < 2:
            continue
        own = {one.columns[0]: one for one in single if one.table == parent}
        is_bridge = all(name in own for name in key)
        for child in profiles:
            named = relations.carries_name(child, parent)
            if child == parent or (is_bridge and not named):
                continue
            for pairs in _pairings(profiles[child], profiles[parent], key, child, single, own):
                link = _composite_link(child, pairs, parent, key, named, profiles, columns)
                if link is not None:
                    found.append(link)
    return _without_reverse(found, profiles)


def _pairings(
    own: Mapping[str, Profile],
    target: Mapping[str, Profile],
    key: tuple[str, ...],
    child: str,
    single: Sequence[ForeignKey],
    parents: Mapping[str, ForeignKey],
) -> Iterator[tuple[str, ...]]:
    """Yield columns of a child that may stand for the columns of a key: first by name."""
    options = []
    pointing = {one.columns[0]: one for one in single if one.table == child}
    for name in key:
        alike = [
            column
            for column, profile in own.items()
            if profile.column.storage == target[name].column.storage and _same_name(column, name)
        ]
        if not alike and name in parents:
            goal = (parents[name].parent, parents[name].parent_columns)
            alike = [
                column
                for column, link in pointing.items()
                if (link.parent, link.parent_columns) == goal
            ]
        options.append(alike)
    for chosen in product(*options):
        if len(set(chosen)) == len(key):
            yield chosen


def _same_name(one: str, other: str) -> bool:
    own, target = words(one), words(other)
    return len(own) == len(target) and all(map(same_word, own, target))


def _composite_link(
    child: str,
    chosen: tuple[str, ...],
    parent: str,
    key: tuple[str, ...],
    named: bool,
    profiles: Mapping[str, Mapping[str, Profile]],
    columns: Columns,
) -> CompositeLink | None:
    parts = [profiles[parent][name] for name in key]
    rows = parts[0].rows
    room = float(np.prod([float(part.distinct) for part in parts]))
    own = columns.read(child, chosen).rename_columns(list(key)).drop_null()
    theirs = columns.read(parent, key)
    own_codes, their_codes = _joint_codes(own, theirs)
    tuples, counts = np.unique(own_codes, return_counts=True)
    known = np.isin(tuples, their_codes)
    orphans = int(counts[~known].sum())
    if not tuples.size or orphans > _MOST_ORPHANS * own.num_rows:
        return None
    if not named and int(known.sum()) * np.log10(rows / room) > _NO_ACCIDENT:
        return None
    expected = own.num_rows * (own.num_rows - 1) / 2 / rows
    unique = tuples.size == own.num_rows and expected >= _REPEATS_OF_KEYS
    because = f"columns of the same names; {tuples.size - int((~known).sum()):,} of "
    because += f"{tuples.size:,} distinct combinations are keys there"
    if orphans:
        because += f" ({orphans:,} of {own.num_rows:,} rows are orphans)"
    link = ForeignKey(table=child, columns=chosen, parent=parent, parent_columns=key, unique=unique)
    return CompositeLink(link, because)


def _joint_codes(one: pa.Table, other: pa.Table) -> tuple[Any, Any]:
    """Return a number per row of two tables, equal where their rows are."""
    size = one.num_rows
    combined = np.zeros(size + other.num_rows, dtype=np.int64)
    for name in one.column_names:
        both = pa.chunked_array([*one.column(name).chunks, *other.column(name).chunks])
        codes, count = _codes(both)
        _, combined = np.unique(combined * count + codes, return_inverse=True)
    return combined[:size], combined[size:]


def _without_reverse(
    links: Sequence[CompositeLink], profiles: Mapping[str, Mapping[str, Profile]]
) -> list[CompositeLink]:
    """Keep one link per child and columns, and of two tables with one key the larger as parent."""

    def rows(table: str) -> int:
        return next(iter(profiles[table].values())).rows

    kept: dict[tuple[str, tuple[str, ...]], CompositeLink] = {}
    for link in sorted(links, key=lambda one: (-rows(one.key.parent), one.key.parent)):
        back = kept.get((link.key.parent, link.key.parent_columns))
        if back is not None and back.key.parent == link.key.table:
            continue
        kept.setdefault((link.key.table, link.key.columns), link)
    return list(kept.values())
