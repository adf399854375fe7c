"""What key columns are: ``id``, or the kind of personal data that a key of texts is made of.

Both sides of a foreign key have the same type, as SDV demands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthkit.schema.model import Column, ForeignKey, Table

__all__ = ["with_keys"]

_PLAIN_TYPES = frozenset({"unknown", "numerical", "categorical", "ordinal", "id"})
"""Types that give way to ``id`` in a key; a kind of personal data stays what it is."""

_Columns = dict[tuple[str, str], Column]


def with_keys(
    tables: Sequence[Table],
    primary_keys: Mapping[str, tuple[str, ...]],
    foreign_keys: Sequence[ForeignKey],
) -> tuple[Table, ...]:
    """Return tables with their primary keys, alternate keys that are pointed at, and key types."""
    columns = {(table.name, column.name): column for table in tables for column in table.columns}
    for table_name, names in primary_keys.items():
        for name in names:
            columns[table_name, name] = _as_key(columns[table_name, name])
    for _ in tables:
        for key in foreign_keys:
            _agree(key, columns)
    return tuple(_with_key(table, columns, primary_keys, foreign_keys) for table in tables)


def _as_key(column: Column) -> Column:
    if column.sdtype in _PLAIN_TYPES or column.storage in ("int64", "uint64"):
        return column.model_copy(update={"sdtype": "id", "pii": False})
    return column


def _agree(key: ForeignKey, columns: _Columns) -> None:
    """Give the columns of a foreign key the types of the columns that they point at."""
    for name, parent_name in zip(key.columns, key.parent_columns, strict=True):
        parent = columns[key.parent, parent_name] = _as_key(columns[key.parent, parent_name])
        own = columns[key.table, name]
        same = {"sdtype": parent.sdtype, "pii": parent.pii}
        columns[key.table, name] = own.model_copy(update=same)


def _with_key(
    table: Table,
    columns: _Columns,
    primary_keys: Mapping[str, tuple[str, ...]],
    foreign_keys: Sequence[ForeignKey],
) -> Table:
    primary = primary_keys.get(table.name)
    pointed = {key.parent_columns for key in foreign_keys if key.parent == table.name}
    others = sorted(pointed - {primary, *table.alternate_keys})
    return table.model_copy(
        update={
            "columns": tuple(columns[table.name, column.name] for column in table.columns),
            "primary_key": primary,
            "alternate_keys": (*table.alternate_keys, *others),
        }
    )
