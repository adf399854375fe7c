"""What each kind of database gives: its catalog, and rows of a query as Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from synthkit.contracts.source import Choice
from synthkit.dataset import Notice
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable

__all__ = ["KEYS_AT_ONCE", "Database", "Keys", "quoted", "select"]

KEYS_AT_ONCE = 5_000
"""Keys that one query asks for: few queries, and none near the limits of a statement."""


@dataclass(frozen=True)
class Keys:
    """Values that some columns of a table shall have: up to `KEYS_AT_ONCE` rows, no nulls."""

    columns: tuple[CatalogColumn, ...]
    values: pa.Table


class Database(Protocol):
    """An open database: one snapshot, read only."""

    def tables(self, choice: Choice) -> list[CatalogTable]:
        """Return the chosen tables as the database declares them."""
        ...

    def count(self, table: CatalogTable) -> int:
        """Return the number of rows."""
        ...

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        """Yield columns as they are selected, in the order of the primary key.

        Their types are the driver's; `values.stored` makes storages of them.
        """
        ...

    def notices(self) -> list[Notice]:
        """Return what of the rows that were read is tolerated."""
        ...

    def close(self) -> None:
        """End the snapshot and the connection."""
        ...


def quoted(name: str, mark: str = '"') -> str:
    """Return a name as it stands in SQL, whatever characters it has."""
    return mark + name.replace(mark, mark * 2) + mark


def select(
    columns: Sequence[CatalogColumn],
    place: str,
    *,
    order: Sequence[str] = (),
    where: str = "",
    limit: int | None = None,
    mark: str = '"',
) -> str:
    """Return a query; ``place`` and ``order`` are SQL already."""
    items = [f"{column.read} AS {quoted(column.name, mark)}" for column in columns]
    parts = [f"SELECT {', '.join(items) or '1'} FROM {place}"]
    parts += [f"WHERE {where}"] if where else []
    parts += [f"ORDER BY {', '.join(order)}"] if order else []
    parts += [f"LIMIT {limit}"] if limit is not None else []
    return " ".join(parts)
