"""How tables hang together: the forest of primary parents, cut cycles, and orders.

Each table has at most one primary parent, whose rows own its rows; the other foreign keys are
links. The forest is what sampling walks, root by root.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthkit.schema.model import ForeignKey, Schema

__all__ = ["Forest", "forest", "main_table", "topological"]

_CROWDED = 0.7
"""Children per row of a parent from which on most children have siblings there: ln 2 where they
fall at random. Parents with fewer own no families (a catalogue larger than what was sold)."""
_SMALLEST_PARENT = 0.001
"""A parent with fewer rows than this share of its child's rows is linked to, not hung under."""


@dataclass(frozen=True)
class Forest:
    """The primary parents of a schema's tables.

    ``primary`` gives each table's foreign key to its primary parent, or None for a root.
    ``cut`` are the keys that close a cycle: they are filled once both ends exist.
    """

    schema: Schema
    primary: Mapping[str, ForeignKey | None]
    cut: tuple[ForeignKey, ...]

    def root_of(self, table: str) -> str:
        """Return the root that a table's rows descend from, or the table itself."""
        key = self.primary[table]
        while key is not None:
            table = key.parent
            key = self.primary[table]
        return table

    @property
    def roots(self) -> list[str]:
        """Tables without a primary parent, in the schema's order."""
        return [table for table, key in self.primary.items() if key is None]

    def below(self, table: str) -> list[str]:
        """Return a table and its descendants in the forest, parents first."""
        found = [table]
        for name in found:
            found += [
                child
                for child, key in self.primary.items()
                if key is not None and key.parent == name
            ]
        return found

    def is_unique(self, key: ForeignKey) -> bool:
        """Whether no two child rows share a parent row: declared, or the columns hold a key."""
        return _is_unique(self.schema, key)

    def links(self, table: str) -> list[ForeignKey]:
        """Return a table's foreign keys other than the primary one, self references too."""
        return [key for key in self.schema.foreign_keys_of(table) if key is not self.primary[table]]


def forest(schema: Schema, row_counts: Mapping[str, int]) -> Forest:
    """Choose each table's primary parent.

    Of the keys that are neither unique nor a self reference nor close a cycle, those inside the
    primary key come first (a bridge hangs under one of its ends), then those under whose parent
    most rows have siblings, then the one to the parent with most rows. Reference tables, and
    parents that are tiny beside the child, are links.
    """
    cut = _cut_cycles(schema)
    primary: dict[str, ForeignKey | None] = {}
    for table in schema.tables:
        inside = set(table.primary_key or ())
        candidates = [
            key
            for key in schema.foreign_keys_of(table.name)
            if not (key.is_self_reference or _is_unique(schema, key) or key in cut)
            and not schema.table(key.parent).reference
            and row_counts[key.parent] >= _SMALLEST_PARENT * row_counts[table.name]
        ]
        primary[table.name] = max(
            candidates,
            key=lambda key: (
                inside.issuperset(key.columns),
                row_counts[table.name] >= _CROWDED * row_counts[key.parent],
                row_counts[key.parent],
            ),
            default=None,
        )
    return Forest(schema, primary, cut)


def main_table(schema: Schema, row_counts: Mapping[str, int]) -> str:
    """Return the table that ``--rows N`` speaks of: the root with most descendants.

    A root points at nothing but itself, reference tables, one-to-one parents, and parents under a
    twentieth of its size (a handful of stores or employees), which are no roots themselves then.
    Descendants are counted over every foreign key; ties go to the table with more rows. Where
    there is no root, any table counts; one without rows does only if all are empty.
    """
    small: set[str] = set()
    roots: list[str] = []
    for table in schema.tables:
        upward = [
            key
            for key in schema.foreign_keys_of(table.name)
            if not (key.is_self_reference or _is_unique(schema, key))
            and not schema.table(key.parent).reference
        ]
        tiny = {
            key.parent for key in upward if row_counts[key.parent] * 20 < row_counts[table.name]
        }
        if not table.reference and len(tiny) == len({key.parent for key in upward}):
            roots.append(table.name)
            small |= tiny
    names = schema.table_names
    choices = [
        [name for name in roots if name not in small],
        roots,
        [name for name in names if not schema.table(name).reference],
        names,
    ]
    filled = [[name for name in each if row_counts[name]] for each in choices]
    tables = next(each for each in (*filled, *choices) if each)
    return max(tables, key=lambda name: (len(_descendants(schema, name)), row_counts[name]))


def topological(schema: Schema, *, ignore: tuple[ForeignKey, ...] = ()) -> list[str]:
    """Return table names, parents before children, ties in the schema's order.

    Self references and the keys in ``ignore`` do not count; the rest must be free of cycles.
    """
    waiting = {
        table.name: {
            key.parent
            for key in schema.foreign_keys_of(table.name)
            if not key.is_self_reference and key not in ignore
        }
        for table in schema.tables
    }
    order: list[str] = []
    while waiting:
        ready = next((name for name, parents in waiting.items() if not parents), None)
        if ready is None:
            raise ValueError(f"the foreign keys of {', '.join(waiting)} form a cycle")
        order.append(ready)
        del waiting[ready]
        for parents in waiting.values():
            parents.discard(ready)
    return order


def _is_unique(schema: Schema, key: ForeignKey) -> bool:
    table = schema.table(key.table)
    keys = ((table.primary_key,) if table.primary_key else ()) + table.alternate_keys
    return key.unique or any(set(each) <= set(key.columns) for each in keys)


def _descendants(schema: Schema, table: str) -> set[str]:
    found: list[str] = [table]
    for name in found:
        found += [key.table for key in schema.children_of(name) if key.table not in found]
    return set(found) - {table}


def _cut_cycles(schema: Schema) -> tuple[ForeignKey, ...]:
    """Choose keys whose removal leaves no cycle: nullable ones first, then unique, then last."""
    cut: list[ForeignKey] = []
    while cycle := _find_cycle(schema, cut):
        cut.append(
            min(
                cycle,
                key=lambda key: (
                    not all(schema.table(key.table).column(name).nullable for name in key.columns),
                    not _is_unique(schema, key),
                    -schema.foreign_keys.index(key),
                ),
            )
        )
    return tuple(cut)


def _find_cycle(schema: Schema, cut: list[ForeignKey]) -> list[ForeignKey]:
    """Return the keys of one cycle between tables, or nothing; depth first from each table."""
    done: set[str] = set()
    for start in schema.table_names:
        if start in done:
            continue
        stack = [(start, iter(_upward(schema, start, cut)))]
        path: list[ForeignKey] = []
        while stack:
            table, keys = stack[-1]
            key = next(keys, None)
            if key is None:
                done.add(table)
                stack.pop()
                if path:
                    path.pop()
                continue
            on_path = [name for name, _ in stack]
            if key.parent in on_path:
                return [*path[on_path.index(key.parent) :], key]
            if key.parent not in done:
                path.append(key)
                stack.append((key.parent, iter(_upward(schema, key.parent, cut))))
    return []


def _upward(schema: Schema, table: str, cut: list[ForeignKey]) -> list[ForeignKey]:
    return [
        key for key in schema.foreign_keys_of(table) if not key.is_self_reference and key not in cut
    ]
