"""Which rows belong to one root entity, and which tables are shared by real and held-out rows.

Rows of one entity resemble each other. Folds that split them let a detector recognise entities
instead of finding what is wrong, and flag even a second real sample.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthkit.dataset import Dataset
from synthkit.metrics.columns import Integers
from synthkit.metrics.relational import follow
from synthkit.metrics.sides import Side, parent_rows
from synthkit.schema import ForeignKey, Schema, Table
from synthkit.schema.graph import forest

__all__ = ["folds_of", "reference_tables", "root_rows"]


def reference_tables(real: Dataset, holdout: Dataset | None) -> frozenset[str]:
    """Return tables of fixed meaning: declared, or found whole in both the real and held-out rows.

    A table is shared where more than half of the held-out primary keys are among the real ones,
    or, without a primary key, where all its parents are shared. If that is all tables, none is.
    """
    schema = real.schema
    found = {table.name for table in schema.tables if table.reference}
    if holdout is not None:
        found |= {table.name for table in schema.tables if _is_shared(table, real, holdout)}
        for _ in schema.tables:
            found |= {
                table.name
                for table in schema.tables
                if table.primary_key is None and _all_in(schema.foreign_keys_of(table.name), found)
            }
    return frozenset() if len(found) == len(schema.tables) else frozenset(found)


def root_rows(side: Side, reference: frozenset[str]) -> dict[str, Integers | None]:
    """Return for every row of each table the number of its root entity, or None for a root.

    The primary parents of `schema.graph.forest` are followed upwards, reference tables apart.
    Rows that lead nowhere are numbered as entities of their own.
    """
    schema = _marked(side.schema, reference)
    primary = forest(schema, side.rows).primary
    found: dict[str, Integers | None] = {}
    for table in schema.table_names:
        path: list[ForeignKey] = []
        key = primary[table]
        while key is not None:
            path.append(key)
            key = primary[key.parent]
        if not path:
            found[table] = None
            continue
        root = follow(side, tuple(path))
        alone = side.rows[path[-1].parent] + np.arange(len(root))
        found[table] = np.where(root < 0, alone, root)
    return found


def folds_of(groups: Integers, count: int, rng: np.random.Generator) -> Integers:
    """Return each row's fold, so that a group is in one fold and folds are of like size.

    Groups are shuffled, then dealt out from large to small, back and forth over the folds.
    """
    _, at, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    turn = np.arange(len(sizes)) % (2 * count)
    fold = np.empty(len(sizes), np.int64)
    fold[order] = np.where(turn < count, turn, 2 * count - 1 - turn)
    dealt: Integers = fold[at]
    return dealt


def _marked(schema: Schema, reference: frozenset[str]) -> Schema:
    tables = tuple(
        table.model_copy(update={"reference": table.name in reference}) for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def _is_shared(table: Table, real: Dataset, holdout: Dataset) -> bool:
    if table.primary_key is None:
        return False
    keys = [data.arrow(table.name, table.primary_key) for data in (holdout, real)]
    there = parent_rows(keys[0], keys[1]) >= 0
    return bool(len(there)) and float(there.mean()) > 0.5


def _all_in(keys: Sequence[ForeignKey], tables: set[str]) -> bool:
    return bool(keys) and all(key.parent in tables for key in keys)
