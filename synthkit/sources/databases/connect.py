"""Opens each kind of database; drivers are imported here, when they are needed."""

from __future__ import annotations

from synthkit.contracts.source import Choice
from synthkit.sources.databases.database import Database
from synthkit.sources.databases.locations import Location, check_file

__all__ = ["TIMEOUT", "connect"]

TIMEOUT = 30.0
"""Seconds that a connection, a lock or an answer is waited for, if nothing else is said."""


def connect(location: Location, choice: Choice) -> Database:
    """Connect to a database and begin its snapshot; what drivers raise is not changed here."""
    schema_name = choice.schema_name or location.schema_name
    timeout = TIMEOUT if choice.timeout is None else choice.timeout
    if location.path is not None:
        check_file(location.path)
        if location.kind == "duckdb":
            from synthkit.sources.databases.duckdb_file import DuckdbFile

            return DuckdbFile(location.path, schema_name)
        from synthkit.sources.databases.sqlite_file import SqliteFile

        return SqliteFile(location.path, schema_name, timeout)
    assert location.url is not None, "what is no file has a URL"
    if location.kind == "postgresql":
        from synthkit.sources.databases.postgresql import Postgresql

        return Postgresql(location.url, schema_name, timeout)
    if location.kind == "mysql":
        from synthkit.sources.databases.mysql import Mysql

        return Mysql(location.url, schema_name, timeout)
    from synthkit.sources.databases.others import Other

    return Other(location.url, schema_name)
