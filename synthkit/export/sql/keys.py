"""The keys of a schema as databases want them: each once, and one for each parent pointed at."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from synthkit.errors import UnsupportedError
from synthkit.schema import ForeignKey, Schema, Table
from synthkit.schema.rules import UniqueTogether
from synthkit.schema.storage import arrow_type

__all__ = ["Keys", "keys_of", "storages_of"]

Names = tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """What is unique in a table, and what it points at.

    The columns of a foreign key stand in the order of the parent's key.
    """

    primary: Names | None
    unique: tuple[Names, ...]
    foreign: tuple[ForeignKey, ...]


def keys_of(schema: Schema) -> dict[str, Keys]:
    """Return the keys of every table.

    Unique are alternate keys, what rules say is unique together, foreign keys of one-to-one
    relations, and what foreign keys point at.
    """
    unique = {table.name: _declared(table) for table in schema.tables}
    for rule in schema.rules:
        if isinstance(rule, UniqueTogether):
            _add(unique[rule.table], rule.columns)
    for key in schema.foreign_keys:
        if key.unique:
            _add(unique[key.table], key.columns)
        _add(unique[key.parent], key.parent_columns)
    found = {}
    for table in schema.tables:
        names = unique[table.name]
        foreign: dict[tuple[str, frozenset[tuple[str, str]]], ForeignKey] = {}
        for key in schema.foreign_keys_of(table.name):
            pairs = frozenset(zip(key.columns, key.parent_columns, strict=True))
            foreign.setdefault((key.parent, pairs), _in_order(key, unique[key.parent]))
        primary = table.primary_key or None
        others = tuple(key for key in names if key != primary)
        found[table.name] = Keys(primary, others, tuple(foreign.values()))
    return found


def storages_of(schema: Schema, keys: dict[str, Keys]) -> dict[tuple[str, str], str]:
    """Return the storage of every column, by table and name.

    Numbers of a foreign key take the storage of what they point at, which databases insist on.
    Raises `UnsupportedError` where the two sides of a foreign key are not of one kind.
    """
    storages = {
        (table.name, column.name): column.storage
        for table in schema.tables
        for column in table.columns
    }
    changed = True
    rounds = 0
    while changed and rounds <= len(schema.foreign_keys):
        changed, rounds = False, rounds + 1
        for key in (each for group in keys.values() for each in group.foreign):
            for own, other in zip(key.columns, key.parent_columns, strict=True):
                one, two = storages[key.table, own], storages[key.parent, other]
                if one == two:
                    continue
                if not (_is_exact(one) and _is_exact(two)):
                    raise UnsupportedError(
                        f"The foreign key {key} joins {one} to {two}; databases join like to like.",
                        hint="Give both columns one storage in schema.yaml.",
                    )
                storages[key.table, own] = two
                changed = True
    return storages


def _declared(table: Table) -> list[Names]:
    names: list[Names] = []
    for key in ((table.primary_key,) if table.primary_key else ()) + table.alternate_keys:
        _add(names, key)
    return names


def _add(keys: list[Names], columns: Names) -> None:
    columns = tuple(dict.fromkeys(columns))
    if columns and all(set(key) != set(columns) for key in keys):
        keys.append(columns)


def _in_order(key: ForeignKey, parents: list[Names]) -> ForeignKey:
    order = next(names for names in parents if set(names) == set(key.parent_columns))
    own = dict(zip(key.parent_columns, key.columns, strict=True))
    if len(own) != len(key.columns):
        raise UnsupportedError(
            f"The foreign key {key} names a column of the parent twice.",
            hint="Correct it in schema.yaml.",
        )
    return key.model_copy(
        update={"columns": tuple(own[name] for name in order), "parent_columns": order}
    )


def _is_exact(storage: str) -> bool:
    kind = arrow_type(storage)
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))
