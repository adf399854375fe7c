"""Checks the rules of a schema alone, reading the columns that they name and no others."""

from __future__ import annotations

from collections.abc import Iterator

from synthkit.schema.model import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Equality, Inequality

__all__ = ["only_rules"]


def only_rules(schema: Schema) -> Schema:
    """Return a schema that says nothing but the rules of another: no keys, no kinds of values."""
    links = tuple(dict.fromkeys(_links(schema)))
    places = {place for rule in schema.rules for place in rule.touches()}
    for key in links:
        places |= {(key.parent, name) for name in key.parent_columns}
    tables = []
    for table in schema.tables:
        columns = tuple(
            Column(name=column.name, storage=column.storage)
            for column in table.columns
            if (table.name, column.name) in places
        )
        if columns:
            tables.append(Table(name=table.name, columns=columns))
    return Schema(tables=tuple(tables), foreign_keys=links, rules=schema.rules)


def _links(schema: Schema) -> Iterator[ForeignKey]:
    """Yield the foreign keys that rules go along."""
    for rule in schema.rules:
        if isinstance(rule, Inequality | Equality) and rule.parent is not None:
            for key in schema.foreign_keys_of(rule.table):
                if (key.columns, key.parent) == (rule.foreign_key, rule.parent):
                    yield ForeignKey(
                        table=key.table,
                        columns=key.columns,
                        parent=key.parent,
                        parent_columns=key.parent_columns,
                    )
