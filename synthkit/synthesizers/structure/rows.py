"""How many rows each table of a sample has."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, prod

from synthkit.contracts.synthesizer import RowTargets
from synthkit.errors import UsageError
from synthkit.schema import ForeignKey
from synthkit.schema.graph import Forest, main_table

__all__ = ["plan_rows"]


def plan_rows(forest: Forest, row_counts: Mapping[str, int], targets: RowTargets) -> dict[str, int]:
    """Return the rows of every table, which the sample will have exactly.

    Tables grow in proportion to what was learned: those under a table that was asked for follow
    it, the others follow the main table, or else the first that was asked to have rows.
    Reference tables keep their size. One-to-one children and bridges are limited by their
    parents. Raises `UsageError` for numbers that cannot be.
    """
    schema = forest.schema
    asked = _asked(forest, row_counts, targets)
    base = _base_factor(forest, row_counts, targets, asked)
    plan: dict[str, int] = {}
    for name in [name for root in forest.roots for name in forest.below(root)]:
        learned = row_counts[name]
        if schema.table(name).reference:
            plan[name] = learned
        elif name in asked:
            plan[name] = asked[name]
        else:
            factor = _nearest_factor(forest, row_counts, asked, name, base)
            plan[name] = max(1, round(learned * factor)) if learned and factor else 0
    return _limited(forest, plan, asked)


def _asked(forest: Forest, row_counts: Mapping[str, int], targets: RowTargets) -> dict[str, int]:
    schema = forest.schema
    if targets.main is not None and targets.scale is not None:
        raise UsageError(
            "Both a number of rows and a scale were asked for.", hint="Give one of them."
        )
    if targets.scale is not None and not (isfinite(targets.scale) and targets.scale > 0):
        raise UsageError("A scale is a number above zero.", hint="Try --scale 2.5.")
    if targets.table is not None:
        schema.table(targets.table)
    asked = dict(targets.tables)
    if targets.main is not None:
        asked.setdefault(targets.table or main_table(schema, row_counts), targets.main)
    for name, count in asked.items():
        table = schema.table(name)
        if count < 0:
            raise UsageError(f"{count} rows were asked for {name!r}.", hint="Ask for 0 or more.")
        if count and not row_counts[name]:
            raise UsageError(
                f"Table {name!r} had no rows to learn from.", hint="Leave it out of --rows."
            )
        if table.reference and count != row_counts[name]:
            raise UsageError(
                f"{name!r} is a reference table: it keeps its {row_counts[name]:,} rows.",
                hint=f"Set `reference: false` for {name!r} in schema.yaml and fit again.",
            )
    return asked


def _base_factor(
    forest: Forest, row_counts: Mapping[str, int], targets: RowTargets, asked: Mapping[str, int]
) -> float:
    if targets.scale is not None:
        return targets.scale
    main = targets.table or main_table(forest.schema, row_counts)
    name = main if main in asked else next((name for name, count in asked.items() if count), None)
    if name is None or not row_counts[name]:
        return 1.0
    return asked[name] / row_counts[name]


def _nearest_factor(
    forest: Forest,
    row_counts: Mapping[str, int],
    asked: Mapping[str, int],
    name: str,
    base: float,
) -> float:
    key = forest.primary[name]
    while key is not None:
        if key.parent in asked and row_counts[key.parent]:
            return asked[key.parent] / row_counts[key.parent]
        key = forest.primary[key.parent]
    return base


def _limited(forest: Forest, plan: dict[str, int], asked: Mapping[str, int]) -> dict[str, int]:
    """Lower what its parents cannot carry: children of an empty table, one-to-one, bridges."""
    schema = forest.schema
    changed = True
    while changed:
        changed = False
        for table in schema.tables:
            limit, why = _limit(forest, plan, table.name)
            if limit is not None and plan[table.name] > limit:
                if table.name in asked:
                    raise UsageError(
                        f"{table.name!r} cannot have {plan[table.name]:,} rows: {why}, "
                        f"so {limit:,} at most.",
                        hint="Ask for fewer, or for more rows of its parents.",
                    )
                plan[table.name] = limit
                changed = True
    return plan


def _limit(forest: Forest, plan: Mapping[str, int], name: str) -> tuple[int | None, str]:
    schema = forest.schema
    table = schema.table(name)
    primary = forest.primary[name]
    if primary is not None and not plan[primary.parent]:
        return 0, f"its parent {primary.parent!r} is empty"
    for key in schema.foreign_keys_of(name):
        required = not all(table.column(column).nullable for column in key.columns)
        if required and not plan[key.parent] and not key.is_self_reference:
            return 0, f"its parent {key.parent!r} is empty"
        if required and forest.is_unique(key) and not key.is_self_reference:
            return plan[key.parent], f"each row needs its own row of {key.parent!r}"
    bridge = bridge_keys(forest, name)
    if bridge:
        combinations = prod(plan[key.parent] for key in bridge)
        return combinations, "no combination of its parents may repeat"
    return None, ""


def bridge_keys(forest: Forest, name: str) -> list[ForeignKey]:
    """Return the foreign keys that together are a key of a table, or nothing."""
    table = forest.schema.table(name)
    keys = forest.schema.foreign_keys_of(name)
    for unique in (table.primary_key, *table.alternate_keys):
        inside = [key for key in keys if unique and set(key.columns) <= set(unique)]
        covered = {column for key in inside for column in key.columns}
        if unique and len(inside) > 1 and covered == set(unique):
            return inside
    return []
