"""Tables whose rows go with those of another child of the same parent.

A player's seasons in the field are among his seasons at bat: player, year and team of the one
table are always found in the other, though no foreign key says so. Such rows are drawn below the
row that they go with, and share its values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from synthkit.dataset import Dataset
from synthkit.schema import Column, Dependency, ForeignKey
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices, key_codes
from synthkit.synthesizers.structure.rows import bridge_keys

__all__ = ["Companion", "anchored", "companions", "per_owner", "places_within", "reordered"]

_EVIDENCE = 50
"""Rows that could have gone with several rows and were found among them, at least."""
_UNIQUE = 0.99
"""Share of the other table's rows that the shared columns must tell apart."""


class Companion(BaseModel):
    """Rows go with those of ``base``, another child of the same parent: ``columns`` agree."""

    model_config = ConfigDict(frozen=True)

    base: str
    columns: tuple[str, ...]


def companions(
    dataset: Dataset, profile: Profile, modelled: Mapping[str, Sequence[Column]]
) -> dict[str, tuple[Companion, Indices]]:
    """Return for each table whose rows go with others: the companion, and the row each goes with.

    ``modelled`` are the columns of each table that can be shared. A table that others go with
    goes with none itself.
    """
    found: dict[str, tuple[Companion, Indices]] = {}
    bases: set[str] = set()
    for table in dataset.schema.table_names:
        if table in bases:
            continue
        for base in dataset.schema.table_names:
            if base in found or not _may_go_with(profile, table, base):
                continue
            made = _match(dataset, profile, modelled, table, base)
            if made is not None:
                found[table] = made
                bases.add(base)
                break
    return found


def _may_go_with(profile: Profile, table: str, base: str) -> bool:
    """Whether two tables are children of one parent, every row has one, and no key joins them."""
    forest, schema = profile.forest, profile.schema
    one, two = forest.primary[table], forest.primary[base]
    if table == base or one is None or two is None or one.parent != two.parent:
        return False
    tables = {table, base}
    apart = not any({key.table, key.parent} == tables for key in schema.foreign_keys)
    whole = all(profile.of(key).missing == 0 for key in (one, two))
    plain = not (bridge_keys(forest, table) or bridge_keys(forest, base))
    return apart and whole and plain and not tables & {*profile.fixed}


def _match(
    dataset: Dataset,
    profile: Profile,
    modelled: Mapping[str, Sequence[Column]],
    table: str,
    base: str,
) -> tuple[Companion, Indices] | None:
    one, two = profile.forest.primary[table], profile.forest.primary[base]
    assert one is not None
    assert two is not None
    if one.parent_columns != two.parent_columns:
        return None
    ruled = {
        place
        for rule in dataset.schema.rules
        if not isinstance(rule, Dependency)
        for place in rule.touches()
    }
    storages = {column.name: column.storage for column in modelled[base]}
    names = [
        column.name
        for column in modelled[table]
        if storages.get(column.name) == column.storage
        and not ruled & {(table, column.name), (base, column.name)}
    ]
    ours, theirs = _columns(dataset, table, one), _columns(dataset, base, two)
    shared: list[str] = []
    codes, known = key_codes(ours, theirs)
    owners = known
    for name in names:
        left = [*ours, dataset.arrow(table, [name]).column(0)]
        right = [*theirs, dataset.arrow(base, [name]).column(0)]
        tried, among = key_codes(left, right)
        if (tried >= 0).all() and np.isin(tried, among).all():
            ours, theirs, codes, known = left, right, tried, among
            shared.append(name)
    distinct, first = np.unique(known, return_index=True)
    if not shared or len(distinct) < _UNIQUE * len(known) or not len(codes):
        return None
    rows = first[np.searchsorted(distinct, codes)].astype(np.int64)
    among_several = np.unique(owners, return_counts=True)[1][
        np.searchsorted(np.unique(owners), owners[rows])
    ]
    if int((among_several > 1).sum()) < _EVIDENCE:
        return None
    return Companion(base=base, columns=tuple(shared)), rows


def _columns(dataset: Dataset, table: str, key: ForeignKey) -> list[pa.ChunkedArray]:
    data = dataset.arrow(table, key.columns)
    return [data.column(place) for place in range(data.num_columns)]


def reordered(order: Sequence[str], found: Mapping[str, tuple[Companion, Indices]]) -> list[str]:
    """Return tables in order, each after the one that its rows go with."""
    result: list[str] = []
    waiting: dict[str, list[str]] = {}
    for table in order:
        base = found[table][0].base if table in found else None
        if base is not None and base not in result:
            waiting.setdefault(base, []).append(table)
            continue
        result += [table, *waiting.pop(table, [])]
    return result


def per_owner(owners: Indices, counts: Indices, first: int, size: int) -> Indices:
    """Add up the counts of base rows by owner, rows ``first .. first + size`` of the parent."""
    return np.bincount(owners - first, weights=counts, minlength=size).astype(np.int64)


def anchored(owners: Indices, counts: Indices, wanted: Indices) -> Indices:
    """Return the base row that each new row goes with; -1 where its owner has none.

    Args:
        owners: the owner of each base row, sorted.
        counts: how many rows go with each base row.
        wanted: the owner of each new row, sorted. Where an owner has more of them than its base
            rows ask for, the last base row gets the rest.
    """
    if not len(owners):
        return np.full(len(wanted), -1, np.int64)
    ends = np.cumsum(counts)
    low = np.searchsorted(owners, wanted, side="left")
    high = np.searchsorted(owners, wanted, side="right")
    place = np.arange(len(wanted)) - np.searchsorted(wanted, wanted, side="left")
    begin = np.where(low > 0, ends[np.maximum(low - 1, 0)], 0)
    found = np.searchsorted(ends, begin + place, side="right")
    return np.where(high > low, np.clip(found, low, np.maximum(high - 1, 0)), -1)


def places_within(anchors: Indices) -> npt.NDArray[np.uint8]:
    """Return uint8 (2, rows): each row's place among those of its base row, and how many are left.

    Rows of one base row lie together.
    """
    if not len(anchors):
        return np.zeros((2, 0), np.uint8)
    first = np.flatnonzero(np.append(True, anchors[1:] != anchors[:-1]))
    sizes = np.diff(np.append(first, len(anchors)))
    place = np.arange(len(anchors)) - np.repeat(first, sizes)
    left = np.repeat(sizes, sizes) - place
    return np.minimum(np.stack([place + 1, left]), 255).astype(np.uint8)
