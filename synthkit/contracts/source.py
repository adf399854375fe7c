"""Contract of a source: something that tables are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from synthkit.dataset import Notice, Reason
from synthkit.schema import Rule, Schema

__all__ = [
    "Choice",
    "ChoosingSource",
    "MixedSource",
    "OpenSource",
    "RulesSource",
    "SamplingSource",
    "Source",
]


class Source(Protocol):
    """Reads tables from a location. Read-only, lossless types, stable order.

    A source component is created without a location and asked with ``claims`` for each one;
    ``open`` binds it to the location that it claimed.
    """

    def claims(self, location: str) -> bool:
        """Say whether a folder, file or URL is this source's business, at little cost."""
        ...

    def open(self, location: str) -> OpenSource:
        """Bind to a location; `DataError` or `UsageError` if nothing can be read there."""
        ...


class OpenSource(Protocol):
    """A source bound to a location."""

    def read_schema(self) -> tuple[Schema, bool]:
        """Return the schema, and whether it is declared (keys and rules known) or only types.

        Where it is not declared, keys, foreign keys and rules are inferred from the rows.
        """
        ...

    def reasons(self) -> Sequence[Reason]:
        """Return why the types are what they are."""
        ...

    def notices(self) -> Sequence[Notice]:
        """Return what was tolerated."""
        ...

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in a stable order, in the types of the schema."""
        ...


@dataclass(frozen=True)
class Choice:
    """What of a location is read: every table, unless it says otherwise.

    ``tables`` and ``exclude`` are names of tables, in which ``*`` and ``?`` stand for any
    characters. Views are read where ``tables`` names them. ``schema_name`` is the schema of a
    database that has several. ``timeout`` is how many seconds a connection or a lock is waited for.
    """

    tables: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    schema_name: str | None = None
    timeout: float | None = None


class ChoosingSource(Source, Protocol):
    """A source whose ``open`` also takes ``choice``, which is how it is known.

    For others, synthkit leaves out tables itself, and refuses the rest of the choice.
    """

    def open(self, location: str, choice: Choice | None = None) -> OpenSource:
        """Bind to the chosen tables of a location; see `Source`."""
        ...


class SamplingSource(OpenSource, Protocol):
    """An open source that finds rows by their keys, so that not all of them have to be read.

    It is known by having ``find_rows``.
    """

    def outline(self) -> Schema:
        """Return the schema as it is declared, without a look at the rows."""
        ...

    def row_counts(self) -> Mapping[str, int]:
        """Return the number of rows of each table."""
        ...

    def find_rows(self, table: str, columns: Sequence[str], keys: pa.Table) -> Iterator[pa.Table]:
        """Yield the rows of a table whose ``columns`` hold one of the ``keys``, all columns.

        ``keys`` has distinct rows without nulls, of the same columns in the types of the outline.
        """
        ...

    def holding(self, tables: Mapping[str, pa.Table]) -> OpenSource:
        """Return an open source as this one, as if the given rows were all that it has."""
        ...


class RulesSource(OpenSource, Protocol):
    """An open source that knows some of the rules, where others may be found in the rows.

    It is known by having ``rules``. The schema that it reads has none.
    """

    def rules(self) -> Sequence[Rule]:
        """Return the rules that are declared, as check constraints are."""
        ...


class MixedSource(OpenSource, Protocol):
    """An open source of text, in which something may stand that is no value of its column.

    It is known by having ``keeping_text``, which validation asks for.
    """

    def keeping_text(self) -> OpenSource:
        """Read without an error for such text from now on, and return the source itself.

        Where there is some, it yields a mixed column: an Arrow struct of ``value``, in the storage
        of the column, and ``text``; at most one of them is there.
        """
        ...
