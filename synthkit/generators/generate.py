"""Runs generator plugins side by side and checks that they keep their promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import pyarrow as pa

from synthkit.contracts.generator import GenerateRequest, Generator, OutsideRows
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.errors import PluginError, SynthkitError, UsageError
from synthkit.generators.linked import link, merged
from synthkit.generators.named import made
from synthkit.generators.values.locales import known_locale
from synthkit.plugins import Plugins
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema
from synthkit.values import ValueRegistry

__all__ = ["Generated", "generate"]


@dataclass(frozen=True)
class _Part:
    """A generator at work: what it is called, whose it is, what it shall make.

    ``schema`` has also the tables ``outside``, which are others'; of those it looks at columns.
    """

    name: str
    owner: str
    generator: Generator
    schema: Schema
    request: GenerateRequest
    outside: Mapping[str, tuple[str, ...]]


class Generated:
    """Tables that are made while they are read; every reading makes the same rows."""

    def __init__(self, schema: Schema, parts: Sequence[_Part], seed: int, progress: Progress):
        """Store what `generate` put together."""
        self.schema = schema
        self._parts = tuple(parts)
        self._seed = seed
        self._progress = progress

    @property
    def makers(self) -> dict[str, tuple[str, str]]:
        """Which generator makes a table, and whose it is: (name, owner) by table."""
        return {
            table: (part.name, part.owner)
            for part in self._parts
            for table in part.schema.table_names
            if table not in part.outside
        }

    def chunks(self) -> Iterator[TableChunk]:
        """Yield the rows of every table, parents first, in the types of the schema.

        Columns that a later generator looks at are held until then. Raises `PluginError` for a
        generator that breaks off or makes what its schema does not say.
        """
        looked_at: dict[str, dict[str, None]] = {}
        for part in self._parts:
            for table, columns in part.outside.items():
                looked_at.setdefault(table, {}).update(dict.fromkeys(columns))
        held: dict[str, list[pa.Table]] = {table: [] for table in looked_at}
        for part in self._parts:
            streams = Streams(self._seed).under("generate", part.name)
            counts: Counter[str] = Counter()
            for chunk in _guarded(self._with_outside(part, held), streams, self._progress):
                checked = _checked(part, chunk)
                counts[checked.table] += checked.data.num_rows
                if checked.table in held:
                    held[checked.table].append(checked.data.select([*looked_at[checked.table]]))
                yield checked
            for table, wanted in part.request.rows.items():
                if counts[table] != wanted:
                    raise _broken(
                        part, f"made {counts[table]:,} rows of {table!r} where {wanted:,} are due"
                    )

    def _with_outside(self, part: _Part, held: Mapping[str, list[pa.Table]]) -> _Part:
        """Return a part whose request holds the rows of others that it looks at."""
        if not part.outside:
            return part
        outside = {}
        for name, columns in part.outside.items():
            table = self.schema.table(name)
            kinds = arrow_schema(list(columns), [table.column(each).storage for each in columns])
            rows = pa.concat_tables(
                [kinds.empty_table(), *(rows.select(list(columns)) for rows in held[name])]
            )
            outside[name] = OutsideRows(table, rows.combine_chunks())
        return replace(part, request=replace(part.request, outside=outside))


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
        _Part(
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


def _guarded(part: _Part, streams: Streams, progress: Progress) -> Iterator[TableChunk]:
    """Yield a generator's chunks; what it raises becomes a `PluginError` with its name."""
    try:
        yield from part.generator.generate(part.request, streams, progress)
    except (SynthkitError, OSError):
        raise
    except Exception as error:
        raise _broken(part, f"broke off with {type(error).__name__}") from error


def _checked(part: _Part, chunk: TableChunk) -> TableChunk:
    """Return a chunk in the types of the schema; dictionaries become plain columns."""
    if chunk.table not in part.schema or chunk.table in part.outside:
        raise _broken(part, f"made a table {chunk.table!r} that its schema does not have")
    table = part.schema.table(chunk.table)
    if chunk.data.column_names != table.column_names:
        raise _broken(part, f"made other columns of {chunk.table!r} than its schema says")
    expected = arrow_schema(table.column_names, [column.storage for column in table.columns])
    for field, due in zip(chunk.data.schema, expected, strict=True):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if kind != due.type:
            raise _broken(
                part,
                f"made {chunk.table}.{field.name} as {kind}, not {due.type} as its schema says",
            )
    if any(pa.types.is_dictionary(made.type) for made in chunk.data.schema):
        return TableChunk(chunk.table, chunk.data.cast(expected))
    return chunk


def _broken(part: _Part, what: str) -> PluginError:
    return PluginError(
        f"The generator {part.name!r} of {part.owner} {what}.",
        hint="Update the plugin, or report this to its authors.",
    )
