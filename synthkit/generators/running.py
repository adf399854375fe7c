"""A generator at work, and the promises that its rows have to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from synthkit.contracts.generator import GenerateRequest, Generator
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError, SynthkitError
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema

__all__ = ["Running", "broken", "checked", "guarded"]


@dataclass(frozen=True)
class Running:
    """A generator at work: what it is called, whose it is, what it shall make.

    ``schema`` has also the tables ``outside``, which are others'; of those it looks at columns.
    """

    name: str
    owner: str
    generator: Generator
    schema: Schema
    request: GenerateRequest
    outside: Mapping[str, tuple[str, ...]]

    def makes(self, table: str) -> bool:
        """Say whether a table is its own."""
        return table in self.schema and table not in self.outside

    def check_counts(self, counts: Mapping[str, int]) -> None:
        """Raise `PluginError` if there are other numbers of rows than were asked for."""
        for table, wanted in self.request.rows.items():
            made = counts.get(table, 0)
            if made != wanted:
                raise broken(self, f"made {made:,} rows of {table!r} where {wanted:,} are due")


@contextmanager
def guarded(part: Running) -> Iterator[None]:
    """Make of what a generator raises a `PluginError` with its name."""
    try:
        yield
    except (SynthkitError, OSError):
        raise
    except Exception as error:
        raise broken(part, f"broke off with {type(error).__name__}") from error


def checked(part: Running, chunk: TableChunk) -> TableChunk:
    """Return a chunk in the types of the schema; dictionaries become plain columns."""
    if not part.makes(chunk.table):
        raise broken(part, f"made a table {chunk.table!r} that its schema does not have")
    table = part.schema.table(chunk.table)
    if chunk.data.column_names != table.column_names:
        raise broken(part, f"made other columns of {chunk.table!r} than its schema says")
    expected = arrow_schema(table.column_names, [column.storage for column in table.columns])
    for field, due in zip(chunk.data.schema, expected, strict=True):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if kind != due.type:
            raise broken(
                part,
                f"made {chunk.table}.{field.name} as {kind}, not {due.type} as its schema says",
            )
    if any(pa.types.is_dictionary(made.type) for made in chunk.data.schema):
        return TableChunk(chunk.table, chunk.data.cast(expected))
    return chunk


def broken(part: Running, what: str) -> PluginError:
    """Return the error of a generator that did something wrong."""
    return PluginError(
        f"The generator {part.name!r} of {part.owner} {what}.",
        hint="Update the plugin, or report this to its authors.",
    )
