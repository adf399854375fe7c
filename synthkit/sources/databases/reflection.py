"""Keys and constraints of tables, by SQLAlchemy's reflection of one schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from synthkit.contracts.source import Choice
from synthkit.dataset import Reason
from synthkit.errors import UsageError, near_matches
from synthkit.schema import ForeignKey
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable, chosen

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.reflection import Inspector

__all__ = ["Reflection"]

_PARTIAL = "it holds for some of the rows, and samples may break it"


class Reflection:
    """The tables of one schema of a database, and what holds between them."""

    def __init__(self, connection: Connection, schema_name: str | None) -> None:
        from sqlalchemy import inspect

        self._inspector: Inspector = inspect(connection)
        own = self._inspector.default_schema_name
        self.schema_name = schema_name or own
        known = self._inspector.get_schema_names()
        if schema_name is not None and schema_name not in known:
            raise UsageError(
                f"There is no schema {schema_name!r}.", hint=near_matches(schema_name, known)
            )

    def names(self, choice: Choice, without: Sequence[str] = ()) -> tuple[list[str], set[str]]:
        """Return the chosen tables and views, and which of them are views."""
        tables = self._inspector.get_table_names(self.schema_name)
        views = self._inspector.get_view_names(self.schema_name)
        if self._inspector.dialect.name == "postgresql":
            views += self._inspector.get_materialized_view_names(self.schema_name)
        kept = sorted(name for name in tables if name not in without)
        return chosen(choice, kept, sorted(views)), set(views)

    def tables(
        self,
        names: Sequence[str],
        views: set[str],
        columns: Mapping[str, Sequence[CatalogColumn]],
        checks: Mapping[str, Sequence[str]] | None = None,
    ) -> list[CatalogTable]:
        """Return tables with their keys; checks are reflected if they are not given."""
        if not names:
            return []
        only: dict[str, Any] = {"schema": self.schema_name, "filter_names": list(names)}
        primary = _by_table(self._inspector.get_multi_pk_constraint, only)
        foreign = _by_table(self._inspector.get_multi_foreign_keys, only)
        unique = _by_table(self._inspector.get_multi_unique_constraints, only)
        indexes = _by_table(self._inspector.get_multi_indexes, only)
        comments = _by_table(self._inspector.get_multi_table_comment, only)
        if checks is None:
            found = _by_table(self._inspector.get_multi_check_constraints, only)
            checks = {name: [each["sqltext"] for each in found[name]] for name in found}
        tables = []
        for name in names:
            notes = [
                Reason(name, f"unique index left to the database: {index['name']}", _PARTIAL)
                for index in indexes.get(name) or ()
                if index["unique"] and _is_partial(index)
            ]
            table = CatalogTable(
                name,
                tuple(columns[name]),
                primary_key=tuple((primary.get(name) or {}).get("constrained_columns") or ()),
                unique=_unique(unique.get(name) or (), indexes.get(name) or ()),
                checks=tuple(checks.get(name, ())),
                comment=(comments.get(name) or {}).get("text") or None,
                is_view=name in views,
                notes=tuple(notes),
            )
            tables.append(self._linked(table, foreign.get(name) or ()))
        return tables

    def _linked(self, table: CatalogTable, found: Sequence[Mapping[str, Any]]) -> CatalogTable:
        keys, notes = [], list(table.notes)
        for each in sorted(found, key=lambda each: each["constrained_columns"]):
            elsewhere = each.get("referred_schema")
            if elsewhere not in (None, self.schema_name):
                parent = f"{elsewhere}.{each['referred_table']}"
                because = "it is in another schema, which is not read"
                notes.append(Reason(table.name, f"no foreign key to {parent}", because))
                continue
            options = each.get("options") or {}
            keys.append(
                ForeignKey(
                    table=table.name,
                    columns=tuple(each["constrained_columns"]),
                    parent=each["referred_table"],
                    parent_columns=tuple(each["referred_columns"]),
                    on_delete=_action(options.get("ondelete")),
                    on_update=_action(options.get("onupdate")),
                )
            )
        return replace(table, foreign_keys=tuple(keys), notes=tuple(notes))


def _by_table(find: Callable[..., Mapping[Any, Any]], only: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is found by table: nothing, of what a dialect cannot tell."""
    try:
        return {name: value for (_, name), value in find(**only).items()}
    except NotImplementedError:
        return {}


def _action(text: str | None) -> str | None:
    return None if not text or text.upper() == "NO ACTION" else text.lower()


def _is_partial(index: Mapping[str, Any]) -> bool:
    return any(name.endswith("_where") for name in index.get("dialect_options", ()))


def _unique(
    constraints: Sequence[Mapping[str, Any]], indexes: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, ...], ...]:
    """Return what is unique by a constraint or by an index of whole columns over all rows."""
    found = [tuple(each["column_names"]) for each in constraints]
    for index in indexes:
        shortened = any(name.endswith("_length") for name in index.get("dialect_options", ()))
        columns = index["column_names"]
        if index["unique"] and not _is_partial(index) and not shortened and None not in columns:
            found.append(tuple(str(name) for name in columns))
    return tuple(dict.fromkeys(found))
