"""Which tables of a location are chosen by --tables and --exclude."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from synthkit.contracts.source import Choice
from synthkit.errors import UsageError, near_matches

__all__ = ["chosen"]


def chosen(choice: Choice, tables: Sequence[str], views: Sequence[str] = ()) -> list[str]:
    """Return the names that a choice takes: all tables, or tables and views that it names.

    Raises:
        UsageError: a pattern of the choice fits nothing, or nothing is left.
    """
    known = [*tables, *views]
    for pattern in (*choice.tables, *choice.exclude):
        if not any(fnmatchcase(name, pattern) for name in known):
            raise UsageError(f"There is no table {pattern!r}.", hint=near_matches(pattern, known))
    every = [name for name in known if _fits(name, choice.tables)] if choice.tables else tables
    left = [name for name in every if not _fits(name, choice.exclude)]
    if not left and known:
        hint = near_matches("", known) if choice.tables or choice.exclude else None
        raise UsageError(
            "No table is left to read.", hint=hint or f"There are only views: {', '.join(views)}."
        )
    return left


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
