"""Plans a sample under conditions: a small one is drawn first, and tells how many children to plan.

Rows that fulfil a condition may have more or fewer children than rows have in general.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthkit.contracts.conditions import Conditions
from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.contracts.values import Values
from synthkit.errors import UsageError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey
from synthkit.schema.graph import main_table
from synthkit.synthesizers.relational.coding.prepared import dealt_links
from synthkit.synthesizers.relational.conditional import redraw, resample
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.structure.rows import bridge_keys, plan_rows

__all__ = ["can_meet", "plan_under"]

_PILOT_ROWS = 1_000
"""Rows of a conditioned table to count children of: their mean is within some 3% then."""
_ALONE_ROWS = 100
"""Rows to draw of one without children, to see that its conditions can be met."""


def can_meet(conditions: Conditions) -> bool:
    """Say whether rows can be held to conditions without compiling first."""
    chosen = bool(conditions.where or conditions.weights)
    return (not chosen or redraw.is_ready()) and (not conditions.given or resample.is_ready())


def plan_under(
    model: Knowledge, targets: RowTargets, conditions: Conditions, values: Values
) -> dict[str, int]:
    """Return the rows of every table of a sample under conditions.

    The small sample has as many rows of other parents as the whole, up to some: what rows may be
    depends on which there are.

    Raises `UsageError` for conditions that no row meets, and for numbers that cannot be.
    """
    targets = _with_given(model, targets, conditions)
    wood, counts = model.profile.forest, model.profile.row_counts
    plan = plan_rows(wood, counts, targets)
    conditioned = [table for table in conditions.tables if plan[table]]
    asked = {name: _pilot_rows(model, conditions, name) for name in conditioned}
    if not conditioned:
        return plan
    for table in conditioned:
        for key in dealt_links(model.profile, table):
            if key.parent not in model.profile.fixed:
                asked.setdefault(key.parent, min(plan[key.parent], _PILOT_ROWS))
    small = plan_rows(wood, counts, RowTargets(tables=asked, table=conditioned[0]))
    request = SampleRequest(small, Streams(0).under("pilot"), values, conditions=conditions)
    means = _children(model, Drawing(model, request), conditioned)
    for key, mean in means.items():
        share = 1 - model.profile.of(key).missing
        if key.table not in targets.tables and share:
            plan[key.table] = round(plan[key.parent] * mean / share)
    return plan_rows(wood, counts, RowTargets(tables=plan))


def _pilot_rows(model: Knowledge, conditions: Conditions, table: str) -> int:
    rows = _PILOT_ROWS if len(model.profile.forest.below(table)) > 1 else _ALONE_ROWS
    given = conditions.given.get(table)
    return min(rows, model.profile.row_counts[table] if given is None else given.num_rows)


def _children(model: Knowledge, drawing: Drawing, tables: list[str]) -> Mapping[ForeignKey, float]:
    """Return the mean number of children of a row, for keys to tables below the given ones."""
    wood = drawing.skeleton.forest
    owned: dict[ForeignKey, int] = {}
    rows: dict[ForeignKey, int] = {}
    for table in tables:
        root = wood.root_of(table)
        below = wood.below(table)
        keys = [key for name in below if (key := wood.primary[name]) and key.parent in below]
        for number in range(drawing.skeleton.layout.block_count(root)):
            block = drawing.beside(table, number)
            block.table(table, number)
            for key in keys:
                above, own, _ = block.drawn(key.parent, number)
                counts = block.children(key, above, own)
                owned[key] = owned.get(key, 0) + int(counts.sum())
                rows[key] = rows.get(key, 0) + len(counts)
    return {
        key: owned[key] / rows[key]
        for key in owned
        if rows[key] and not bridge_keys(wood, key.table)
    }


def _with_given(model: Knowledge, targets: RowTargets, conditions: Conditions) -> RowTargets:
    """Ask for as many rows of a table as are given."""
    for table, data in conditions.given.items():
        main = targets.table or main_table(model.schema, model.profile.row_counts)
        asked = targets.tables.get(table, targets.main if table == main else None)
        if asked not in (None, data.num_rows) or (targets.scale and table == main):
            raise UsageError(
                f"{data.num_rows:,} rows of {table!r} are given, and another number is asked for.",
                hint="Leave the number out: there are as many rows as are given.",
            )
        main_rows = None if table == main else targets.main
        tables = {**targets.tables, table: data.num_rows}
        targets = replace(targets, main=main_rows, tables=tables)
    return targets
