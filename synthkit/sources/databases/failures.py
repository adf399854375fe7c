"""What drivers raise, as errors that say what to do; a database's own text may quote values."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from synthkit.errors import DataError, SynthkitError

__all__ = ["told"]

_REFUSED = "the database cannot be reached", "Check host, port and that the server runs."
_LOGIN = "the database refuses user or password", "Check both; special characters in a URL are %XX."
_NO_DATABASE = "there is no such database on the server", "Check the name at the end of the URL."
_DENIED = "this user may not read it", "Grant SELECT on it, or leave it out: --exclude."
_DROPPED = (
    "the connection was lost while rows were read; nothing is kept of them",
    "Run the command again: rows of one snapshot cannot be continued in another.",
)
_LOCKED = "it is locked by someone else", "Wait until they are done, or raise --timeout."
_CANCELLED = "the database stopped the query: a time limit, or an administrator", "Run it again."
_CHANGED = (
    "its definition changed while it was read, or it is gone",
    "Run the command again when nobody alters the database.",
)
_NO_DISK = "the database ran out of disk or memory", "Ask who runs it; --max-rows N needs less."
_NOT_A_DATABASE = "it is not a whole database file", "Copy it again, while nobody writes to it."

_STATES: dict[str, tuple[str, str]] = {
    "28": _LOGIN,
    "3D": _NO_DATABASE,
    "42501": _DENIED,
    "08": _DROPPED,
    "57P": _DROPPED,
    "55P03": _LOCKED,
    "57014": _CANCELLED,
    "42P01": _CHANGED,
    "42703": _CHANGED,
    "40": _CHANGED,
    "53": _NO_DISK,
    "25P": _DROPPED,
    "3F": _CHANGED,
    "XX": _NO_DISK,
}
"""PostgreSQL's SQLSTATE codes by their beginning (its manual, appendix A)."""

_NUMBERS = {
    **dict.fromkeys((1044, 1045, 1698), _LOGIN),
    **dict.fromkeys((2002, 2003, 2005), _REFUSED),
    **dict.fromkeys((2006, 2013, 1053, 1927, 1317, 0), _DROPPED),
    **dict.fromkeys((1142, 1143, 1227, 1370), _DENIED),
    **dict.fromkeys((1146, 1054, 1412, 1356), _CHANGED),
    **dict.fromkeys((1205, 1213), _LOCKED),
    **dict.fromkeys((1969, 3024), _CANCELLED),
    **dict.fromkeys((1021, 1037, 1041, 3), _NO_DISK),
    1049: _NO_DATABASE,
}
"""Error numbers of MySQL and MariaDB."""

_SQLITE = {
    **dict.fromkeys(("SQLITE_BUSY", "SQLITE_LOCKED"), _LOCKED),
    **dict.fromkeys(("SQLITE_NOTADB", "SQLITE_CORRUPT"), _NOT_A_DATABASE),
    **dict.fromkeys(("SQLITE_PERM", "SQLITE_CANTOPEN", "SQLITE_AUTH"), _DENIED),
    **dict.fromkeys(("SQLITE_ERROR", "SQLITE_SCHEMA"), _CHANGED),
    **dict.fromkeys(("SQLITE_FULL", "SQLITE_NOMEM"), _NO_DISK),
}
_DUCKDB = (
    ("Could not set lock", _LOCKED),
    ("Conflicting lock", _LOCKED),
    ("CatalogException", _CHANGED),
    ("BinderException", _CHANGED),
    ("OutOfMemoryException", _NO_DISK),
    ("not a valid DuckDB database", _NOT_A_DATABASE),
    ("IOException", _NOT_A_DATABASE),
)
_PACKAGES = ("psycopg", "adbc_driver_manager", "pymysql", "sqlite3", "duckdb", "sqlalchemy")


@contextmanager
def told(location: str, table: str | None = None) -> Iterator[None]:
    """Turn what a driver raises into a `DataError`; the database's own text is left out.

    ``location`` is shown, so it must not hold a password.
    """
    try:
        yield
    except SynthkitError:
        raise
    except Exception as error:
        found = _cause(error)
        if found is None:
            raise
        message, hint = found
        place = None if table else location
        raise DataError(message, hint=hint, table=table, file=place) from None


def _cause(error: BaseException) -> tuple[str, str] | None:
    """Return message and hint for a driver's error; None for an error of another kind."""
    from sqlalchemy.exc import DBAPIError

    own: Any = getattr(error, "orig", None) or error
    package = type(own).__module__.partition(".")[0]
    if package in ("_duckdb", "duckdb"):
        text = f"{type(own).__name__}: {own}"
        return next((told for mark, told in _DUCKDB if mark in text), _unknown(own))
    if isinstance(own, OSError) and "[libpq]" in str(own):  # from Arrow, while rows stream
        return _of_connection(str(own)) or _unknown(own)
    if package not in _PACKAGES and not isinstance(error, DBAPIError):  # of any driver
        return None
    if isinstance(own, sqlite3.Error):
        name = getattr(own, "sqlite_errorname", "") or ""
        return next(
            (told for start, told in _SQLITE.items() if name.startswith(start)), _unknown(own)
        )
    if package == "pymysql":
        number = own.args[0] if own.args and isinstance(own.args[0], int) else -1
        return _NUMBERS.get(number, _unknown(own, number))
    state = getattr(own, "sqlstate", None)
    if state:
        return _of_state(state, own)
    return _of_connection(str(own)) or _unknown(own)


def _of_state(state: str, error: BaseException) -> tuple[str, str]:
    for length in (5, 3, 2):
        if state[:length] in _STATES:
            return _STATES[state[:length]]
    return _unknown(error, state)


def _of_connection(text: str) -> tuple[str, str] | None:
    """Read what libpq says where there is no SQLSTATE: before a login is done, or after a loss."""
    marks = (
        (r"password authentication|no password supplied|role .* does not exist", _LOGIN),
        (r"database .* does not exist", _NO_DATABASE),
        (
            r"server closed the connection|terminating connection|connection .*lost|SSL SYSCALL"
            r"|no connection to the server|connection not open|reset by peer|is closed",
            _DROPPED,
        ),
        (r"lock timeout", _LOCKED),
        (r"canceling statement", _CANCELLED),
        (
            r"refused|could not translate|resolve|timeout|timed out|unreachable|No such file",
            _REFUSED,
        ),
    )
    return next((told for mark, told in marks if re.search(mark, text, re.IGNORECASE)), None)


def _unknown(error: BaseException, code: object = None) -> tuple[str, str]:
    kind = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
    return (
        f"the database reports an error ({kind})",
        "Its own log says more; its text is not shown as it may quote values.",
    )
