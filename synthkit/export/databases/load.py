"""What loads of all databases share: blocks in, rows counted, all undone if anything fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

import pyarrow as pa

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.export.blocks import in_blocks
from synthkit.schema import ForeignKey, Schema

__all__ = ["ATTACHED", "BLOCK_ROWS", "Load", "fill", "in_the_way", "left_out_notes", "not_kept"]

BLOCK_ROWS = 50_000
ATTACHED = "synthkit_attached"
"""The table that holds what is attached to a load: name and content."""
Result = TypeVar("Result")


class Load(Protocol):
    """A load of one database that has begun; nothing of it is seen before ``commit``."""

    def begin(self) -> None:
        """Make what rows go into, or check what is there."""
        ...

    def add(self, table: str, block: pa.Table) -> None:
        """Take rows of a table, in the storages of the schema."""
        ...

    def finish(self) -> None:
        """Add constraints, and check all that the database has not checked yet."""
        ...

    def count(self, table: str) -> int:
        """Return how many rows of this load a table holds."""
        ...

    def notes(self) -> Sequence[str]:
        """Return what the user should know about what was made."""
        ...

    def attach(self, texts: Mapping[str, str]) -> None:
        """Put texts into the table of what is attached."""
        ...

    def commit(self) -> None:
        """Let everything be seen, in one step."""
        ...

    def explained(self, error: Exception) -> SynthkitError | None:
        """Return an error of the database in our words, without values; None if it is no such."""
        ...


def fill(
    load: Load,
    schema: Schema,
    chunks: Iterator[TableChunk],
    *,
    location: str,
    format: str,
    attach: Attach | None,
) -> Written:
    """Run a load to its end. Raises what the rows raise, and `SynthkitError` for the database's.

    The caller undoes the load when anything is raised.
    """
    _asked(load, load.begin)
    sent = dict.fromkeys(schema.table_names, 0)
    for table, block in in_blocks(schema, chunks, BLOCK_ROWS):
        sent[table] += block.num_rows
        _asked(load, partial(load.add, table, block.combine_chunks()))
    _asked(load, load.finish)
    for table, count in sent.items():
        held = _asked(load, partial(load.count, table))
        if held != count:
            raise SynthkitError(
                f"Table {table!r} has {held:,} rows where {count:,} were sent; nothing was kept.",
                hint="Triggers or rules of the database may have changed them.",
            )
    tables = {table: WrittenTable(location, count, 0, "") for table, count in sent.items()}
    written = Written(location, format, tables)
    if attach is not None:
        texts = attach(written)
        _asked(load, partial(load.attach, texts))
    _asked(load, load.commit)
    return replace(written, notes=tuple(load.notes()))


def in_the_way(tables: Sequence[str], shown: str) -> UsageError:
    """Return the error for tables that are there already."""
    names = ", ".join(repr(name) for name in sorted(tables))
    return UsageError(
        f"{shown} has tables of these names already: {names}.",
        hint="--overwrite replaces them; --into-existing fills them as they are.",
    )


def has_rows(tables: Sequence[str], shown: str) -> UsageError:
    """Return the error for tables that are to be filled and have rows."""
    names = ", ".join(repr(name) for name in sorted(tables))
    return UsageError(
        f"Tables of {shown} have rows already: {names}.",
        hint="--overwrite with --into-existing empties them first.",
    )


def not_kept(texts: Iterable[str]) -> str:
    """Say that a user may not make the table of what is attached."""
    return f"This user may not make the table {ATTACHED}: no {', '.join(texts)} is kept."


def left_out_notes(keys: Sequence[ForeignKey], title: str) -> list[str]:
    """Say which foreign keys a database cannot declare."""
    return [
        f"{title} cannot declare foreign keys in a circle: {key} holds but is not declared."
        for key in keys
    ]


def broken(what: str, subject: str, table: str | None) -> DataError:
    """Return the error for rows that break a constraint."""
    return DataError(
        f"{what}: {subject}. Nothing was written.",
        table=table,
        hint="`synthkit validate` lists such rows; --constraints keys or none loads them as "
        "they are.",
    )


def _asked(load: Load, ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except SynthkitError:
        raise
    except Exception as error:
        explained = load.explained(error)
        if explained is None:
            raise
        raise explained from None
