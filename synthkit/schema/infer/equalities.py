"""Columns that repeat another: a parent's, so that queries need no join, or one of the same row.

Nulls count: where the other column is null, so is the one that repeats it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.names import words
from synthkit.schema.infer.parents import parent_rows
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import ForeignKey, Schema, Table
from synthkit.schema.rules import Equality

__all__ = ["Equalities", "find_equalities"]

_LEAST_ROWS = 20
_BATCH = 8
"""Columns that are read at a time, at most."""
_HEAD = 2_000
"""Rows that are compared before all are."""
_NO_ACCIDENT = -6.0
"""Power of ten that the chance of equal columns by accident must stay under."""
_MOST_COLUMNS = 64
"""Columns of a table that are compared, the first ones: 64 make 4,032 pairs."""


@dataclass(frozen=True)
class Equalities:
    """Rules found, and a reason for each."""

    rules: tuple[Equality, ...]
    reasons: tuple[Reason, ...]


def find_equalities(schema: Schema, columns: Columns) -> Equalities:
    """Return which columns repeat a parent's or another of their row; at most one rule each."""
    rules: list[Equality] = []
    reasons: list[Reason] = []
    for table in schema.tables:
        found: dict[str, Equality] = {}
        for key in schema.foreign_keys_of(table.name):
            if not key.is_self_reference:
                for rule in _repeated(schema, key, columns):
                    found.setdefault(rule.column, rule)
        for rule in _doubled(schema, table, set(found), columns):
            found.setdefault(rule.column, rule)
        rules += found.values()
        for rule in found.values():
            source = f"{rule.parent}.{rule.equals}" if rule.parent else rule.equals
            because = "so in all rows, nulls included"
            reasons.append(Reason(f"{table.name}.{rule.column}", f"repeats {source}", because))
    return Equalities(tuple(rules), tuple(reasons))


def _repeated(schema: Schema, key: ForeignKey, columns: Columns) -> Iterator[Equality]:
    """Yield the columns of a child that hold what its parent row holds."""
    table, parent = schema.table(key.table), schema.table(key.parent)
    own = _free(schema, table)
    linking = {name for each in schema.foreign_keys_of(parent.name) for name in each.columns}
    linking |= set(parent.primary_key or ()) | set(key.parent_columns)
    theirs = [name for name in parent.column_names if name not in linking][:_MOST_COLUMNS]
    storages = {column.name: column.storage for column in parent.columns}
    pairs = [
        (name, other)
        for name in own
        for other in theirs
        if table.column(name).storage == storages[other]
    ]
    if not pairs:
        return
    rows = parent_rows(key, columns)
    if rows is None or len(rows) - rows.null_count < _LEAST_ROWS:
        return
    rows = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    used = pc.unique(rows.drop_null())
    every = pa.array(np.arange(len(rows)))
    child = _Side(columns, table.name, every, sorted({name for name, _ in pairs}))
    above = _Side(columns, parent.name, rows, sorted({other for _, other in pairs}))
    for name, other in sorted(pairs, key=lambda pair: _unlike(*pair)):
        if _equal(child, name, above, other) and _no_accident(
            columns.read(parent.name, [other]).column(0).take(used)
        ):
            yield Equality(
                table=table.name,
                column=name,
                equals=other,
                parent=parent.name,
                foreign_key=key.columns,
            )


def _doubled(schema: Schema, table: Table, known: set[str], columns: Columns) -> Iterator[Equality]:
    """Yield the columns of a table that hold what an earlier one of the same row holds."""
    free = [name for name in _free(schema, table) if name not in known]
    names = [name for name in table.column_names[:_MOST_COLUMNS] if name not in known]
    storages = {column.name: column.storage for column in table.columns}
    pairs = [
        (name, other)
        for at, name in enumerate(names)
        for other in (names[at + 1 :] if name in free else names)
        if other in free and storages[name] == storages[other]
    ]
    count = columns.read(table.name, names[:1]).num_rows if pairs else 0
    if count < _LEAST_ROWS:
        return
    every = pa.array(np.arange(count))
    side = _Side(columns, table.name, every, sorted({name for pair in pairs for name in pair}))
    taken: set[str] = set()
    for name, other in pairs:
        if name in taken or other in taken or not _equal(side, other, side, name):
            continue
        if _no_accident(columns.read(table.name, [name]).column(0)):
            taken.add(other)
            yield Equality(table=table.name, column=other, equals=name)


def _free(schema: Schema, table: Table) -> list[str]:
    """Return the columns that are part of no key, which may repeat others."""
    keys = {name for key in schema.foreign_keys_of(table.name) for name in key.columns}
    keys = keys.union(table.primary_key or (), *table.alternate_keys)
    return [name for name in table.column_names if name not in keys][:_MOST_COLUMNS]


class _Side:
    """Columns of one table, in the rows of the child; their first rows are kept."""

    def __init__(self, columns: Columns, table: str, rows: pa.Array, names: Sequence[str]) -> None:
        self._columns = columns
        self._table = table
        self._rows = rows
        self._heads: dict[str, pa.ChunkedArray] = {}
        first = rows.slice(0, _HEAD)
        reach = (pc.max(first).as_py() or 0) + 1
        for batch in columns.batches(table, names, _BATCH):
            head = batch.slice(0, reach).take(first)  # rows are taken of one piece, a copy
            self._heads |= dict(zip(head.column_names, head.columns, strict=True))
            del batch

    def head(self, name: str) -> pa.ChunkedArray:
        return self._heads[name]

    def whole(self, name: str) -> pa.ChunkedArray:
        return self._columns.read(self._table, [name]).column(0).take(self._rows)


def _equal(child: _Side, name: str, source: _Side, other: str) -> bool:
    """Compare two columns, the first rows first; a null equals a null, and a parentless row's."""
    heads = child.head(name), source.head(other)
    return _same(*heads) and _same(child.whole(name), source.whole(other))


def _same(own: pa.ChunkedArray, theirs: pa.ChunkedArray) -> bool:
    same = pc.fill_null(pc.equal(own, theirs), False)
    return bool(pc.all(pc.or_(same, pc.and_(pc.is_null(own), pc.is_null(theirs)))).as_py())


def _no_accident(values: pa.ChunkedArray) -> bool:
    """Whether independent columns with the frequencies of these values would hardly be equal."""
    counts = pc.value_counts(values).field("counts").to_numpy()
    agreement = float(((counts / max(counts.sum(), 1)) ** 2).sum())
    return agreement < 1 and len(values) * math.log10(max(agreement, 1e-12)) < _NO_ACCIDENT


def _unlike(name: str, other: str) -> tuple[int, int]:
    """Order pairs of columns: the same name first, then those that share most words."""
    shared = set(words(name)) & set(words(other))
    return (0 if name == other else 1, -len(shared))
