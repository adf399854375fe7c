"""What SQLite's PRAGMAs say of a table: keys, foreign keys with their actions, and its checks."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from synthkit.dataset import Reason
from synthkit.schema import ForeignKey
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import quoted

__all__ = ["read_table", "unique_rowid"]

_HIDDEN = 1


def read_table(
    connection: sqlite3.Connection, name: str, tables: Sequence[str], *, is_view: bool
) -> CatalogTable:
    """Return a table with the types that its columns declare; storages are not settled yet."""
    rows = [row for row in _pragma(connection, "table_xinfo", name) if row[6] != _HIDDEN]
    key = [row[1] for row in sorted((row for row in rows if row[5]), key=lambda row: row[5])]
    columns = tuple(
        CatalogColumn(
            row[1],
            row[2],
            "string",
            quoted(row[1]),
            nullable=not row[3] and not (row[5] and _is_rowid_alias(row, key)),
        )
        for row in rows
    )
    names = {column.name.lower(): column.name for column in columns}
    keys, notes = _foreign_keys(connection, name, names, tables)
    return CatalogTable(
        name,
        columns,
        primary_key=tuple(key),
        unique=_unique(connection, name, names),
        foreign_keys=keys,
        checks=() if is_view else _checks(connection, name),
        is_view=is_view,
        notes=notes,
    )


def unique_rowid(connection: sqlite3.Connection, table: CatalogTable) -> bool:
    """Say whether rows have a rowid to be ordered by: tables have, but for WITHOUT ROWID."""
    try:
        query = f"SELECT rowid FROM {quoted(table.name)} LIMIT 0"
        connection.execute(query)
    except sqlite3.OperationalError:
        return False
    return not table.is_view


def _pragma(connection: sqlite3.Connection, pragma: str, name: str) -> list[Any]:
    return connection.execute(f"PRAGMA {pragma}({quoted(name)})").fetchall()


def _is_rowid_alias(row: Sequence[Any], key: Sequence[str]) -> bool:
    """Say whether a key column is SQLite's row number, which is never null."""
    return len(key) == 1 and str(row[2]).upper() == "INTEGER"


def _unique(
    connection: sqlite3.Connection, table: str, names: dict[str, str]
) -> tuple[tuple[str, ...], ...]:
    found = []
    for _, index, unique, origin, partial in _pragma(connection, "index_list", table):
        if not unique or origin == "pk" or partial:
            continue
        columns = [row[2] for row in _pragma(connection, "index_info", index)]
        if all(column is not None for column in columns):  # else of an expression
            found.append(tuple(names[column.lower()] for column in columns))
    return tuple(sorted(set(found)))


def _foreign_keys(
    connection: sqlite3.Connection, table: str, names: dict[str, str], tables: Sequence[str]
) -> tuple[tuple[ForeignKey, ...], tuple[Reason, ...]]:
    by_name = {each.lower(): each for each in tables}
    parts: dict[int, list[Any]] = {}
    for row in _pragma(connection, "foreign_key_list", table):
        parts.setdefault(row[0], []).append(row)
    found, notes = [], []
    for _, rows in sorted(parts.items(), reverse=True):  # SQLite counts from the last
        rows.sort(key=lambda row: row[1])
        parent = by_name.get(rows[0][2].lower())
        if parent is None:
            because = "SQLite allows it; there is no such table"
            notes.append(Reason(table, f"no foreign key to {rows[0][2]}", because))
            continue
        own = _pragma(connection, "table_xinfo", parent)
        known = {row[1].lower(): row[1] for row in own}
        key = [row[1] for row in sorted((row for row in own if row[5]), key=lambda row: row[5])]
        targets = [row[4] for row in rows]
        columns = key if targets[0] is None else [known.get(each.lower(), each) for each in targets]
        if len(columns) != len(rows) or not set(columns) <= set(known.values()):
            because = "it names columns that are not there"
            notes.append(Reason(table, f"no foreign key to {parent}", because))
            continue
        found.append(
            ForeignKey(
                table=table,
                columns=tuple(names[row[3].lower()] for row in rows),
                parent=parent,
                parent_columns=tuple(columns),
                on_update=_action(rows[0][5]),
                on_delete=_action(rows[0][6]),
            )
        )
    return tuple(found), tuple(notes)


def _action(text: str) -> str | None:
    return None if text.upper() == "NO ACTION" else text.lower()


def _checks(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the conditions of the statement that made a table."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    row = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    if row is None or row[0] is None or "CHECK" not in row[0].upper():
        return ()
    try:
        parsed = sqlglot.parse_one(row[0], read="sqlite")
    except SqlglotError:
        return (row[0],)  # told as one that is not understood
    return tuple(
        each.this.sql(dialect="sqlite") for each in parsed.find_all(exp.CheckColumnConstraint)
    )
