"""Rows that are linked and belong to one row further up: an order and its address, to one user.

Learned where the linked rows agree in it, and held when links are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from synthkit.schema import ForeignKey
from synthkit.schema.graph import Forest
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.table_rows import Rows, RowsOf

__all__ = ["common_ancestor", "inherited", "owners"]

_EVIDENCE = 20
"""Rows that an agreement between foreign keys must at least be seen in."""
_AGREEMENT = 0.99
"""Share of rows that must agree; the rest are taken for slips of the pen."""


def inherited(wood: Forest, key: ForeignKey, parents: Mapping[ForeignKey, Indices]) -> int | None:
    """Return the number of the primary parent's foreign key that a link agrees with, if any."""
    primary = wood.primary[key.table]
    rows = parents[key]
    if primary is None or key in (primary, *wood.cut) or key.is_self_reference:
        return None
    if wood.is_unique(key) or len(np.unique(rows)) < 2 or len(rows) < _EVIDENCE:
        return None
    above = parents[primary]
    for other in wood.schema.foreign_keys_of(primary.parent):
        if (other.parent, other.parent_columns) == (key.parent, key.parent_columns):
            expected = np.where(above >= 0, parents[other][np.maximum(above, 0)], -1)
            if (expected == rows).mean() >= _AGREEMENT:
                return wood.schema.foreign_keys.index(other)
    return None


def common_ancestor(
    wood: Forest, key: ForeignKey, parents: Mapping[ForeignKey, Indices]
) -> str | None:
    """Return the nearest table above both ends of a link whose row they always share, if any.

    ``parents`` are the parent rows of each foreign key, -1 for none. Keys that agree in a column
    already, that are part of a key, or that lead to a reference table are left as they are.
    """
    primary = wood.primary[key.table]
    others = [each for each in wood.schema.foreign_keys_of(key.table) if each != key]
    if primary is None or key in (primary, *wood.cut) or wood.is_unique(key):
        return None
    if wood.schema.table(key.parent).reference or key in bridge_keys(wood, key.table):
        return None
    if any(set(each.columns) & set(key.columns) for each in others):
        return None
    rows = np.flatnonzero(parents[key] >= 0)
    theirs = dict(_climbed(wood, key.parent, parents[key][rows], parents))
    for table, ours in _climbed(wood, key.table, rows, parents):
        known = (ours >= 0) & (theirs[table] >= 0) if table in theirs else np.zeros(0, np.bool_)
        if known.sum() < _EVIDENCE or len(np.unique(ours[known])) < 2:
            continue
        if (ours == theirs[table]).mean() >= _AGREEMENT:
            return table
    return None


def owners(wood: Forest, rows: Rows, ancestor: str, number: int, rows_of: RowsOf) -> Indices:
    """Return the row of a table further up that each of a block's rows belongs to, -1 for none."""
    key = wood.primary[rows.table]
    if key is None:
        raise ValueError(f"{ancestor} is not above {rows.table}")
    found = rows.parents[key]
    while key.parent != ancestor:
        above = rows_of(key.parent, number)
        key = wood.primary[key.parent]
        if key is None:
            raise ValueError(f"{ancestor} is not above {rows.table}")
        higher = above.parents[key]
        found = np.where(found >= 0, higher[np.maximum(found - above.start, 0)], -1)
    return found


def _climbed(
    wood: Forest, table: str, rows: Indices, parents: Mapping[ForeignKey, Indices]
) -> Iterator[tuple[str, Indices]]:
    """Yield each table above another, and the rows there that some rows belong to."""
    key = wood.primary[table]
    while key is not None:
        rows = np.where(rows >= 0, parents[key][np.maximum(rows, 0)], -1)
        yield key.parent, rows
        key = wood.primary[key.parent]
