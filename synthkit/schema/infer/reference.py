"""Tables of fixed meaning: genres, countries, status codes. They keep their size in a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthkit.schema.infer.names import same_word, words
from synthkit.schema.infer.people import is_personal
from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.roles import PEOPLE
from synthkit.schema.model import Column, Schema, Table

__all__ = ["labelled", "reference_tables"]

_MOST_ROWS = 300
"""Rows of a reference table: there are 249 countries (ISO 3166) and some 180 currencies."""
_MOST_SHARE = 0.2
"""Rows of a reference table as a share of the rows that point at it."""
_MOST_LABELS = 2
_MOST_NUMBERS = 1
_OPEN_NAMES = (*PEOPLE, *"city town village municipality stadt ville ciudad".split())
"""Names of tables that others of their kind would be added to, however few rows they have."""
_AUDIT_NAMES = frozenset("update updated modified changed created inserted loaded".split())


@dataclass(frozen=True)
class _Parts:
    """The columns of a table that are no key, by what they can be in a reference table."""

    labels: tuple[Column, ...]
    numbers: tuple[Column, ...]
    dates: tuple[Column, ...]


def reference_tables(
    schema: Schema, profiles: Mapping[str, Mapping[str, Profile]]
) -> dict[str, Reason]:
    """Return the tables of fixed meaning, in the schema's order, each with a reason.

    They are few rows of a key and a label, each label once, that many rows point at.
    """
    found: dict[str, Reason] = {}
    growing = True
    while growing:
        growing = False
        for table in schema.tables:
            because = None if table.name in found else _because(schema, table, profiles, set(found))
            if because:
                found[table.name] = Reason(table.name, "reference table", because)
                growing = True
    return {name: found[name] for name in schema.table_names if name in found}


def labelled(table: Table) -> tuple[Table, list[Reason]]:
    """Return a reference table whose labels are categories, and why.

    A label that stands alone looks like text about one person; here it names a row for all.
    """
    columns, reasons = [], []
    for column in table.columns:
        if column.pii and column.storage == "string" and column.name not in _keys(table):
            because = "a label of a reference table, which is not about a person"
            reasons.append(Reason(f"{table.name}.{column.name}", "categorical", because))
            columns.append(column.model_copy(update={"sdtype": "categorical", "pii": False}))
        else:
            columns.append(column)
    return table.model_copy(update={"columns": tuple(columns)}), reasons


def _because(
    schema: Schema,
    table: Table,
    profiles: Mapping[str, Mapping[str, Profile]],
    known: set[str],
) -> str | None:
    own = profiles[table.name]
    children = [key for key in schema.children_of(table.name) if not key.is_self_reference]
    parents = [key for key in schema.foreign_keys_of(table.name) if not key.is_self_reference]
    if not children or not table.primary_key or any(key.parent not in known for key in parents):
        return None
    rows = _row_count(own)
    pointing = max(_row_count(profiles[key.table]) for key in children)
    if not 1 < rows <= _MOST_ROWS or rows > _MOST_SHARE * pointing:
        return None
    if _is_open(table) or any(is_personal(column) for column in table.columns):
        return None
    parts = _parts(schema, table)
    if any(not _AUDIT_NAMES & set(words(column.name)) for column in parts.dates):
        return None
    labels = len(parts.labels)
    if not 1 <= labels <= _MOST_LABELS or len(parts.numbers) > _MOST_NUMBERS:
        return None
    if not any(own[column.name].is_unique for column in parts.labels):
        return None
    return (
        f"{rows:,} rows of a key and {labels} label{'s' if labels > 1 else ''}, each label once,"
        f" no people, and up to {pointing:,} rows of another table point at them"
    )


def _is_open(table: Table) -> bool:
    name = words(table.name)
    return bool(name) and any(same_word(name[-1], one) for one in _OPEN_NAMES)


def _row_count(profiles: Mapping[str, Profile]) -> int:
    return next((profile.rows for profile in profiles.values()), 0)


def _keys(table: Table) -> set[str]:
    return set(table.primary_key or ()).union(*table.alternate_keys)


def _parts(schema: Schema, table: Table) -> _Parts:
    keys = set(table.primary_key or ())
    keys.update(name for key in schema.foreign_keys_of(table.name) for name in key.columns)
    rest = [column for column in table.columns if column.name not in keys]
    numbers = _of_storage(rest, ("int", "uint", "double", "dec"))
    dates = _of_storage(rest, ("date", "time"))
    labels = tuple(column for column in rest if column not in (*numbers, *dates))
    return _Parts(labels, numbers, dates)


def _of_storage(columns: Sequence[Column], kinds: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.storage.startswith(kinds))
