"""Checks a data set against its schema: types, keys, foreign keys, rules and forms, exactly.

No value of the data is ever part of what is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from synthkit.schema.model import ForeignKey, Schema
from synthkit.schema.rules import (
    Balance,
    Dependency,
    Equality,
    Formula,
    Inequality,
    Range,
    UniqueTogether,
)
from synthkit.schema.validate.balances import balance_result
from synthkit.schema.validate.keys import foreign_key_tallies, key_tallies
from synthkit.schema.validate.only_rules import only_rules
from synthkit.schema.validate.rules import (
    dependency_tally,
    equality_result,
    formula_result,
    inequality_result,
    unique_tally,
)
from synthkit.schema.validate.tables import Read, TablePass, kept_columns
from synthkit.schema.validate.violations import KINDS, Kind, Tally, Validation, Violation

__all__ = ["KINDS", "Kind", "Read", "Validation", "Violation", "broken_rules", "validate"]

_OF_RULES = (
    "schema",
    "inequality",
    "equality",
    "formula",
    "balance",
    "unique",
    "dependency",
    "range",
)
Columns = dict[tuple[str, str], pa.ChunkedArray]


def validate(schema: Schema, read: Read) -> Validation:
    """Check a data set, reading each table once.

    Columns are checked while they stream by; only those of keys, foreign keys and rules between
    columns are held whole.

    Args:
        schema: what the data shall be.
        read: gives the rows of a table's columns in chunks (`Dataset.chunks`).

    Raises:
        DataError: a column is not in the data, or the data cannot be read.
    """
    kept = kept_columns(schema)
    passes = [TablePass.run(schema, table, kept[table.name], read) for table in schema.tables]
    row_counts = {done.table.name: done.row_count for done in passes}
    columns: Columns = {
        (done.table.name, name): values for done in passes for name, values in done.columns.items()
    }
    found: list[Tally | Violation] = []
    for done in passes:
        found += [*done.tallies, *done.faults, *key_tallies(done.table, done.columns)]
    for key in schema.foreign_keys:
        found += _check_foreign_key(key, columns)
    found += _check_rules(schema, columns)
    return Validation(_sorted(schema, found, row_counts), row_counts)


def broken_rules(schema: Schema, read: Read) -> tuple[Violation, ...]:
    """Return how a data set breaks the rules of its schema; keys and values are not checked.

    ``read`` gives the rows of a table's columns in chunks (`Dataset.chunks`).
    """
    subjects = {str(rule) for rule in schema.rules}
    subjects |= {f"{rule.table}.{rule.column}" for rule in schema.rules if isinstance(rule, Range)}
    found = validate(only_rules(schema), read).violations
    return tuple(one for one in found if one.kind in _OF_RULES and one.subject in subjects)


def _check_foreign_key(key: ForeignKey, columns: Columns) -> Iterator[Tally]:
    own = [(key.table, name) for name in key.columns]
    other = [(key.parent, name) for name in key.parent_columns]
    if all(name in columns for name in own + other):
        child, parent = [columns[name] for name in own], [columns[name] for name in other]
        yield from foreign_key_tallies(key, child, parent)


def _check_rules(schema: Schema, columns: Columns) -> Iterator[Tally | Violation]:
    for rule in schema.rules:
        if not all(name in columns for name in rule.touches()):
            continue
        if isinstance(rule, Dependency):
            yield dependency_tally(rule, columns)
        elif isinstance(rule, Inequality):
            yield inequality_result(rule, schema, columns)
        elif isinstance(rule, Equality):
            yield equality_result(rule, schema, columns)
        elif isinstance(rule, Formula):
            yield formula_result(rule, columns)
        elif isinstance(rule, UniqueTogether):
            yield unique_tally(rule, columns)
        elif isinstance(rule, Balance):
            yield balance_result(rule, columns)


def _sorted(
    schema: Schema, found: Iterable[Tally | Violation], row_counts: dict[str, int]
) -> tuple[Violation, ...]:
    violations = [
        item.violation(row_counts[item.table]) if isinstance(item, Tally) else item
        for item in found
    ]
    order = {name: position for position, name in enumerate(schema.table_names)}
    return tuple(
        sorted(
            (violation for violation in violations if violation is not None),
            key=lambda item: (
                order[item.table],
                KINDS.index(item.kind),
                item.subject,
                item.message,
            ),
        )
    )
