"""The errors that synthkit raises on purpose, one tree.

SynthkitError            exit code 1
  UsageError             2  what was asked for does not exist: table, setting, plugin, option
  DataError              3  the data breaks its format, its schema or its rules
  UnsupportedError       4  a component declares that it cannot do this, before any work
  ArtifactError          5  a model file is damaged, too new, or needs a missing plugin
  PluginError            6  a plugin broke its contract
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

__all__ = [
    "ArtifactError",
    "DataError",
    "PluginError",
    "SynthkitError",
    "UnsupportedError",
    "UsageError",
    "near_matches",
]


class SynthkitError(Exception):
    """Base of every error that synthkit raises on purpose.

    ``hint`` says what to do next. Neither part ever holds a value of a sensitive column.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}" if self.hint else self.message


class UsageError(SynthkitError):
    """Something was asked for that does not exist or does not fit."""

    exit_code = 2


class DataError(SynthkitError):
    """Data that breaks its format, its schema or its rules.

    The message is built from the place, so that every report names it the same way: a file or
    table, then line or row (both counted from 1; a line counts the header), then column.
    ``character`` is the place in a line of a file that people write, counted from 1.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        file: str | None = None,
        table: str | None = None,
        line: int | None = None,
        row: int | None = None,
        column: str | None = None,
        character: int | None = None,
    ) -> None:
        place = [
            file if file is not None else (f"table {table!r}" if table is not None else None),
            f"line {line}" if line is not None else None,
            f"column {character}" if character is not None else None,
            f"row {row}" if row is not None else None,
            f"column {column!r}" if column is not None else None,
        ]
        where = ", ".join(part for part in place if part)
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.file = file
        self.table = table
        self.line = line
        self.row = row
        self.column = column
        self.character = character


class UnsupportedError(SynthkitError):
    """A component cannot do this, known from what it declares, before any work is done."""

    exit_code = 4


class ArtifactError(SynthkitError):
    """A model file cannot be used."""

    exit_code = 5


class PluginError(SynthkitError):
    """A plugin broke its contract; the message names its distribution and version."""

    exit_code = 6


def near_matches(name: str, known: Iterable[str]) -> str:
    """Return a hint that names what ``name`` may have meant, or else everything there is.

    >>> near_matches("custmers", ["customers", "orders"])
    "Did you mean 'customers'?"
    """
    names = sorted(known)
    lower: dict[str, list[str]] = {}
    for each in names:
        lower.setdefault(each.lower(), []).append(each)
    close = [each for match in get_close_matches(name.lower(), lower, n=3) for each in lower[match]]
    if close:
        return "Did you mean " + " or ".join(repr(match) for match in close) + "?"
    if not names:
        return "There are none."
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return f"There are: {shown}."
