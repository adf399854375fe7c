"""What an entity is: a root row with the rows that are drawn and kept with it, as coded features.

Rows that have other parents too are not kept with it: these are chosen for the sample as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.coding.aggregates import aggregate_fields
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.prepared import pointed_at
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices

__all__ = ["features", "tables_of"]

Codes = npt.NDArray[np.uint8]
_TOLD_BY = ("column", "reference", "count")


def tables_of(profile: Profile, models: Mapping[str, TableModel], root: str) -> list[str]:
    """Return the tables of a root's entities, itself first; none if it cannot be drawn apart."""
    wood = profile.forest
    found: list[str] = []
    for table in wood.below(root):
        above = wood.primary[table]
        apart = table == root or (above is not None and above.parent in found)
        single = set(wood.links(table)) <= set(pointed_at(profile, table))
        companion = models[table].companion
        whole = companion is None or companion.base in found
        if apart and single and whole and table not in profile.fixed:
            found.append(table)
    return found if models[root].fields and root in found else []


def features(
    profile: Profile,
    models: Mapping[str, TableModel],
    tables: list[str],
    codes: Mapping[str, Codes],
    owners: Mapping[str, Indices],
) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Return what entities are like, uint8 (features, entities), and which have an order.

    The root's own fields, and of each table below how many rows there are and their aggregates.
    Where no table is kept with the root, what it says of its children counts instead.

    Args:
        profile: the structure.
        models: the model of each table.
        tables: those of the entities, the root first.
        codes: uint8 (fields, rows) of each.
        owners: int64 (rows,), the entity of each row of the tables below (-1: none).
    """
    root, *below = tables
    own, count = codes[root], codes[root].shape[1]
    kinds = _TOLD_BY if below else (*_TOLD_BY, "aggregate")
    counted = {str(profile.forest.primary[table]) for table in below}
    made = [
        (field, own[place])
        for place, field in enumerate(models[root].fields)
        if field.kind in kinds and not _is_counted(field, counted)
    ]
    ordered = [field.codec.ordered for field, _ in made]
    found = [values for _, values in made]
    for table in below:
        owned = owners[table][owners[table] >= 0]
        found.append(np.minimum(np.bincount(owned, minlength=count), 255).astype(np.uint8))
        likeness = aggregate_fields([*models[table].fields], codes[table], owners[table], count)
        found += [values for _, values in likeness]
        ordered += [True, *(field.codec.ordered for field, _ in likeness)]
    nothing = np.zeros((0, count), np.uint8)
    return np.vstack([nothing, *found]), np.asarray(ordered, np.bool_)


def _is_counted(field: ColumnField, counted: set[str]) -> bool:
    return field.kind == "count" and field.name in counted
