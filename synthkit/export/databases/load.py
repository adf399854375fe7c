"""What loads of all databases share: blocks in, rows counted, all undone if anything fails."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar

import pyarrow as pa

from synthkit.contracts.exporter import Attach, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.export.blocks import in_blocks
from synthkit.export.databases.existing import Existing, ExistingColumn
from synthkit.export.settings import DatabaseSettings
from synthkit.schema import Schema

__all__ = ["ATTACHED", "Load", "Settings", "broken", "fill", "in_the_way", "not_kept"]

_BLOCK_ROWS = 50_000
ATTACHED = "synthkit_attached"
"""The table that holds what is attached to a load: name and content."""
Settings = TypeVar("Settings", bound=DatabaseSettings)
Result = TypeVar("Result")


class Load(ABC, Generic[Settings]):
    """A load of one database that has begun; nothing of it is seen before `commit`.

    ``shown`` is the database as messages name it.
    """

    def __init__(
        self, connection: Any, schema: Schema, settings: Settings, shown: str, overwrite: bool
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._settings = settings
        self._shown = shown
        self._overwrite = overwrite
        self._notes: list[str] = []

    @abstractmethod
    def begin(self) -> None:
        """Make what rows go into, or check what is there."""

    @abstractmethod
    def add(self, table: str, block: pa.Table) -> None:
        """Take rows of a table, in the storages of the schema."""

    @abstractmethod
    def finish(self) -> None:
        """Add constraints, and check all that the database has not checked yet."""

    def count(self, table: str) -> int:
        """Return how many rows of this load a table holds."""
        return int(self._run(f"SELECT count(*) FROM {self._at(table)}")[0][0])

    def notes(self) -> Sequence[str]:
        """Return what the user should know about what was made."""
        return self._notes

    @abstractmethod
    def attach(self, texts: Mapping[str, str]) -> None:
        """Put texts into the table of what is attached."""

    @abstractmethod
    def commit(self) -> None:
        """Let everything be seen, in one step."""

    @abstractmethod
    def explained(self, error: Exception) -> SynthkitError | None:
        """Return an error of the database in our words, without values; None if it is no such."""

    @abstractmethod
    def _at(self, table: str) -> str:
        """Return a table's name as it stands in statements."""

    @abstractmethod
    def _run(self, statement: str, values: Any = None) -> list[Any]:
        """Run a statement and return its rows."""

    def _match(
        self, there: Mapping[str, Sequence[ExistingColumn]], *, folds_case: bool
    ) -> list[str]:
        """Compare the schema with the tables that are there; return those that have rows.

        Columns that the database makes are left out from here on. Raises `UsageError` where
        tables have rows that are not to be replaced, and as `Existing.match` does.
        """
        self._schema = Existing(there, folds_case=folds_case).match(self._schema, self._shown)
        names = self._schema.table_names
        full = [each for each in names if self._run(f"SELECT 1 FROM {self._at(each)} LIMIT 1")]
        if full and not self._overwrite:
            listed = ", ".join(repr(name) for name in sorted(full))
            raise UsageError(
                f"Tables of {self._shown} have rows already: {listed}.",
                hint="--overwrite with --into-existing empties them first.",
            )
        return full


def fill(
    load: Load[Any],
    schema: Schema,
    chunks: Iterator[TableChunk],
    location: str,
    format: str,
    attach: Attach | None,
) -> Written:
    """Run a load to its end. Raises what the rows raise, and `SynthkitError` for the database's.

    The caller undoes the load when anything is raised.
    """
    _asked(load, load.begin)
    sent = dict.fromkeys(schema.table_names, 0)
    for table, block in in_blocks(schema, chunks, _BLOCK_ROWS):
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


def not_kept(texts: Iterable[str]) -> str:
    """Say that a user may not make the table of what is attached."""
    return f"This user may not make the table {ATTACHED}: no {', '.join(texts)} is kept."


def broken(what: str, subject: str, table: str | None) -> DataError:
    """Return the error for rows that break a constraint."""
    return DataError(
        f"{what}: {subject}. Nothing was written.",
        table=table,
        hint="`synthkit validate` lists rows that break keys and rules, `synthkit inspect URL "
        "--reasons` what a database keeps beyond these; `synthkit export --constraints none` puts "
        "rows into new tables as they are.",
    )


def _asked(load: Load[Any], ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except SynthkitError:
        raise
    except Exception as error:
        explained = load.explained(error)
        if explained is None:
            raise
        raise explained from None
