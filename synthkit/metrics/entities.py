"""Whom the rows of a whole data set belong to: root entities that can be dealt out.

Where `families` follows the primary parents of one table, this looks at all tables at once: which
of them hold entities, which hang on one entity, and which many entities share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthkit.dataset import Dataset
from synthkit.metrics.columns import Integers
from synthkit.metrics.sides import parent_rows
from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import Forest, forest, topological
from synthkit.schema.infer.people import people_tables

__all__ = ["SHARED", "Entities", "entities_of", "find_entities", "may_be_empty"]

SHARED = -1
"""The owner of a row that several entities point at."""

_LEAST_ENTITIES = 20
_SERVED = 5
"""People for each of those above them, from which on these serve them: customers of a clerk."""
_OWNED = 0.9

Parents = Mapping[ForeignKey, Integers]


@dataclass(frozen=True)
class Entities:
    """The entity of every row.

    ``owners[table]`` holds the number of each row's entity, or `SHARED`; a table that is not
    there is shared as a whole. ``ranges`` says which numbers, from the first up to but without
    the last, are entities of which table; ``roots`` are the tables that entities were found in.
    ``first`` gives the foreign key that a table's rows follow before any other.
    """

    row_counts: Mapping[str, int]
    roots: tuple[str, ...]
    owners: Mapping[str, Integers]
    ranges: Mapping[str, tuple[int, int]]
    first: Mapping[str, ForeignKey]

    @property
    def count(self) -> int:
        """Number of entities."""
        return max((end for _, end in self.ranges.values()), default=0)


def find_entities(schema: Schema, row_counts: Mapping[str, int], parents: Parents) -> Entities:
    """Find the tables that hold entities, and what hangs on them.

    Of the tables with at least 20 rows, those about people come first (not those who serve five
    times as many people below them), then those at the top of most others. Rows that point at an
    entity's rows belong to it: by the primary parent of `schema.graph.forest` first, then by the
    other keys. A table above belongs to entities where nine tenths of its rows that are pointed
    at serve one entity each (the address of a customer); else it is shared, and so is what hangs
    on it (the categories of a film that is rented out). Then the tables that are left are looked
    at in the same way.

    ``parents[key]`` holds the parent row of each child row, -1 where there is none.
    """
    search = _Search(schema, row_counts, parents)
    while (root := search.next_root()) is not None:
        search.claim(root)
    return Entities(row_counts, tuple(search.roots), search.owners, search.ranges, search.first)


def entities_of(data: Dataset) -> tuple[Entities, Parents]:
    """Return the entities of a data set in memory, and the parent rows that they follow from."""
    parents = {
        key: parent_rows(
            data.arrow(key.table, key.columns), data.arrow(key.parent, key.parent_columns)
        )
        for key in data.schema.foreign_keys
    }
    return find_entities(data.schema, data.row_counts, parents), parents


def may_be_empty(schema: Schema, key: ForeignKey) -> bool:
    """Return whether a reference can be emptied without touching a key or another reference."""
    table = schema.table(key.table)
    used = set(table.primary_key or ()).union(*table.alternate_keys)
    for other in schema.foreign_keys_of(key.table):
        used |= set() if other == key else set(other.columns)
    return all(table.column(name).nullable and name not in used for name in key.columns)


class _Search:
    def __init__(self, schema: Schema, row_counts: Mapping[str, int], parents: Parents) -> None:
        self.schema = schema
        self.row_counts = row_counts
        self.parents = parents
        self.wood: Forest = forest(schema, row_counts)
        self.order = topological(schema, ignore=self.wood.cut)
        self.keys = [
            key
            for key in schema.foreign_keys
            if not key.is_self_reference and key not in self.wood.cut
        ]
        self.roots: list[str] = []
        self.owners: dict[str, Integers] = {}
        self.ranges: dict[str, tuple[int, int]] = {}
        self.first: dict[str, ForeignKey] = {}
        self.count = 0

    def next_root(self) -> str | None:
        """Return the table whose rows are the next entities, or None if none is left."""
        taken = self._above(self.owners)
        taken |= {name for name in self.order if taken.intersection(self._line(name))}
        taken = self._above(taken)
        free = [
            table
            for table in self.schema.tables
            if table.name not in taken
            and not table.reference
            and self.row_counts[table.name] >= _LEAST_ENTITIES
        ]
        names = [table.name for table in free]
        people = people_tables(tuple(free))
        tops = [name for name in names if name in people and not self._serves(name, people)] or [
            name for name in names if not set(names).intersection(self._line(name)[1:2])
        ]
        below = {name: len(self._below([name])) for name in tops}
        return max(tops, key=lambda name: (below[name], self.row_counts[name]), default=None)

    def _serves(self, table: str, people: set[str]) -> bool:
        """Return whether a table of people has many more people below it: it serves them."""
        return any(
            key.parent == table
            and key.table in people
            and self.row_counts[key.table] >= _SERVED * self.row_counts[table]
            for key in self.keys
        )

    def claim(self, root: str) -> None:
        """Make entities of a table's rows, and give them the rows of other tables."""
        self.roots.append(root)
        self.owners[root] = self._numbered(root, self._trees(root))
        below = self._below([root])
        for table in self.order:
            if table in below and table not in self.owners:
                self._descend(table)
        above = self._above([root, *below])
        for table in reversed(self.order):
            if table in above and table not in self.owners:
                self._ascend(table)

    def _descend(self, table: str) -> None:
        """Give each row to the entity of the first of its parents that has one."""
        primary = self.wood.primary[table]
        keys = [key for key in self.keys if key.table == table and key.parent in self.owners]
        keys.sort(key=lambda key: key != primary)
        self.first[table] = keys[0]
        owner = np.full(self.row_counts[table], SHARED)
        for key in keys:
            above = np.append(self.owners[key.parent], SHARED)[self.parents[key]]
            owner = np.where(owner == SHARED, above, owner)
        self._own(table, owner, owner == SHARED)

    def _ascend(self, table: str) -> None:
        """Give a table above to the entities that point at it, if it is theirs."""
        if self.schema.table(table).reference:
            return
        count = self.row_counts[table]
        most = np.iinfo(np.int64).max
        least, greatest = np.full(count, most), np.full(count, SHARED)
        for key in self.keys:
            if key.parent != table:
                continue
            at = self.parents[key]
            owner = self.owners.get(key.table, np.full(len(at), SHARED))[at >= 0]
            np.minimum.at(least, at[at >= 0], owner)
            np.maximum.at(greatest, at[at >= 0], owner)
        pointed = least < most
        owned = pointed & (least == greatest) & (least >= 0)
        if owned.sum() >= _OWNED * pointed.sum():
            self._own(table, np.where(owned, least, SHARED), ~pointed)

    def _own(self, table: str, owner: Integers, alone: NDArray[np.bool_]) -> None:
        """Store the owners of a table's rows; those alone are entities of their own."""
        if alone.any():
            owner = owner.copy()
            owner[alone] = self._numbered(table, np.arange(int(alone.sum())))
        self.owners[table] = owner

    def _numbered(self, table: str, groups: Integers) -> Integers:
        """Return entity numbers that were not given yet, one for each group."""
        found, at = np.unique(groups, return_inverse=True)
        start = self.count
        self.count += len(found)
        self.ranges[table] = start, self.count
        numbers: Integers = start + at.astype(np.int64)
        return numbers

    def _trees(self, table: str) -> Integers:
        """Return a number for each row that all rows linked to it by self references share.

        References that may be empty do not link: they can be cut.
        """
        groups = np.arange(self.row_counts[table])
        for key in self.schema.foreign_keys_of(table):
            if key.is_self_reference and not may_be_empty(self.schema, key):
                groups = tree_tops(
                    np.where(self.parents[key] < 0, np.arange(len(groups)), self.parents[key])
                )
        return groups

    def _line(self, table: str) -> list[str]:
        """Return a table and its primary parents, upwards."""
        found = [table]
        while (key := self.wood.primary[found[-1]]) is not None:
            found.append(key.parent)
        return found

    def _below(self, tables: Iterable[str]) -> set[str]:
        found = list(tables)
        for name in found:
            found += [
                key.table for key in self.keys if key.parent == name and key.table not in found
            ]
        return set(found)

    def _above(self, tables: Iterable[str]) -> set[str]:
        found = list(tables)
        for name in found:
            found += [
                key.parent for key in self.keys if key.table == name and key.parent not in found
            ]
        return set(found)


def tree_tops(parent: Integers) -> Integers:
    """Return for each row the top of its tree; a row without a parent is its own parent.

    Rows whose way up ends in a circle get the lowest row of the circle.
    """
    above, lowest = parent, np.minimum(np.arange(len(parent)), parent)
    for _ in range(max(1, len(parent).bit_length())):
        lowest = np.minimum(lowest, lowest[above])
        above = above[above]
    tops: Integers = lowest[above]
    return tops
