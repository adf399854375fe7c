"""Runs generator plugins side by side and checks that they keep their promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any

import pyarrow as pa

from synthkit.contracts.component import Component
from synthkit.contracts.generator import GenerateRequest, Generator
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.errors import PluginError, SynthkitError, UsageError, near_matches
from synthkit.generators.values.locales import known_locale
from synthkit.plugins import Plugins
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema
from synthkit.values import ValueRegistry

__all__ = ["Generated", "generate"]


@dataclass(frozen=True)
class _Part:
    """A generator at work: what it is called, whose it is, what it shall make."""

    name: str
    owner: str
    generator: Generator
    schema: Schema
    request: GenerateRequest


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
        }

    def chunks(self) -> Iterator[TableChunk]:
        """Yield the rows of every table, parents first, in the types of the schema.

        Raises `PluginError` for a generator that breaks off or makes what its schema does not say.
        """
        for part in self._parts:
            streams = Streams(self._seed).under("generate", part.name)
            counts: Counter[str] = Counter()
            for chunk in _guarded(part, streams, self._progress):
                checked = _checked(part, chunk)
                counts[checked.table] += checked.data.num_rows
                yield checked
            for table, wanted in part.request.rows.items():
                if counts[table] != wanted:
                    raise _broken(
                        part, f"made {counts[table]:,} rows of {table!r} where {wanted:,} are due"
                    )


def generate(
    names: Sequence[str],
    plugins: Plugins,
    *,
    rows: Mapping[str, int] | None = None,
    scale: float = 1.0,
    seed: int,
    locale: str = "en_US",
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Generated:
    """Prepare generators, each with its own random streams, so that none changes another's rows.

    ``rows`` asks for numbers of rows by table, ``scale`` multiplies the generators' own numbers.
    A setting goes to every generator that has it, or to one as ``generator.setting``.

    Raises `UsageError` for unknown generators, tables, settings and locales, for numbers of rows
    that are none, and for two generators with a table of the same name.
    """
    if not names:
        raise UsageError(
            "No generator is named.", hint=near_matches("", plugins.components("generators"))
        )
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise UsageError(f"The generator {repeated[0]!r} is named twice.", hint="Name it once.")
    if not (isfinite(scale) and scale > 0):
        raise UsageError(f"A scale of {scale} is not a positive number.", hint="Try 1 or 0.1.")
    if chunk_rows < 1:
        raise UsageError(f"Chunks of {chunk_rows} rows hold nothing.", hint="Try 50000.")
    own = _settings_of(names, plugins, settings or {})
    made = {name: plugins.create("generators", name, own[name]) for name in names}
    schemas = {name: _schema(name, plugins, generator) for name, generator in made.items()}
    schema = _merged(schemas)
    wanted = _checked_rows(rows or {}, schema)
    values = ValueRegistry(plugins)
    language = known_locale(locale)
    parts = [
        _Part(
            name,
            plugins.owner("generators", name),
            generator,
            schemas[name],
            GenerateRequest(
                values=values,
                rows={table: n for table, n in wanted.items() if table in schemas[name]},
                scale=scale,
                locale=language,
                chunk_rows=chunk_rows,
            ),
        )
        for name, generator in made.items()
    ]
    return Generated(schema, parts, seed, progress or Silent())


def _settings_of(
    names: Sequence[str], plugins: Plugins, settings: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Share settings out among generators by name."""
    known = {name: _known(plugins.component("generators", name)) for name in names}
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for key, value in settings.items():
        generator, dot, setting = key.rpartition(".")
        takers = [name for name in names if (setting in known[name] and generator in ("", name))]
        if not takers:
            every = [f"{name}.{each}" if dot else each for name in names for each in known[name]]
            raise UsageError(
                f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} no setting {key!r}.",
                hint=near_matches(key, set(every)),
            )
        for name in takers:
            found[name][setting] = value
    return found


def _known(component: Component[Any]) -> list[str]:
    kind = component.settings
    return [each.name for each in fields(kind)] if is_dataclass(kind) else list(kind.model_fields)


def _schema(name: str, plugins: Plugins, generator: Generator) -> Schema:
    try:
        return generator.schema()
    except SynthkitError:
        raise
    except Exception as error:
        raise PluginError(
            f"The generator {name!r} of {plugins.owner('generators', name)} has no schema: "
            f"{type(error).__name__}.",
            hint="Update the plugin, or report this to its authors.",
        ) from error


def _merged(schemas: Mapping[str, Schema]) -> Schema:
    """Return one schema of all tables; `UsageError` if two generators share a table's name."""
    owners: dict[str, str] = {}
    for name, schema in schemas.items():
        for table in schema.table_names:
            if table in owners:
                raise UsageError(
                    f"The generators {owners[table]!r} and {name!r} both make a table {table!r}.",
                    hint="Run them one at a time, each into its own folder.",
                )
            owners[table] = name
    return Schema(
        tables=tuple(table for schema in schemas.values() for table in schema.tables),
        foreign_keys=tuple(key for schema in schemas.values() for key in schema.foreign_keys),
        rules=tuple(rule for schema in schemas.values() for rule in schema.rules),
    )


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
    if chunk.table not in part.schema:
        raise _broken(part, f"made a table {chunk.table!r} that its schema does not have")
    table = part.schema.table(chunk.table)
    if chunk.data.column_names != table.column_names:
        raise _broken(part, f"made other columns of {chunk.table!r} than its schema says")
    expected = arrow_schema(table.column_names, [column.storage for column in table.columns])
    for made, due in zip(chunk.data.schema, expected, strict=True):
        kind = made.type.value_type if pa.types.is_dictionary(made.type) else made.type
        if kind != due.type:
            raise _broken(
                part, f"made {chunk.table}.{made.name} as {kind}, not {due.type} as its schema says"
            )
    if any(pa.types.is_dictionary(made.type) for made in chunk.data.schema):
        return TableChunk(chunk.table, chunk.data.cast(expected))
    return chunk


def _broken(part: _Part, what: str) -> PluginError:
    return PluginError(
        f"The generator {part.name!r} of {part.owner} {what}.",
        hint="Update the plugin, or report this to its authors.",
    )
