"""What the readers of all formats have in common: columns found, values put into storages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from synthkit.dataset import Notice, Reason
from synthkit.errors import DataError, near_matches
from synthkit.schema import Column
from synthkit.schema.infer.types import Decided

__all__ = ["Described", "FileTable", "about", "check_declared"]


@dataclass(frozen=True)
class Described:
    """The columns of a table as its files have them, why, and what was tolerated."""

    columns: tuple[Column, ...]
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Notice, ...] = ()


class FileTable(Protocol):
    """One table in one or more files of a format."""

    def describe(self, declared: Mapping[str, Column]) -> Described:
        """Return the columns in the order of the files.

        ``declared`` are columns whose storage is known; they come back as they are, unread.
        """
        ...

    def read(self, columns: Sequence[Column]) -> Iterator[pa.Table]:
        """Yield columns in their storages; `DataError` at the first value that does not fit."""
        ...


def about(table: str, decided: Iterable[Decided]) -> tuple[Reason, ...]:
    """Return the reasons of columns as reasons about ``table.column``."""
    return tuple(
        Reason(f"{table}.{each.column.name}", reason.decision, reason.because)
        for each in decided
        for reason in each.reasons
    )


def check_declared(
    table: str, label: str, declared: Sequence[str], present: Sequence[str], by: str
) -> None:
    """Raise `DataError` for a column that a schema file declares and the table does not have."""
    for name in declared:
        if name not in present:
            raise DataError(
                f"{by} declares this column of table {table!r}, the file does not have it",
                file=label,
                column=name,
                hint=near_matches(name, present),
            )
