"""Where a database is: URLs and files, and how they are shown without a password."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthkit.errors import UsageError

__all__ = ["Server", "file_of", "scheme_of", "server_of"]


@dataclass(frozen=True)
class Server:
    """A database on a server.

    ``shown`` is the URL without the password. ``options`` are those of the URL, without
    ``schema``.
    """

    shown: str
    host: str | None
    port: int | None
    user: str | None
    password: str | None
    database: str
    schema: str | None
    options: dict[str, str]


def scheme_of(location: str) -> str | None:
    """Return the scheme of a URL without its driver: postgresql of postgresql+psycopg://."""
    scheme, separator, _ = location.partition("://")
    return scheme.partition("+")[0].lower() if separator else None


def server_of(location: str) -> Server:
    """Read a URL; `UsageError`, which never shows it, where it is none or names no database."""
    from sqlalchemy import make_url

    scheme = scheme_of(location)
    try:
        url: Any = make_url(location)
    except Exception:  # what it says may show the password
        raise UsageError(
            f"The {scheme}:// location is not a URL.",
            hint=f"Write {scheme}://user:password@host:port/database; encode special characters "
            "of a password (@ is %40).",
        ) from None
    if not url.database:
        raise UsageError(
            f"The {scheme}:// location names no database.",
            hint=f"Write {scheme}://user@host/database.",
        )
    options = {
        name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()
    }
    shown = url.set(query={}).render_as_string(hide_password=True)
    return Server(
        shown,
        url.host,
        url.port,
        url.username,
        url.password,
        url.database,
        options.pop("schema", None),
        options,
    )


def file_of(location: str, endings: tuple[str, ...], scheme: str) -> Path | None:
    """Return the file that a location names, by its scheme or one of some endings, or None."""
    if scheme_of(location) == scheme:
        name = location.partition("://")[2].partition("?")[0].removeprefix("/")
        if not name or name == ":memory:":
            raise UsageError(
                f"{location!r} names no file.", hint=f"Write {scheme}:///folder/file{endings[0]}."
            )
        return Path(name)
    if "://" not in location and location.lower().endswith(endings):
        return Path(location)
    return None
