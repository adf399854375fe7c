"""How many rows every table gets, exactly, and how they are shared out among blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthkit.errors import UsageError
from synthkit.generators.recipes.counts import PerParent
from synthkit.generators.recipes.makers.relations import References, pair_partner
from synthkit.generators.recipes.model import Recipe, TableRecipe
from synthkit.generators.recipes.order import Unit

__all__ = ["BLOCK_ROWS", "Span", "blocks", "capped", "totals"]

BLOCK_ROWS = 131_072
"""Rows of a unit's largest table in a block, about."""


@dataclass(frozen=True)
class Span:
    """Rows ``first .. first + count`` of a table."""

    first: int
    count: int


def owner_of(table: TableRecipe) -> References | None:
    """Return what a table's rows hang under."""
    maker = table.owner.maker if table.owner else None
    return maker if isinstance(maker, References) else None


def totals(
    recipe: Recipe, asked: Mapping[str, int], scale: float, outside: Mapping[str, int]
) -> dict[str, int]:
    """Return the rows of every table: those asked for, and of the others what goes with them.

    ``outside`` are the rows of tables of others. `UsageError` for numbers that cannot be.
    """
    asked = {**_implied(recipe, asked, outside), **asked}
    found: dict[str, int] = dict(outside)

    def rows_of(name: str) -> int:
        if name not in found:
            found[name] = _rows(recipe.tables[name])
        return found[name]

    def _rows(table: TableRecipe) -> int:
        owner = owner_of(table)
        if table.name in asked:
            count = asked[table.name]
        elif owner is not None and owner.per_parent is not None:
            count = round(owner.per_parent.mean * rows_of(owner.table))
        elif table.rows is not None and table.rows.of is not None:
            count = max(table.rows.low, round(table.rows.share * rows_of(table.rows.of)))
        else:
            own = table.rows.count if table.rows is not None else 0
            count = own if table.reference or not own else max(1, round(own * scale))
        for _, maker in table.references:
            if count and not rows_of(maker.table) and table.columns:
                if table.name in asked:
                    raise UsageError(
                        f"Rows of {table.name!r} need rows of {maker.table!r}, and there are none.",
                        hint=f"Ask for {maker.table}=1 or more, or for {table.name}=0.",
                    )
                count = 0
        return _possible(recipe, table, count, rows_of, table.name in asked)

    return {name: rows_of(name) for name in recipe.tables}


def _implied(
    recipe: Recipe, asked: Mapping[str, int], outside: Mapping[str, int]
) -> dict[str, int]:
    """Return the rows of top tables that follow from the rows asked of tables under them."""
    implied: dict[str, float] = {}
    for name, count in asked.items():
        table, ratio = recipe.tables[name], 1.0
        while (owner := owner_of(table)) is not None and owner.per_parent is not None:
            ratio *= owner.per_parent.mean
            if owner.table in asked or owner.table in outside or not ratio:
                break
            table = recipe.tables[owner.table]
        else:
            if table.name != name and count:
                implied[table.name] = max(implied.get(table.name, 1.0), count / ratio)
    return {name: max(1, round(count)) for name, count in implied.items() if name not in asked}


def capped(recipe: Recipe, table: TableRecipe, rows: Mapping[str, int]) -> PerParent | None:
    """Return how many rows hang under each parent, with the limit that unique pairs set."""
    owner = owner_of(table)
    if owner is None or owner.per_parent is None or table.owner is None:
        return None
    limits = [owner.per_parent.high] if owner.per_parent.high is not None else []
    partner = pair_partner(table, table.owner.name)
    if partner is not None:
        limits.append(rows[partner[1].table])
    made = owner.per_parent
    if not limits:
        return made
    return PerParent(
        made.shape, made.mean, made.zero, made.low, min(limits), made.exponent, made.spread
    )


def _possible(recipe: Recipe, table: TableRecipe, count: int, rows_of: object, given: bool) -> int:
    """Return a number of rows that can be, or refuse one that was asked for and cannot."""
    assert callable(rows_of)
    rows = {maker.table: int(rows_of(maker.table)) for _, maker in table.references}
    low, high = 0, None
    owner = owner_of(table)
    shape = capped(recipe, table, rows)
    if shape is not None and owner is not None:
        low, high = shape.least(rows[owner.table]), shape.most(rows[owner.table])
    for column, maker in table.references:
        partner = pair_partner(table, column.name)
        room = None
        if column.nulls is not None:
            continue
        if (column.name,) in table.keys and maker.per_parent is None:
            room = rows[maker.table]
        elif partner is not None and owner is None:
            room = rows[maker.table] * rows[partner[1].table]
        if room is not None:
            high = room if high is None else min(high, room)
    fitted = max(low, count if high is None else min(count, high))
    if fitted != count and given:
        bound = f"at least {low:,}" if count < low else f"at most {high:,}"
        raise UsageError(
            f"{table.name!r} cannot have {count:,} rows: its parents and keys allow {bound}.",
            hint=f"Ask for another number, or for other numbers of {', '.join(rows)}.",
        )
    return fitted


def blocks(
    recipe: Recipe, unit: Unit, rows: Mapping[str, int], outside: Mapping[str, int]
) -> list[dict[str, Span]]:
    """Return for each block of a unit the rows of each table, and of the one it hangs under.

    Shares are cut by whole numbers, so they add up, and a block follows from its number.
    """
    top = recipe.tables[unit.tables[0]]
    owner = owner_of(top)
    head = owner.table if owner is not None else top.name
    size = {**outside, **rows}[head]
    largest = max(rows[name] for name in unit.tables)
    number = max(1, min(size, -(-largest // BLOCK_ROWS)))
    found = []
    for block in range(number):
        first, last = size * block // number, size * (block + 1) // number
        spans = {head: Span(first, last - first)}
        for name in unit.tables:
            above = owner_of(recipe.tables[name])
            if above is None:
                continue
            parent = spans[above.table]
            parents = {**outside, **rows}[above.table]
            low = rows[name] * parent.first // max(1, parents)
            high = rows[name] * (parent.first + parent.count) // max(1, parents)
            spans[name] = Span(low, high - low)
        found.append(spans)
    return found
