"""Puts generators in order, those that others point at first, and their schemas together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthkit.errors import PluginError, SynthkitError, UsageError
from synthkit.generators.named import Made
from synthkit.schema import Schema

__all__ = ["Linked", "link", "merged"]


@dataclass(frozen=True)
class Linked:
    """A generator with its schema; ``outside`` are the columns of others that it looks at."""

    made: Made
    schema: Schema
    outside: Mapping[str, tuple[str, ...]]


def link(generators: Sequence[Made]) -> list[Linked]:
    """Return generators in the order in which they run, with what they see of each other.

    Raises `UsageError` for two with a table of the same name, and for some that point at each
    other in a circle.
    """
    alone = {
        each.name: _guarded(each, lambda each=each: each.generator.schema()) for each in generators
    }
    owners = _owners(alone)
    wanted = {each.name: _wanted(each, owners) for each in generators}
    order = _ordered(generators, wanted, owners)
    schemas: dict[str, Schema] = {}
    found: list[Linked] = []
    for each in order:
        outside = wanted[each.name]
        if not outside:
            schemas[each.name] = alone[each.name]
        else:
            tables = tuple(schemas[owners[table]].table(table) for table in outside)
            for table, columns in zip(tables, outside.values(), strict=True):
                for column in columns:
                    table.column(column)
            linked: Any = each.generator
            schemas[each.name] = _guarded(
                each,
                lambda linked=linked, tables=tables: linked.linked_schema(Schema(tables=tables)),
            )
        found.append(Linked(each, schemas[each.name], outside))
    return found


def merged(linked: Sequence[Linked]) -> Schema:
    """Return one schema of all tables, with the keys and rules between generators."""
    return Schema(
        tables=tuple(
            table
            for each in linked
            for table in each.schema.tables
            if table.name not in each.outside
        ),
        foreign_keys=tuple(key for each in linked for key in each.schema.foreign_keys),
        rules=tuple(rule for each in linked for rule in each.schema.rules),
    )


def _owners(schemas: Mapping[str, Schema]) -> dict[str, str]:
    """Return whose each table is; `UsageError` if two generators share a table's name."""
    owners: dict[str, str] = {}
    for name, schema in schemas.items():
        for table in schema.table_names:
            if table in owners:
                raise UsageError(
                    f"The generators {owners[table]!r} and {name!r} both make a table {table!r}.",
                    hint="Run them one at a time, each into its own folder.",
                )
            owners[table] = name
    return owners


def _wanted(made: Made, owners: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the tables of others that a generator points at and that are there."""
    asked = getattr(made.generator, "outside_parents", None)
    if asked is None:
        return {}
    return {
        each.table: tuple(each.columns)
        for each in _guarded(made, asked)
        if owners.get(each.table, made.name) != made.name
    }


def _ordered(
    generators: Sequence[Made],
    wanted: Mapping[str, Mapping[str, tuple[str, ...]]],
    owners: Mapping[str, str],
) -> list[Made]:
    by_name = {each.name: each for each in generators}
    found: list[Made] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            raise UsageError(
                f"The generators {' and '.join(path[path.index(name) :])} point at each other.",
                hint="Run them one at a time, each into its own folder.",
            )
        if by_name[name] in found:
            return
        path.append(name)
        for table in wanted[name]:
            visit(owners[table])
        path.pop()
        found.append(by_name[name])

    for name in by_name:
        visit(name)
    return found


def _guarded(made: Made, ask: Any) -> Any:
    """Return what a generator says of itself; what it raises becomes a `PluginError`."""
    try:
        return ask()
    except SynthkitError:
        raise
    except Exception as error:
        raise PluginError(
            f"The generator {made.name!r} of {made.owner} has no schema: {type(error).__name__}.",
            hint="Update the plugin, or report this to its authors.",
        ) from error
