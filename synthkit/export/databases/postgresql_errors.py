"""What PostgreSQL's errors mean, by their SQLSTATE; its own words may hold values of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.export.databases.load import broken

__all__ = ["explained"]

_BROKEN = {
    "23505": "Two rows have the same key",
    "23503": "Rows point at rows that there are not",
    "23514": "A row breaks a rule",
    "23502": "A value is missing",
}


def explained(
    error: Exception, shown: str, subject: str | None, columns: Sequence[str] = ()
) -> SynthkitError | None:
    """Return an error of the driver in our words; None for an error of another kind.

    ``subject`` is the constraint, or the tables, that the statement was about, ``columns`` are
    those that it filled.
    """
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate or ""
    told: Any = error.diag
    if state in _BROKEN:
        return _breaks(_BROKEN[state], told, subject)
    if state == "55P03":
        return SynthkitError(
            f"Another session holds a lock on tables of {shown}; nothing was written.",
            hint="Wait until it is done, or raise the setting lock_seconds.",
        )
    if state == "2BP01":
        return UsageError(
            "Views or foreign keys of other tables need the tables that would be replaced; nothing "
            "was written.",
            hint="Use --into-existing with --overwrite, or another --schema-name.",
        )
    if state == "42501":
        return UsageError(
            f"This user may not do that in {shown}: {told.message_primary}. Nothing was written.",
            hint="Ask for the right to create tables there (or to insert, with --into-existing).",
        )
    if state == "53100":
        return SynthkitError(
            f"The server of {shown} has no space left on its disk; nothing was written.",
            hint="Free some space on the server, or write fewer rows.",
        )
    if state.startswith("22"):
        return DataError(
            "A value does not fit the column's type. Nothing was written.",
            table=subject or told.table_name,
            column=told.column_name or _copied(told.context, columns),
            hint="Compare the column's type with the storage in schema.yaml, or leave the column "
            "out of the data.",
        )
    if state[:2] in ("28", "3D"):
        return UsageError(f"{shown}: {told.message_primary}.", hint="Check user and database.")
    if isinstance(error, psycopg.OperationalError) and (not state or state[:2] in ("08", "57")):
        return _unreachable(error, shown)
    return SynthkitError(
        f"PostgreSQL could not write to {shown} (SQLSTATE {state}); nothing was written.",
        hint="The server's log says more.",
    )


def _breaks(what: str, told: Any, subject: str | None) -> DataError:
    """Return the error for a constraint, by its name where the tables alone are known."""
    named = ", ".join(n for n in (told.column_name, told.constraint_name) if n)
    if subject is None or subject == told.table_name:
        subject = named or subject or "a constraint"
    return broken(what, subject, told.table_name)


def _copied(context: str | None, columns: Sequence[str]) -> str | None:
    """Return the column that COPY was at; what else the context says are values."""
    _, _, place = (context or "").partition(", column ")
    found = [name for name in columns if place.startswith(f"{name}:")]
    return max(found, key=len, default=None)


def _unreachable(error: Exception, shown: str) -> SynthkitError:
    text = str(error)
    if "password authentication failed" in text or "no password supplied" in text:
        return UsageError(
            f"{shown} does not let this user in.", hint="Check user and password of the URL."
        )
    if "does not exist" in text:
        return UsageError(
            f"{shown}: there is no such user or database.", hint="Create it, or check the URL."
        )
    if "connection to server" in text or "failed to resolve" in text or "timeout expired" in text:
        return SynthkitError(
            f"{shown} does not answer.", hint="Check host and port, and that the server runs."
        )
    return SynthkitError(
        f"The connection to {shown} was lost; nothing was written.",
        hint="Run the command again when the server is there.",
    )
