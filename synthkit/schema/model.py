"""What data is: columns, tables, keys and the schema that holds them.

Values only. Finding a schema in data is `infer`, files are `files`, order is `graph`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from synthkit.errors import UsageError, near_matches
from synthkit.schema.rules import Rule

__all__ = ["Column", "ForeignKey", "Schema", "Table"]

Names = tuple[str, ...]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def _as_names(value: object) -> object:
    """Let a key of one column be written as its bare name."""
    return (value,) if isinstance(value, str) else value


class Column(_Value):
    """A column: what it means (``sdtype``), how it is held (``storage``) and written (``format``).

    ``sdtype`` is one of SDV's: id, numerical, categorical, ordinal, boolean, datetime, unknown, or
    the name of a kind of personal data (email, first_name, phone_number, ...).
    ``storage`` is an Arrow type by name: bool, int64, uint64, double, ``decimal128(p, s)``,
    string, binary, ``date32[day]``, ``time64[us]``, ``timestamp[us]``, ``timestamp[us, tz=UTC]``.
    ``format`` is the form in text files; None is the plain form of the storage.
    See `synthkit.schema.text` for the forms that each storage knows.
    ``sql_type`` is the type by the name that its database has for it (varchar(45), uuid, inet),
    for writing the column back to one of that kind; ``comment`` is what the database says of it.
    """

    name: str
    sdtype: str = "unknown"
    storage: str = "string"
    format: str | None = None
    nullable: bool = True
    pii: bool = False
    sql_type: str | None = None
    comment: str | None = None
    sdv: dict[str, Any] = Field(default_factory=dict)
    """Further keys of SDV's metadata for this column (range_min, regex_format, ...), kept as is."""


class Table(_Value):
    """A table: its columns in order, its primary key, and other keys that are unique.

    ``reference`` marks a table of fixed meaning (countries, genres, status codes): it keeps its
    size when a sample is scaled.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: Names | None = None
    alternate_keys: tuple[Names, ...] = ()
    reference: bool = False
    comment: str | None = None
    sdv: dict[str, Any] = Field(default_factory=dict)

    _names = field_validator("primary_key", mode="before")(_as_names)

    @field_validator("alternate_keys", mode="before")
    @classmethod
    def _alternate(cls, value: object) -> object:
        return tuple(_as_names(key) for key in value) if isinstance(value, list | tuple) else value

    @model_validator(mode="after")
    def _check(self) -> Self:
        counts = Counter(column.name for column in self.columns)
        repeated = [name for name, count in counts.items() if count > 1]
        if repeated:
            raise ValueError(f"table {self.name!r} has two columns named {repeated[0]!r}")
        for key in ((self.primary_key,) if self.primary_key else ()) + self.alternate_keys:
            for name in key:
                if name not in counts:
                    raise ValueError(f"table {self.name!r}: key column {name!r} does not exist")
        return self

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """Return a column by name; `UsageError` names near matches."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UsageError(
            f"Table {self.name!r} has no column {name!r}.",
            hint=near_matches(name, self.column_names),
        )


class ForeignKey(_Value):
    """Columns of a child table whose values are those of a key of a parent table.

    ``unique`` says that no two child rows share a parent row (one-to-one). ``on_delete`` and
    ``on_update`` are what a database does then (cascade, set null, set default, restrict).
    """

    table: str
    columns: Names
    parent: str
    parent_columns: Names
    unique: bool = False
    on_delete: str | None = None
    on_update: str | None = None

    _names = field_validator("columns", "parent_columns", mode="before")(_as_names)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.columns or len(self.columns) != len(self.parent_columns):
            raise ValueError(
                f"foreign key {self}: both sides need the same number of columns, at least one"
            )
        return self

    @property
    def is_self_reference(self) -> bool:
        """Whether the table points at itself."""
        return self.table == self.parent

    def __str__(self) -> str:
        """Return ``orders(customer_id) -> customers(id)``."""
        own, other = ", ".join(self.columns), ", ".join(self.parent_columns)
        return f"{self.table}({own}) -> {self.parent}({other})"


class Schema(_Value):
    """Tables, the foreign keys between them, and rules that every row keeps."""

    tables: tuple[Table, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rules: tuple[Rule, ...] = ()
    sdv: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        by_name = {table.name: table for table in self.tables}
        if len(by_name) != len(self.tables):
            raise ValueError("two tables have the same name")
        for key in self.foreign_keys:
            for table, columns in ((key.table, key.columns), (key.parent, key.parent_columns)):
                if table not in by_name:
                    raise ValueError(f"foreign key {key}: there is no table {table!r}")
                for name in columns:
                    if name not in by_name[table].column_names:
                        raise ValueError(f"foreign key {key}: {table!r} has no column {name!r}")
        for rule in self.rules:
            for table, name in rule.touches():
                if table not in by_name or name not in by_name[table].column_names:
                    raise ValueError(f"rule {rule}: there is no column {table}.{name}")
        return self

    @property
    def table_names(self) -> list[str]:
        """Names of the tables, in order."""
        return [table.name for table in self.tables]

    def __contains__(self, table: str) -> bool:
        return any(item.name == table for item in self.tables)

    def table(self, name: str) -> Table:
        """Return a table by name; `UsageError` names near matches."""
        for table in self.tables:
            if table.name == name:
                return table
        raise UsageError(f"There is no table {name!r}.", hint=near_matches(name, self.table_names))

    def foreign_keys_of(self, table: str) -> list[ForeignKey]:
        """Return the foreign keys that a table holds, in the schema's order."""
        return [key for key in self.foreign_keys if key.table == table]

    def children_of(self, table: str) -> list[ForeignKey]:
        """Return the foreign keys that point at a table, in the schema's order."""
        return [key for key in self.foreign_keys if key.parent == table]

    def subset(self, tables: list[str]) -> Schema:
        """Return the schema of some tables, with the keys and rules that lie between them."""
        kept = set(tables)
        return Schema(
            tables=tuple(table for table in self.tables if table.name in kept),
            foreign_keys=tuple(
                key for key in self.foreign_keys if key.table in kept and key.parent in kept
            ),
            rules=tuple(
                rule for rule in self.rules if all(table in kept for table, _ in rule.touches())
            ),
            sdv=self.sdv,
        )
