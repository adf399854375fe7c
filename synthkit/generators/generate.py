"""Runs generator plugins side by side and checks that they keep their promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import isfinite
from typing import Any

import pyarrow as pa

from synthkit.contracts.generator import GenerateRequest, OutsideRows
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.errors import UsageError
from synthkit.generators.linked import link, merged
from synthkit.generators.named import made
from synthkit.generators.running import Running, checked, guarded
from synthkit.generators.values.locales import known_locale
from synthkit.plugins import Plugins
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema
from synthkit.values import ValueRegistry

__all__ = ["Generated", "generate"]


class Generated:
    """Tables that are made while they are read; every reading makes the same rows."""

    def __init__(self, schema: Schema, parts: Sequence[Running], seed: int, progress: Progress):
        """Store what `generate` put together."""
        self.schema = schema
        self.parts = tuple(parts)
        self._seed = seed
        self._progress = progress

    @property
    def makers(self) -> dict[str, tuple[str, str]]:
        """Which generator makes a table, and whose it is: (name, owner) by table."""
        return {
            table: (part.name, part.owner)
            for part in self.parts
            for table in part.schema.table_names
            if part.makes(table)
        }

    def chunks(self) -> Iterator[TableChunk]:
        """Yield the rows of every table, parents first, in the types of the schema.

        Columns that a later generator looks at are held until then. Raises `PluginError` for a
        generator that breaks off or makes what its schema does not say.
        """
        return self._chunks(self.parts, {table: [] for table in self.looked_at})

    @cached_property
    def looked_at(self) -> dict[str, list[str]]:
        """The columns of each table that later generators look at."""
        found: dict[str, dict[str, None]] = {}
        for part in self.parts:
            for table, columns in part.outside.items():
                found.setdefault(table, {}).update(dict.fromkeys(columns))
        return {table: list(columns) for table, columns in found.items()}

    def rows_looked_at(self) -> dict[str, pa.Table]:
        """Make the columns that later generators look at, by table."""
        held: dict[str, list[pa.Table]] = {table: [] for table in self.looked_at}
        makers = [each for each in self.parts if any(each.makes(table) for table in held)]
        for _ in self._chunks(makers, held):
            pass
        return {name: self._whole(name, columns, held) for name, columns in self.looked_at.items()}

    def streams(self, part: Running) -> Streams:
        """Return the random streams of a generator."""
        return Streams(self._seed).under("generate", part.name)

    def _chunks(
        self, parts: Sequence[Running], held: Mapping[str, list[pa.Table]]
    ) -> Iterator[TableChunk]:
        for part in parts:
            outside = {
                name: self._whole(name, columns, held) for name, columns in part.outside.items()
            }
            request = self.request_of(part, outside)
            counts: Counter[str] = Counter()
            with guarded(part):
                made = part.generator.generate(request, self.streams(part), self._progress)
                for each in made:
                    chunk = checked(part, each)
                    counts[chunk.table] += chunk.data.num_rows
                    if chunk.table in held:
                        held[chunk.table].append(chunk.data.select(self.looked_at[chunk.table]))
                    yield chunk
            part.check_counts(counts)

    def request_of(self, part: Running, rows: Mapping[str, pa.Table]) -> GenerateRequest:
        """Return what a generator is asked for, with the rows of others that it looks at."""
        outside = {
            name: OutsideRows(self.schema.table(name), rows[name].select(list(columns)))
            for name, columns in part.outside.items()
        }
        return replace(part.request, outside=outside) if outside else part.request

    def _whole(
        self, name: str, columns: Sequence[str], held: Mapping[str, list[pa.Table]]
    ) -> pa.Table:
        """Return columns of a table that was made, in one piece."""
        table = self.schema.table(name)
        kinds = arrow_schema(list(columns), [table.column(each).storage for each in columns])
        rows = [kinds.empty_table(), *(rows.select(list(columns)) for rows in held[name])]
        return pa.concat_tables(rows).combine_chunks()


def generate(
    names: Sequence[str],
    plugins: Plugins,
    *,
    rows: Mapping[str, int] | None = None,
    scale: float = 1.0,
    seed: int,
    locale: str | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Generated:
    """Prepare generators, each with its own random streams, so that none changes another's rows.

    ``names`` are those of plugins, and recipe files. ``rows`` asks for numbers of rows by table,
    ``scale`` multiplies the generators' own numbers. No ``locale`` means en_US, or what a recipe
    says. A setting goes to every generator that has it, or to one as ``generator.setting``.

    Raises `UsageError` for unknown generators, tables, settings and locales, for numbers of rows
    that are none, and for two generators with a table of the same name; `DataError` for a recipe
    that is wrong.
    """
    generators = made(names, plugins, settings or {})
    if not (isfinite(scale) and scale > 0):
        raise UsageError(f"A scale of {scale} is not a positive number.", hint="Try 1 or 0.1.")
    if chunk_rows < 1:
        raise UsageError(f"Chunks of {chunk_rows} rows hold nothing.", hint="Try 50000.")
    linked = link(generators)
    schema = merged(linked)
    wanted = _checked_rows(rows or {}, schema)
    values = ValueRegistry(plugins)
    language = known_locale(locale or "en_US")
    parts = [
        Running(
            each.made.name,
            each.made.owner,
            each.made.generator,
            each.schema,
            GenerateRequest(
                values=values,
                rows={
                    table: n
                    for table, n in wanted.items()
                    if table in each.schema and table not in each.outside
                },
                scale=scale,
                locale=language,
                chunk_rows=chunk_rows,
                locale_is_default=locale is None,
            ),
            each.outside,
        )
        for each in linked
    ]
    return Generated(schema, parts, seed, progress or Silent())


def _checked_rows(rows: Mapping[str, int], schema: Schema) -> dict[str, int]:
    for table, count in rows.items():
        schema.table(table)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise UsageError(
                f"Table {table!r} cannot have {count!r} rows.",
                hint="A number of rows is 0, 1, 2 and so on.",
            )
    return dict(rows)
