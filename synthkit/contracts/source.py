"""Contract of a source: something that tables are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa

from synthkit.dataset import Notice, Reason
from synthkit.schema import Schema

__all__ = ["Source"]


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
