"""Tables that are there and are to be filled: do the columns fit, and in which order they go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from synthkit.errors import UnsupportedError, UsageError, near_matches
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import arrow_type

__all__ = ["Existing", "ExistingColumn", "groups"]

_FAMILIES = {
    "number": ("int", "serial", "numeric", "decimal", "real", "double", "float", "number"),
    "moment": ("timestamp", "datetime", "date", "time"),
    "bool": ("bool",),
    "bytes": ("blob", "bytea", "binary"),
    "text": ("char", "text", "clob", "string"),
}
_FITS = {
    "number": {"number", "bool"},
    "moment": {"moment"},
    "bool": {"bool", "number"},
    "bytes": {"bytes"},
}
"""Which families of ours go into a column; text and types of other names take what they can."""


@dataclass(frozen=True)
class ExistingColumn:
    """A column that is there; ``required`` if a row needs a value for it that is given."""

    column: str
    type: str
    required: bool
    generated: bool = False


class Existing:
    """The tables of a database, by name."""

    def __init__(self, tables: Mapping[str, Sequence[ExistingColumn]], *, folds_case: bool) -> None:
        self._tables = tables
        self._folds = folds_case

    def match(self, schema: Schema, shown: str) -> Schema:
        """Return the schema's tables without the columns that the database generates.

        Raises `UsageError` if a table or column is not there, `UnsupportedError` if one needs
        values that there are not, or has a type that values cannot go into.
        """
        return Schema(tables=tuple(self._matched(table, shown) for table in schema.tables))

    def _matched(self, table: Table, shown: str) -> Table:
        name = self._find(table.name, self._tables)
        if name is None:
            raise UsageError(
                f"{shown} has no table {table.name!r} to fill.",
                hint=near_matches(table.name, self._tables)
                + " Without --into-existing it is made.",
            )
        there = {each.column: each for each in self._tables[name]}
        columns = []
        for column in table.columns:
            found = self._find(column.name, there)
            if found is None:
                raise UsageError(
                    f"Table {name!r} of {shown} has no column {column.name!r}.",
                    hint=near_matches(column.name, there),
                )
            if there[found].generated:
                continue
            _check_type(column, there[found], name)
            columns.append(column)
        given = {self._fold(column.name) for column in columns}
        needed = [
            each.column
            for each in there.values()
            if each.required and not each.generated and self._fold(each.column) not in given
        ]
        if needed:
            raise UnsupportedError(
                f"Table {name!r} of {shown} needs values for {', '.join(needed)}, which the data "
                "does not have.",
                hint="Give these columns a default, or allow null.",
            )
        return Table(name=table.name, columns=tuple(columns))

    def _find(self, name: str, among: Iterable[str]) -> str | None:
        return next((each for each in among if self._fold(each) == self._fold(name)), None)

    def _fold(self, name: str) -> str:
        return name.lower() if self._folds else name


def _check_type(column: Column, there: ExistingColumn, table: str) -> None:
    target = _family(there.type)
    own = _own_family(column.storage)
    if own not in _FITS.get(target, {own}):
        raise UnsupportedError(
            f"Column {table}.{there.column} is {there.type}, and the data has {column.storage}.",
            hint="Change the column, or the storage in schema.yaml.",
        )


def _family(declared: str) -> str:
    name = declared.lower()
    if "interval" in name or "point" in name or "[]" in name:
        return "other"
    return next(
        (each for each, words in _FAMILIES.items() if any(w in name for w in words)), "other"
    )


def _own_family(storage: str) -> str:
    kind = arrow_type(storage)
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_temporal(kind):
        return "moment"
    if pa.types.is_binary(kind):
        return "bytes"
    return "text" if pa.types.is_string(kind) else "number"


def groups(tables: Sequence[str], points: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return tables parents first; those that point at each other in a circle stay together.

    ``points`` are the foreign keys as (child, parent).
    """
    parents: dict[str, set[str]] = {name: set() for name in tables}
    for child, parent in points:
        if child in parents and parent in parents:
            parents[child].add(parent)
    above = {name: _reached(name, parents) for name in tables}
    ordered: list[list[str]] = []
    placed: set[str] = set()
    while len(placed) < len(tables):
        for name in tables:
            circle = [
                each
                for each in tables
                if each == name or (each in above[name] and name in above[each])
            ]
            if name not in placed and above[name] - set(circle) <= placed:
                ordered.append(circle)
                placed |= set(circle)
    return ordered


def _reached(start: str, parents: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in parents[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found
