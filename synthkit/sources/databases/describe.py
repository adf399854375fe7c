"""The schema of a database: what it declares, and what the values say that columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Reason, TableReader
from synthkit.schema import Column, Rule, Schema, Table, UniqueTogether
from synthkit.schema.infer.key_types import with_keys
from synthkit.schema.infer.types import ColumnTypes, Decided, column_from_arrow, column_of_storage
from synthkit.schema.storage import arrow_type
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.checks import Checked, read_checks

__all__ = ["Described", "describe", "outline"]

_MOST_LABELS = 20_000


@dataclass(frozen=True)
class Described:
    """A schema and why; ``rules`` are those of check constraints, others may be found in rows."""

    schema: Schema
    reasons: tuple[Reason, ...]
    rules: tuple[Rule, ...]


def outline(catalog: Sequence[CatalogTable]) -> Schema:
    """Return the schema as it is declared: no row is looked at, so meanings come from names."""
    tables = tuple(
        Table(
            name=table.name,
            columns=tuple(_declared(column, _by_name(column)) for column in table.columns),
            alternate_keys=_alternate(table, catalog),
            comment=table.comment,
        )
        for table in catalog
    )
    return _keyed(tables, catalog)


def describe(catalog: Sequence[CatalogTable], reader: TableReader, dialect: str) -> Described:
    """Return the schema, reading each table once; ``dialect`` is that of its check constraints."""
    tables, reasons, rules = [], [], []
    for table in catalog:
        plain = Table(
            name=table.name, columns=tuple(_declared(c, _by_name(c)) for c in table.columns)
        )
        checked = read_checks(plain, table.checks, dialect)
        columns = []
        for decided in _decide(table, reader, checked):
            columns.append(decided.column)
            subject = f"{table.name}.{decided.column.name}"
            reasons += [Reason(subject, each.decision, each.because) for each in decided.reasons]
        tables.append(
            Table(
                name=table.name,
                columns=tuple(columns),
                alternate_keys=_alternate(table, catalog),
                comment=table.comment,
            )
        )
        reasons += [*_declarations(table), *table.notes, *checked.reasons]
        reasons += [
            Reason(str(rule), "rule", "a check constraint says so") for rule in checked.rules
        ]
        rules += [*_unique(table, catalog), *checked.rules]
    return Described(_keyed(tuple(tables), catalog), tuple(reasons), tuple(rules))


def _keyed(tables: tuple[Table, ...], catalog: Sequence[CatalogTable]) -> Schema:
    names = {table.name for table in catalog}
    keys = tuple(key for table in catalog for key in table.foreign_keys if key.parent in names)
    primary = {table.name: table.primary_key for table in catalog if table.primary_key}
    return Schema(tables=with_keys(tables, primary, keys), foreign_keys=keys)


def _alternate(table: CatalogTable, catalog: Sequence[CatalogTable]) -> tuple[tuple[str, ...], ...]:
    """Return what is unique and never null, or is pointed at: what can name a row."""
    pointed = {
        key.parent_columns
        for each in catalog
        for key in each.foreign_keys
        if key.parent == table.name
    }
    return tuple(
        key
        for key in table.unique
        if key != table.primary_key
        and (key in pointed or not any(table.column(name).nullable for name in key))
    )


def _unique(table: CatalogTable, catalog: Sequence[CatalogTable]) -> list[UniqueTogether]:
    """Return what else is unique: wherever nothing of it is null, as SQL has it."""
    keys = {table.primary_key, *_alternate(table, catalog)}
    return [
        UniqueTogether(table=table.name, columns=key) for key in table.unique if key not in keys
    ]


def _declarations(table: CatalogTable) -> Iterator[Reason]:
    if table.primary_key:
        subject = f"{table.name}.{', '.join(table.primary_key)}"
        yield Reason(subject, "primary key", "the database declares it")
    for key in table.foreign_keys:
        yield Reason(str(key), "foreign key", "the database declares it")


def _by_name(column: CatalogColumn) -> Column:
    return column_of_storage(column.name, column.storage, column.form)


def _declared(column: CatalogColumn, decided: Column) -> Column:
    """Return a decided column with what its database says of it."""
    update: dict[str, object] = {
        "nullable": column.nullable,
        "sql_type": column.sql_type or None,
        "comment": column.comment,
    }
    if column.labels:
        update |= {"sdtype": "categorical", "pii": False, "format": None}
        update["sdv"] = {"range_values": list(column.labels)}
    return decided.model_copy(update=update)


def _decide(table: CatalogTable, reader: TableReader, checked: Checked) -> Iterator[Decided]:
    """Decide what columns mean, in one pass over those whose values matter."""
    texts = {c.name: ColumnTypes() for c in table.columns if _is_text(c)}
    wholes = {c.name: _Wholes() for c in table.columns if c.storage in ("int64", "uint64")}
    moments = [c.name for c in table.columns if c.storage.startswith(("date", "timestamp"))]
    names = [*texts, *wholes, *moments]  # of moments, readers count those that have no end
    for chunk in reader.read_table(table.name, names) if names else ():
        for name, types in texts.items():
            types.observe(chunk.column(name))
        for name, seen in wholes.items():
            seen.observe(chunk.column(name))
    for column in table.columns:
        if column.name in texts and not (column.form or column.name in checked.json):
            found = texts[column.name].decide(column.name, table=table.name, keep_text=True)
        elif column.name in texts:
            meant = column_of_storage(column.name, "string", "json")
            why = Reason(column.name, "string (json)", f"its type is {column.sql_type}")
            found = Decided(meant, (why,))
        else:
            values = wholes[column.name].values if column.name in wholes else ()
            kind = arrow_type(column.storage)
            found = column_from_arrow(column.name, kind, values, table=table.name)
        yield _labelled(Decided(_declared(column, found.column), found.reasons), column, checked)


def _labelled(decided: Decided, column: CatalogColumn, checked: Checked) -> Decided:
    labels = list(column.labels) or checked.labels.get(column.name)
    if not labels:
        return decided
    update = {"sdtype": "categorical", "pii": False, "sdv": {"range_values": labels}}
    if decided.column.storage == "bool":
        return decided
    because = "its type lists the values" if column.labels else "a check lists the values"
    why = Reason(column.name, "categorical", because)
    return Decided(decided.column.model_copy(update=update), (*decided.reasons[:1], why))


def _is_text(column: CatalogColumn) -> bool:
    return column.storage == "string" and not column.labels


class _Wholes:
    """The distinct whole numbers of a column, while they are few enough to be labels."""

    def __init__(self) -> None:
        self.values: list[pa.Array] = []
        self._full = False

    def observe(self, values: pa.ChunkedArray) -> None:
        if self._full:
            return
        fresh = pc.unique(pa.chunked_array([*self.values, *values.chunks], values.type))
        self.values = [fresh]
        self._full = len(fresh) > _MOST_LABELS
