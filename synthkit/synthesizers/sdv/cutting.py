"""Cuts a schema into parts that HMA accepts: at most 5 tables, parents over children, no deeper.

In a part a table is a parent or a child, never both. Each table is in one part; foreign keys that
lie in no part are filled by the counts seen in the data (`structure`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from synthkit.errors import UnsupportedError
from synthkit.schema import ForeignKey, Schema, Table
from synthkit.schema.graph import Forest
from synthkit.synthesizers.sdv.codes import is_modelled
from synthkit.synthesizers.structure.roles import roles_of
from synthkit.synthesizers.structure.rows import bridge_keys

__all__ = [
    "MOST_COLUMNS",
    "MOST_TABLES",
    "Cut",
    "Part",
    "counted_note",
    "cut",
    "modelled_columns",
    "owners",
]

MOST_TABLES = 5
"""HMASynthesizer._validate_schema_complexity in SDV 2.0."""
MOST_COLUMNS = 1000
"""MAX_NUMBER_OF_COLUMNS in sdv.multi_table.hma: beyond it SDV warns that it will not end."""

_VALUES = 2
_COUNTS = 1
"""What a key is worth inside a part: HMA learns the child's values under it, or counts alone."""


@dataclass(frozen=True)
class Part:
    """Tables that one HMA model learns, in the schema's order, and the keys between them."""

    tables: tuple[str, ...]
    keys: tuple[ForeignKey, ...]

    @property
    def children(self) -> tuple[str, ...]:
        """Tables that point at another one of the part."""
        held = {key.table for key in self.keys}
        return tuple(name for name in self.tables if name in held)

    @property
    def roots(self) -> tuple[str, ...]:
        """Tables that point at none of the part."""
        held = {key.table for key in self.keys}
        return tuple(name for name in self.tables if name not in held)

    def keys_of(self, table: str) -> tuple[ForeignKey, ...]:
        """Return the keys of a table that lie in the part."""
        return tuple(key for key in self.keys if key.table == table)


@dataclass(frozen=True)
class Cut:
    """How a schema was cut: its parts, and the foreign keys that lie in none of them.

    ``kept`` are the reference tables, each a part of its own whose rows stay as they are.
    """

    parts: tuple[Part, ...]
    counted: tuple[ForeignKey, ...]
    kept: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        """Return what the user should know, one sentence each; nothing if all is one part."""
        learned = [part for part in self.parts if part.tables[0] not in self.kept]
        said = [
            f"HMA part {number} of {len(learned)}: {', '.join(part.tables)}."
            for number, part in enumerate(learned, 1)
            if len(learned) > 1
        ]
        said += [f"The rows of the reference table {name} are kept." for name in self.kept]
        return said + [counted_note(key) for key in self.counted]


def counted_note(key: ForeignKey) -> str:
    """Say how a foreign key that lies in no part is filled."""
    return f"{key} is filled by the counts seen in the data."


def modelled_columns(forest: Forest, table: Table) -> list[str]:
    """Return the columns that SDV may model: no keys, no personal data, no free text."""
    if table.reference:
        return []
    keys = set(roles_of(forest, table.name).all)
    return [c.name for c in table.columns if c.name not in keys and is_modelled(c)]


def cut(forest: Forest, outside: Collection[ForeignKey] = ()) -> Cut:
    """Cut a schema so that the parts hold as many foreign keys as a greedy search finds.

    Starts with tables that point at others as children, then changes single tables' roles while
    that brings more keys into parts. Keys ``outside`` lie in no part. Raises `UnsupportedError`
    for a table that is too wide.
    """
    schema = forest.schema
    widths = {table.name: len(modelled_columns(forest, table)) for table in schema.tables}
    for name, width in widths.items():
        if width > MOST_COLUMNS:
            raise UnsupportedError(
                f"HMA cannot learn table {name!r}: it has {width:,} columns to model, and SDV "
                f"ends at {MOST_COLUMNS:,}.",
                hint="Use --synthesizer independent.",
            )
    search = _Search(forest, widths, outside)
    is_child = {
        name: bool(search.offers(name)) and len(search.offers(name)) >= search.pointed_at(name)
        for name in schema.table_names
    }
    best, worth = search.grouping(is_child)
    improved = True
    while improved:
        improved = False
        for name in schema.table_names:
            changed = is_child | {name: not is_child[name]}
            found, found_worth = search.grouping(changed)
            if found_worth > worth:
                is_child, best, worth, improved = changed, found, found_worth, True
    return _cut_along(schema, best)


class _Search:
    """What the search needs to know of a schema: which keys may lie in a part, and their worth."""

    def __init__(
        self, forest: Forest, widths: Mapping[str, int], outside: Collection[ForeignKey]
    ) -> None:
        self.forest = forest
        self.widths = widths
        eligible = {
            key: _VALUES if widths[key.table] else _COUNTS
            for key in forest.schema.foreign_keys
            if key not in outside and _eligible(forest, key)
        }
        order = forest.schema.foreign_keys.index
        self.ranked = sorted(
            eligible,
            key=lambda key: (-eligible[key], key != forest.primary[key.table], order(key)),
        )
        self.worth = eligible
        self.owners = {name: owners(forest, name) for name in forest.schema.table_names}

    def offers(self, table: str) -> list[ForeignKey]:
        return [key for key in self.ranked if key.table == table]

    def pointed_at(self, table: str) -> int:
        return sum(key.parent == table for key in self.ranked)

    def grouping(self, is_child: Mapping[str, bool]) -> tuple[list[ForeignKey], int]:
        """Join tables along keys, the most worthy first, while each group stays a valid part."""
        group = {name: frozenset([name]) for name in is_child}
        columns = dict(self.widths)
        kept: list[ForeignKey] = []
        for key in self.ranked:
            if not is_child[key.table] or is_child[key.parent]:
                continue
            joined = group[key.table] | group[key.parent]
            wide = columns[key.parent] + _extension(self.widths[key.table])
            total = sum(columns[name] for name in joined) - columns[key.parent] + wide
            if len(joined) > MOST_TABLES or total > MOST_COLUMNS or not self._fits(key, kept):
                continue
            kept.append(key)
            columns[key.parent] = wide
            group.update(dict.fromkeys(joined, joined))
        return kept, sum(self.worth[key] for key in kept)

    def _fits(self, key: ForeignKey, kept: Sequence[ForeignKey]) -> bool:
        """Say whether a key goes with those that its table already has in the part."""
        owning = self.owners[key.table]
        same = [other for other in kept if other.table == key.table]
        if owning and sum(each in owning for each in (key, *same)) != 1:
            return False
        if same and any(self.forest.is_unique(each) for each in (key, *same)):
            return False
        return not any(set(other.columns) & set(key.columns) for other in same)


def owners(forest: Forest, table: str) -> tuple[ForeignKey, ...]:
    """Return the keys one of which must own a table's rows, where the table's key is built on it.

    That is the primary parent of rows with a number of their own under it, or either end of a
    bridge of two; empty where the table's own key does not depend on its parents.
    """
    primary = forest.primary[table]
    bridge = bridge_keys(forest, table)
    if roles_of(forest, table).within or len(bridge) > 2:
        return (primary,) if primary is not None else ()
    return tuple(bridge)


def _eligible(forest: Forest, key: ForeignKey) -> bool:
    """Say whether HMA may decide a key.

    Not a self reference, not a key to or from rows that are kept, not the far side of a bridge
    (its pairs may not repeat), and not where another table's key is built on the choice.
    """
    schema = forest.schema
    if key.is_self_reference or schema.table(key.parent).reference:
        return False
    if schema.table(key.table).reference:
        return False
    if key in bridge_keys(forest, key.table) and key not in owners(forest, key.table):
        return False
    roles = roles_of(forest, key.table)
    passed_on = {name for other in schema.children_of(key.table) for name in other.parent_columns}
    return not passed_on & {*roles.pointing, *roles.within}


def _extension(width: int) -> int:
    """Return the columns that a child of so many gives its parent.

    HMASynthesizer._get_num_extended_columns for the normal distribution, which HMA gives every
    child: a number of rows, 2 parameters per column, a correlation per pair.
    """
    return 1 + 2 * width + width * (width - 1) // 2


def _cut_along(schema: Schema, kept: Sequence[ForeignKey]) -> Cut:
    group = {name: frozenset([name]) for name in schema.table_names}
    for key in kept:
        joined = group[key.table] | group[key.parent]
        group.update(dict.fromkeys(joined, joined))
    parts = []
    for members in dict.fromkeys(group[name] for name in schema.table_names):
        parts.append(
            Part(
                tuple(name for name in schema.table_names if name in members),
                tuple(key for key in schema.foreign_keys if key in kept and key.table in members),
            )
        )
    return Cut(
        tuple(parts),
        tuple(key for key in schema.foreign_keys if key not in kept),
        tuple(table.name for table in schema.tables if table.reference),
    )
