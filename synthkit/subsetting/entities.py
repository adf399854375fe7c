"""Which rows are sampled together: root entities, what hangs on them, and whole tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import forest, main_table
from synthkit.schema.infer.people import people_tables

__all__ = ["EntityPlan", "plan_entities", "row_hashes", "small_rows"]

_SERVED = 0.05
"""People fewer than this share of the most people there are serve them: clerks, not customers."""
_LEAST_SMALL = 100


@dataclass(frozen=True)
class EntityPlan:
    """How a sample of a data set is taken.

    Of each table in ``roots`` a share of the rows is taken, over ``down`` all rows that hang on
    them; tables in ``whole`` are taken as they are. What all of these point at comes with them.
    """

    roots: tuple[str, ...]
    down: tuple[ForeignKey, ...]
    whole: tuple[str, ...]


def small_rows(max_rows: int) -> int:
    """Return up to how many rows a table is read whole: a hundredth of all that may be read."""
    return max(_LEAST_SMALL, max_rows // 100)


def plan_entities(schema: Schema, row_counts: Mapping[str, int], max_rows: int) -> EntityPlan:
    """Choose root entities: people first, those with most rows before others, then other roots.

    Each table hangs on the first root that it points at, directly or over other tables, so that an
    entity is either sampled with all of its rows or not at all.
    """
    schema = _names_and_keys(schema)
    trees = forest(schema, row_counts)
    people = people_tables(schema.tables)
    most = max((row_counts[name] for name in people), default=0)
    served = [name for name in people if row_counts[name] >= _SERVED * most]
    order = sorted(served, key=lambda name: (-row_counts[name], name))
    rest = [name for name in schema.table_names if row_counts[name] > small_rows(max_rows)]
    main = main_table(schema, row_counts)
    order += [main] if main in rest else []
    order += sorted((n for n in trees.roots if n in rest), key=lambda n: (-row_counts[n], n))
    order += rest
    roots: list[str] = []
    down: list[ForeignKey] = []
    owned: set[str] = set()
    for root in order:
        if root in owned:
            continue
        roots.append(root)
        owned.add(root)
        down += _claim(schema, root, owned, {*roots, *served})
    whole = tuple(name for name in schema.table_names if name not in owned)
    return EntityPlan(tuple(roots), tuple(down), whole)


def _names_and_keys(schema: Schema) -> Schema:
    """Return what every source says of the same data, whether it has looked at values or not."""
    tables = tuple(
        Table(
            name=table.name,
            columns=tuple(Column(name=column.name) for column in table.columns),
            primary_key=table.primary_key,
        )
        for table in schema.tables
    )
    return Schema(tables=tables, foreign_keys=schema.foreign_keys)


def _claim(schema: Schema, root: str, owned: set[str], others: set[str]) -> list[ForeignKey]:
    """Return the keys over which tables hang on a root, nearest first, and mark them as owned."""
    found: list[ForeignKey] = []
    reached = [root]
    for table in reached:
        for key in schema.children_of(table):
            if key.table not in owned and key.table not in others:
                found.append(key)
                owned.add(key.table)
                reached.append(key.table)
    return found


def row_hashes(rows: pa.Table) -> NDArray[np.uint64]:
    """Return a number below 2^64 for each row, shape (rows,), from its values alone.

    The same row has the same number in any data set, so that a larger sample holds a smaller one.
    """
    result = np.zeros(rows.num_rows, np.uint64)
    for column in rows.columns:
        if pa.types.is_integer(column.type) and not column.null_count:
            values = pd.util.hash_array(column.to_numpy())
        else:
            whole = column.cast(pa.string()) if not pa.types.is_binary(column.type) else column
            values = pd.util.hash_array(whole.to_pandas().fillna("").to_numpy(object))
        result = result * np.uint64(1_000_003) + values
    return result
