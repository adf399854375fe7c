"""A recipe as a generator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from synthkit.contracts.generator import GeneratedBlock, GenerateRequest, OutsideParent
from synthkit.contracts.progress import Progress
from synthkit.dataset import TableChunk
from synthkit.generators.recipes.arrays import whole
from synthkit.generators.recipes.frames import Complete, Hook, World
from synthkit.generators.recipes.linking import linked
from synthkit.generators.recipes.model import Recipe
from synthkit.generators.recipes.order import Order, ordered
from synthkit.generators.recipes.plan import totals
from synthkit.generators.recipes.run import numbered_blocks, tables_of
from synthkit.generators.recipes.schema import schema_of
from synthkit.randomness import Streams
from synthkit.schema import Schema

__all__ = ["RecipeGenerator"]


class RecipeGenerator:
    """Generates the tables of a recipe. Memory is bounded by a block, and by what is pointed at.

    Of a table that others point at without hanging under it, the columns that they read are held;
    a key that counts up is computed. A block's rows depend on the request's numbers of rows, the
    seed and the block's number.
    """

    def __init__(
        self,
        recipe: Recipe,
        hooks: Mapping[str, Hook] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Store the recipe; ``hooks`` are functions that make columns by name."""
        self.recipe = recipe
        self._hooks = dict(hooks or {})
        self._settings = dict(settings or {})

    def schema(self) -> Schema:
        """Return the schema where no table outside is there; `DataError` for a wrong recipe."""
        return self.linked_schema(Schema())

    def outside_parents(self) -> Sequence[OutsideParent]:
        """Return the tables of others that the recipe points at when they are there."""
        return [OutsideParent(name, columns) for name, columns in self.recipe.wanted.items()]

    def linked_schema(self, outside: Schema) -> Schema:
        """Return the schema with those tables outside that are there."""
        recipe = linked(self.recipe, {table.name: table for table in outside.tables})
        ordered(recipe)
        return schema_of(recipe)

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        """Yield the tables unit by unit and block by block.

        Raises `UsageError` for rows that cannot be, before the first chunk.
        """
        world, order = self._prepared(request, streams)
        progress.start(f"Generating {self.recipe.name}", sum(world.totals.values()))
        for unit in order.units:
            for made in tables_of(world, order, unit):
                yield from _cut(made.table, made.data, request.chunk_rows, progress)

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        """Return the blocks of all units.

        Each holds, once it is made, what all blocks that are made in this process look at.
        """
        return numbered_blocks(*self._prepared(request, streams))

    def _prepared(self, request: GenerateRequest, streams: Streams) -> tuple[World, Order]:
        """Return what all blocks have in common, and the order in which they are made."""
        recipe = linked(self.recipe, {name: each.table for name, each in request.outside.items()})
        recipe.check_kinds(request.values.has)
        order = ordered(recipe)
        outside = {
            name: Complete(
                given.rows.num_rows,
                {},
                {each: whole(given.rows[each]) for each in given.rows.column_names},
            )
            for name, given in request.outside.items()
        }
        own = recipe.locale if request.locale_is_default else None
        sizes = {name: each.count for name, each in outside.items()}
        world = World(
            recipe,
            request,
            streams,
            own or {request.locale: 1.0},
            totals(recipe, request.rows, request.scale, sizes),
            self._settings,
            self._hooks,
            dict(outside),
        )
        return world, order


def _cut(name: str, rows: pa.Table, chunk_rows: int, progress: Progress) -> Iterator[TableChunk]:
    for start in range(0, rows.num_rows, chunk_rows):
        chunk = rows.slice(start, chunk_rows)
        yield TableChunk(name, chunk)
        progress.advance(chunk.num_rows)
