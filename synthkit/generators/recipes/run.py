"""Makes the blocks of a unit: counts first, then column after column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.generator import GeneratedBlock
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError
from synthkit.generators.recipes.arrays import Floats, Ints, floats, plain
from synthkit.generators.recipes.conversions import written
from synthkit.generators.recipes.fields import Parameter, Read
from synthkit.generators.recipes.frames import Complete, Frame, Link, World
from synthkit.generators.recipes.makers import texts
from synthkit.generators.recipes.makers.relations import References, Tree
from synthkit.generators.recipes.model import ColumnRecipe, TableRecipe
from synthkit.generators.recipes.order import Order, Place, Unit, steps_to
from synthkit.generators.recipes.plan import Span, blocks, capped, owner_of
from synthkit.generators.recipes.rows import Rows
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["numbered_blocks", "tables_of"]

_SLACK = 1e-6
"""Of the last decimal: what doubles may be off by, so that 0.29 counts as 29 hundredths."""


def tables_of(world: World, order: Order, unit: Unit) -> Iterator[TableChunk]:
    """Yield the tables of each block of a unit, parents first; then the unit is complete."""
    held = _Held(order, unit)
    for block, spans in enumerate(_spans(world, unit)):
        frames = _made(world, unit, block, spans, unit.steps)
        held.keep(frames)
        for name, rows in _tables(frames).items():
            yield TableChunk(name, rows)
    world.complete.update(held.complete(world))


def numbered_blocks(world: World, order: Order) -> list[GeneratedBlock]:
    """Return the blocks of all units, each to be made by itself.

    Of units before its own a block makes the columns that are looked at, once for all blocks.
    """
    return [
        GeneratedBlock(
            sum(spans[name].count for name in unit.tables),
            partial(_block, world, order, place, block, spans),
        )
        for place, unit in enumerate(order.units)
        for block, spans in enumerate(_spans(world, unit))
    ]


def _block(
    world: World, order: Order, place: int, block: int, spans: Mapping[str, Span]
) -> dict[str, pa.Table]:
    for earlier in order.units[:place]:
        if earlier.tables[0] not in world.complete:
            _complete(world, order, earlier)
    unit = order.units[place]
    return _tables(_made(world, unit, block, spans, unit.steps))


def _complete(world: World, order: Order, unit: Unit) -> None:
    """Make of a unit what others look at, and what that is made from."""
    held = _Held(order, unit)
    steps = steps_to(world.recipe, unit, held.places)
    if steps:
        for block, spans in enumerate(_spans(world, unit)):
            held.keep(_made(world, unit, block, spans, steps))
    world.complete.update(held.complete(world))


class _Held:
    """The columns of a unit that others look at, while its blocks are made."""

    def __init__(self, order: Order, unit: Unit) -> None:
        self._columns: dict[str, dict[str, list[pa.Array]]] = {
            name: {column: [] for column in sorted(order.kept[name])} for name in unit.tables
        }

    @property
    def places(self) -> list[Place]:
        return [(name, column) for name, columns in self._columns.items() for column in columns]

    def keep(self, frames: Mapping[str, Frame]) -> None:
        for name, columns in self._columns.items():
            for each, parts in columns.items():
                parts.append(plain(frames[name].made[each]))

    def complete(self, world: World) -> dict[str, Complete]:
        found = {}
        for name, columns in self._columns.items():
            counted = {
                each.name: each.maker
                for each in world.recipe.tables[name].columns.values()
                if isinstance(each.maker, texts.Sequence) and each.maker.within is None
            }
            whole = {column: pa.concat_arrays(parts) for column, parts in columns.items()}
            found[name] = Complete(world.totals[name], counted, whole)
        return found


def _spans(world: World, unit: Unit) -> list[dict[str, Span]]:
    outside = {name: world.complete[name].count for name in world.recipe.outside}
    return blocks(world.recipe, unit, world.totals, outside)


def _made(
    world: World, unit: Unit, block: int, spans: Mapping[str, Span], steps: Sequence[Place]
) -> dict[str, Frame]:
    """Return the rows of a block with the columns of some steps."""
    frames = _frames(world, unit, block, spans)
    for at, column in steps:
        frame = frames[at]
        frame.made[column] = _column(frame, frame.table.columns[column])
    return frames


def _tables(frames: Mapping[str, Frame]) -> dict[str, pa.Table]:
    """Return the tables of a block, those with rows."""
    return {
        name: pa.table(
            [frame.made[each] for each in frame.table.columns], names=list(frame.table.columns)
        )
        for name, frame in frames.items()
        if frame.count
    }


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
