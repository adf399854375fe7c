"""What a database says of its tables before a row is read, and which of them are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthkit.contracts.source import Choice
from synthkit.dataset import Reason
from synthkit.schema import ForeignKey
from synthkit.sources import choosing

__all__ = ["ATTACHED", "CatalogColumn", "CatalogTable", "chosen"]

ATTACHED = "synthkit_attached"
"""The table that exporters put beside what they write; it is no data."""

Names = tuple[str, ...]


@dataclass(frozen=True)
class CatalogColumn:
    """A column as its database declares it.

    ``read`` is the SQL that selects it, in a form that ``storage`` can be made of; ``form`` is
    ``json`` for text that is JSON. ``labels`` are the values of an enumeration. ``decided`` is the
    form of text that stands for dates, numbers or yes and no, where values told it.
    """

    name: str
    sql_type: str
    storage: str
    read: str
    nullable: bool = True
    form: str | None = None
    labels: Names = ()
    comment: str | None = None
    decided: str | None = None


@dataclass(frozen=True)
class CatalogTable:
    """A table or view as its database declares it; ``checks`` are conditions in its SQL.

    ``notes`` say what was decided of it and why.
    """

    name: str
    columns: tuple[CatalogColumn, ...]
    primary_key: Names = ()
    unique: tuple[Names, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: Names = ()
    comment: str | None = None
    is_view: bool = False
    notes: tuple[Reason, ...] = ()

    def column(self, name: str) -> CatalogColumn:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)


def chosen(choice: Choice, tables: Sequence[str], views: Sequence[str] = ()) -> list[str]:
    """Return the names that a choice takes, as `choosing.chosen`, of what is data."""
    return choosing.chosen(choice, [name for name in tables if name != ATTACHED], views)
