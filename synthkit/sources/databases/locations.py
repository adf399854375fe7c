"""Locations of databases: URLs as SQLAlchemy has them, and files that are databases by content."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from synthkit.errors import DataError, UsageError
from synthkit.lineage.fingerprints import masked

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["Kind", "Location", "check_file", "file_kind", "is_database", "parse"]

Kind = Literal["postgresql", "mysql", "sqlite", "duckdb", "other"]

_KINDS: dict[str, Kind] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
_OTHERS = frozenset({"mssql", "oracle", "cockroachdb", "redshift", "snowflake", "db2", "firebird"})
_DRIVERS = {"postgresql": ("psycopg", "adbc_driver_postgresql"), "mysql": ("pymysql",)}
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Location:
    """A database and what the URL says of how it is read.

    ``shown`` is the location without its password, for messages and lineage.
    """

    kind: Kind
    shown: str
    url: URL | None = None
    path: Path | None = None
    schema_name: str | None = None


def is_database(location: str) -> bool:
    """Say whether a location is a database's URL, or a file that is one by its content."""
    if "://" in location:
        scheme = _scheme(location)
        return scheme in _KINDS or scheme in _OTHERS
    return file_kind(Path(location)) is not None


def file_kind(path: Path) -> Kind | None:
    """Return what database a file is by its first bytes, or None."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:
        return None
    if start == _SQLITE:
        return "sqlite"
    return "duckdb" if start[8:12] == b"DUCK" else None


def parse(location: str) -> Location:
    """Read a location.

    Raises:
        UsageError: the URL is not one, or its driver is not installed (names the extra).
        DataError: the file is not there.
    """
    if "://" not in location:
        path = Path(location)
        kind = file_kind(path)
        assert kind is not None, "only files that are claimed are opened"
        return Location(kind, location, path=path)
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        raise UsageError(
            f"{masked(location)} is not the URL of a database.",
            hint="Write it as postgresql://user:password@host:5432/database; characters such as "
            "@ or / in a password are percent-encoded.",
        ) from None
    kind = _KINDS.get(_scheme(location), "other")
    shown = masked(location)
    schema_name = _text(url.query.get("schema"))
    url = url.difference_update_query(["schema"])
    if kind in ("sqlite", "duckdb"):
        return Location(kind, shown, path=_file(url, shown), schema_name=schema_name)
    _check_driver(kind)
    return Location(kind, shown, url=url, schema_name=schema_name)


def _scheme(location: str) -> str:
    return location.partition("://")[0].partition("+")[0].lower()


def _text(value: str | tuple[str, ...] | None) -> str | None:
    return value[-1] if isinstance(value, tuple) else value


def _file(url: URL, shown: str) -> Path:
    if not url.database or url.database == ":memory:":
        raise UsageError(
            f"{shown} names no file.", hint="Write sqlite:///shop.db, or just the file: shop.db."
        )
    path = Path(url.database)
    if not path.is_file():
        raise UsageError(
            f"There is no file {str(path)!r}.",
            hint="A path from / has four slashes: sqlite:////data/shop.db.",
        )
    return path


def _check_driver(kind: Kind) -> None:
    for module in _DRIVERS.get(kind, ()):
        if find_spec(module) is None:
            title = "PostgreSQL" if kind == "postgresql" else "MySQL and MariaDB"
            raise UsageError(
                f"The driver for {title} is not installed ({module}).",
                hint=f"pip install 'synthkit[{kind}]'",
            )


def check_file(path: Path) -> None:
    """Raise `DataError` for a file that this user may not read."""
    try:
        with path.open("rb"):
            pass
    except PermissionError:
        raise DataError(
            "may not be read by this user",
            file=str(path),
            hint="Ask its owner, or run as a user who may.",
        ) from None
