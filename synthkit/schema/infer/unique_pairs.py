"""Foreign keys that occur once together in tables with a key of their own: one vote per user.

They become alternate keys, so that no pair repeats in a sample of any size.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from synthkit.schema.infer.composite_keys import expected_repeats, is_unique
from synthkit.schema.infer.profiles import Columns, Profile
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Schema, Table

__all__ = ["with_unique_pairs"]

_REPEATS = 10.0
"""Repeats to expect by accident from which on their absence says key: 1 in 20,000 by accident."""


def with_unique_pairs(
    schema: Schema, profiles: Mapping[str, Mapping[str, Profile]], columns: Columns
) -> tuple[Schema, list[Reason]]:
    """Return a schema with pairs of foreign keys that never repeat as alternate keys, and why.

    Only foreign keys of one column each, without nulls, to other tables are looked at, outside of
    the primary key; one that is unique by itself makes no pair.
    """
    reasons: list[Reason] = []
    tables = []
    for table in schema.tables:
        found = []
        for names in combinations(_pointing(schema, table, profiles[table.name]), 2):
            expected = expected_repeats([profiles[table.name][name] for name in names])
            if expected < _REPEATS or not is_unique(columns.read(table.name, list(names))):
                continue
            rows = profiles[table.name][names[0]].rows
            because = (
                f"all {rows:,} combinations are distinct, "
                f"where accident would repeat about {expected:,.0f}"
            )
            reasons.append(Reason(f"{table.name}.{', '.join(names)}", "alternate key", because))
            found.append(names)
        keys = (*table.alternate_keys, *found)
        tables.append(table.model_copy(update={"alternate_keys": keys}))
    return schema.model_copy(update={"tables": tuple(tables)}), reasons


def _pointing(schema: Schema, table: Table, profiles: Mapping[str, Profile]) -> list[str]:
    if not table.primary_key or table.reference:
        return []
    names = [
        key.columns[0]
        for key in schema.foreign_keys_of(table.name)
        if len(key.columns) == 1 and not key.unique and not key.is_self_reference
    ]
    return [
        name
        for name in dict.fromkeys(names)
        if name not in table.primary_key
        and not profiles[name].nulls
        and not profiles[name].is_unique
    ]
