"""Texts that an exporter attached to what it wrote into a database, such as its lineage."""

from __future__ import annotations

from synthkit.contracts.source import Choice
from synthkit.errors import DataError, UsageError
from synthkit.sources.databases.catalog import ATTACHED, CatalogColumn, CatalogTable
from synthkit.sources.databases.connect import connect
from synthkit.sources.databases.failures import told
from synthkit.sources.databases.locations import parse

__all__ = ["attached_text"]

_COLUMNS = tuple(CatalogColumn(name, "TEXT", "string", name) for name in ("name", "content"))
_TABLE = CatalogTable(ATTACHED, _COLUMNS, primary_key=("name",))


def attached_text(location: str, name: str) -> str | None:
    """Return a text by its name; None if there is none, or nothing is attached.

    Raises:
        UsageError: The location is not that of a database, or its driver is missing.
        DataError: The database cannot be reached.
    """
    found = parse(location)
    with told(found.shown):
        database = connect(found, Choice())
    try:
        with told(found.shown, ATTACHED):
            for rows in database.rows(_TABLE, list(_COLUMNS), None, None):
                names, contents = (column.to_pylist() for column in rows.columns)
                for each, content in zip(names, contents, strict=True):
                    if each == name:
                        return str(content)
    except (DataError, UsageError):  # there is no such table, or this user may not read it
        return None
    finally:
        database.close()
    return None
