"""What the readers of all formats have in common: columns found, values put into storages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from synthkit.dataset import Notice, Reason
from synthkit.schema import Column
from synthkit.schema.infer.types import Decided

__all__ = ["Declared", "Described", "FileTable", "about"]


@dataclass(frozen=True)
class Declared:
    """What a schema file says of a table's columns before anything is read.

    ``settled`` are columns whose storage is declared, ``forms`` the forms of dates that are
    declared for columns without one.
    """

    settled: Mapping[str, Column] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Described:
    """The columns of a table as its files have them, why, and what was tolerated."""

    columns: tuple[Column, ...]
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Notice, ...] = ()


class FileTable(Protocol):
    """One table in one or more files of a format."""

    def describe(self, declared: Declared) -> Described:
        """Return the columns in the order of the files; settled ones as they are, unread."""
        ...

    def read(self, columns: Sequence[Column], *, keep_text: bool = False) -> Iterator[pa.Table]:
        """Yield columns in their storages; `DataError` at the first value that does not fit.

        With ``keep_text``, such a value stays what it is, in a mixed column (`schema.mixed`).
        """
        ...


def about(table: str, decided: Iterable[Decided]) -> tuple[Reason, ...]:
    """Return the reasons of columns as reasons about ``table.column``."""
    return tuple(
        Reason(f"{table}.{each.column.name}", reason.decision, reason.because)
        for each in decided
        for reason in each.reasons
    )
