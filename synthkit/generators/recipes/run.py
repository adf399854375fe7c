"""Makes the blocks of a unit: counts first, then column after column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import TableChunk
from synthkit.errors import PluginError
from synthkit.generators.recipes.arrays import Floats, Ints, floats, plain
from synthkit.generators.recipes.conversions import written
from synthkit.generators.recipes.fields import Parameter, Read
from synthkit.generators.recipes.frames import Complete, Frame, Link, World
from synthkit.generators.recipes.makers.relations import References, Tree
from synthkit.generators.recipes.makers.texts import Sequence
from synthkit.generators.recipes.model import ColumnRecipe, TableRecipe
from synthkit.generators.recipes.order import Order, Unit
from synthkit.generators.recipes.plan import Span, blocks, capped, owner_of
from synthkit.generators.recipes.rows import Rows
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["tables_of"]

_SLACK = 1e-6
"""Of the last decimal: what doubles may be off by, so that 0.29 counts as 29 hundredths."""


def tables_of(world: World, order: Order, unit: Unit) -> Iterator[TableChunk]:
    """Yield the tables of each block of a unit, parents first; then the unit is complete."""
    held: dict[str, dict[str, list[pa.Array]]] = {
        name: {column: [] for column in sorted(order.kept[name])} for name in unit.tables
    }
    outside = {name: world.complete[name].count for name in world.recipe.outside}
    for block, spans in enumerate(blocks(world.recipe, unit, world.totals, outside)):
        frames = _frames(world, unit, block, spans)
        for at, column in unit.steps:
            frame = frames[at]
            frame.made[column] = _column(frame, frame.table.columns[column])
        for name, columns in held.items():
            for each, parts in columns.items():
                parts.append(plain(frames[name].made[each]))
        for name, frame in frames.items():
            if frame.count:
                due = list(frame.table.columns)
                yield TableChunk(name, pa.table([frame.made[each] for each in due], names=due))
    for name, columns in held.items():
        table = world.recipe.tables[name]
        world.complete[name] = Complete(
            world.totals[name],
            {
                each.name: each.maker
                for each in table.columns.values()
                if isinstance(each.maker, Sequence) and each.maker.within is None
            },
            {column: pa.concat_arrays(parts) for column, parts in columns.items()},
        )


def _frames(world: World, unit: Unit, block: int, spans: Mapping[str, Span]) -> dict[str, Frame]:
    frames: dict[str, Frame] = {}
    for name in unit.tables:
        table, span = world.recipe.tables[name], spans[name]
        owner = owner_of(table)
        if owner is None:
            frames[name] = Frame(world, table, block, span.first, span.count)
            continue
        parents = spans[owner.table]
        counts = _counts(world, table, block, parents.count, span.count)
        starts = np.cumsum(counts) - counts
        index = np.repeat(np.arange(parents.count), counts)
        if owner.table in frames:
            parent = Link(frames[owner.table], index)
        else:
            parent = Link(world.complete[owner.table], index + parents.first)
        made = Frame(world, table, block, span.first, span.count, parent, (starts, counts))
        if owner.table in frames:
            frames[owner.table].children[name] = made
        frames[name] = made
    return frames


def _counts(world: World, table: TableRecipe, block: int, parents: int, total: int) -> Ints:
    sizes = {**world.totals, **{name: each.count for name, each in world.complete.items()}}
    shape = capped(world.recipe, table, sizes)
    assert shape is not None
    return shape.counts(parents, total, world.streams.at(table.name, "per parent", block))


def _column(frame: Frame, column: ColumnRecipe) -> pa.Array:
    """Return a column as it is written: made, bounded, stored, with its nulls."""
    rows = Rows(
        frame,
        column.name,
        locale=column.locale,
        unique=column.unique or (column.name,) in frame.table.keys,
    )
    storage = column.kind(frame.scope).storage
    made = column.maker.make(rows)
    if len(made) != frame.count:
        raise PluginError(
            f"{frame.table.name}.{column.name}: {len(made):,} values were made "
            f"where {frame.count:,} rows are.",
            hint="Report this to the authors of the recipe's code.",
        )
    if column.low is not None or column.high is not None:
        made = _bounded(rows, column, made, scale_of(arrow_type(storage)))
    values = written(column, made, storage)
    if column.nulls is not None and not isinstance(column.maker, References | Tree):
        values = _without(values, column.nulls.missing(rows), storage)
    return values


def _without(values: pa.Array, missing: np.ndarray, storage: str) -> pa.Array:
    if not missing.any():
        return values
    mask = pa.array(missing)
    if pa.types.is_dictionary(values.type):
        codes = (
            pa.array(np.asarray(values.indices), mask=missing)
            if not values.null_count
            else (pc.if_else(mask, None, values.indices))
        )
        return pa.DictionaryArray.from_arrays(codes, values.dictionary)
    return pc.if_else(mask, pa.scalar(None, arrow_type(storage)), values)


def _bounded(
    rows: Rows, column: ColumnRecipe, made: pa.Array | Floats, scale: int | None
) -> Floats:
    """Return numbers within the bounds of a column; where two cross, the upper one holds.

    Bounds are numbers of as many decimals as the column has, so that rounding breaks none.
    """
    values = made if isinstance(made, np.ndarray) else floats(plain(made))
    for bound, pick, toward in (
        (column.low, np.maximum, np.ceil),
        (column.high, np.minimum, np.floor),
    ):
        if bound is None:
            continue
        limit: float | Floats
        if isinstance(bound, Read):
            limit = rows.floats(bound.key)
        else:
            assert isinstance(bound, Parameter)
            limit = rows.parameter(bound)
        if scale is not None:
            slack = _SLACK if toward is np.floor else -_SLACK
            limit = toward(limit * 10.0**scale + slack) / 10.0**scale
        if isinstance(limit, np.ndarray):
            limit = np.where(np.isnan(limit), values, limit)
        values = np.where(np.isnan(values), np.nan, pick(values, limit))
    return values
