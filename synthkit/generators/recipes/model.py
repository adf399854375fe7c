"""A recipe that was read: its tables and their columns, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from synthkit.errors import near_matches
from synthkit.generators.recipes.fields import Parameter, Read
from synthkit.generators.recipes.maker import Kind, Maker, Scope
from synthkit.generators.recipes.makers.hooks import Hook
from synthkit.generators.recipes.makers.providers import Value
from synthkit.generators.recipes.makers.relations import References, Tree
from synthkit.generators.recipes.nulls import Nulls
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.schema import Table
from synthkit.schema.files.yaml_nodes import Node

__all__ = ["DATE", "MOMENT", "TYPES", "ColumnRecipe", "Recipe", "RowCount", "TableRecipe"]

MOMENT = "%Y-%m-%d %H:%M:%S"
DATE = "%Y-%m-%d"
TYPES: dict[str, Kind] = {
    "boolean": Kind("boolean", "bool"),
    "date": Kind("datetime", "date32[day]", DATE),
    "datetime": Kind("datetime", "timestamp[us]", MOMENT),
    "integer": Kind("numerical", "int64"),
    "number": Kind("numerical", "double"),
    "text": Kind("unknown", "string"),
}
"""The types that a recipe can ask for."""
_DIGITS = 18
"""Of decimal numbers; as many as a 64-bit integer holds."""


@dataclass(frozen=True)
class ColumnRecipe:
    """A column: its maker, and what is done with the values that it makes."""

    name: str
    node: Node
    maker: Maker
    type: str | None = None
    decimals: int | None = None
    low: Parameter | Read | None = None
    high: Parameter | Read | None = None
    nulls: Nulls | None = None
    unique: bool = False
    locale: Mapping[str, float] | None = None
    sdtype: str | None = None
    pii: bool | None = None
    alone: ColumnRecipe | None = None

    def reads(self) -> tuple[Read, ...]:
        """Return every column that this one is made from."""
        found = list(self.maker.reads())
        for bound in (self.low, self.high):
            if isinstance(bound, Read):
                found.append(bound)
            elif bound is not None:
                found += bound.reads()
        return (*found, *(self.nulls.reads() if self.nulls else ()))

    def kind(self, scope: Scope) -> Kind:
        """Return what the schema says of the column."""
        made = self.maker.kind(scope)
        if self.type is not None and TYPES[self.type].storage != made.storage:
            made = TYPES[self.type]
        if self.decimals is not None:
            storage = "int64" if self.decimals == 0 else f"decimal128({_DIGITS}, {self.decimals})"
            made = Kind("numerical", storage)
        return Kind(
            self.sdtype or made.sdtype,
            made.storage,
            made.format,
            made.pii if self.pii is None else self.pii,
        )


@dataclass(frozen=True)
class RowCount:
    """How many rows a table has by itself: a number, or a share of another table's rows."""

    count: int = 0
    share: float = 0.0
    of: str | None = None
    low: int = 0


@dataclass(frozen=True)
class TableRecipe:
    """A table: its columns, keys, and number of rows."""

    name: str
    node: Node
    columns: Mapping[str, ColumnRecipe]
    rows: RowCount | None = None
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    reference: bool = False
    locale: Mapping[str, float] | None = None

    def column(self, name: str) -> ColumnRecipe:
        """Return a column by its name."""
        return self.columns[name]

    @cached_property
    def owner(self) -> ColumnRecipe | None:
        """The column that points at the table whose rows these hang under, if there is one."""
        return next((each for each in self.references if each[1].per_parent), (None,))[0]

    @cached_property
    def references(self) -> list[tuple[ColumnRecipe, References]]:
        """The columns that point at other tables."""
        return [
            (column, column.maker)
            for column in self.columns.values()
            if isinstance(column.maker, References)
        ]

    @cached_property
    def trees(self) -> list[tuple[ColumnRecipe, Tree]]:
        """The columns that point at the table itself."""
        return [
            (column, column.maker)
            for column in self.columns.values()
            if isinstance(column.maker, Tree)
        ]

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every set of columns that no two rows share."""
        single = tuple((each.name,) for each in self.columns.values() if each.unique)
        return tuple(dict.fromkeys((*((self.key,) if self.key else ()), *self.unique, *single)))


@dataclass(frozen=True)
class Recipe:
    """A whole recipe. ``outside`` are the tables of others that are generated together."""

    name: str
    node: Node
    tables: Mapping[str, TableRecipe]
    locale: Mapping[str, float] | None = None
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outside: Mapping[str, Table] = field(default_factory=dict)

    @property
    def hooks(self) -> dict[str, Node]:
        """The names of hooks, with the place where each is called first."""
        found: dict[str, Node] = {}
        for table in self.tables.values():
            for column in table.columns.values():
                for each in (column, column.alone):
                    if each is not None and isinstance(each.maker, Hook):
                        found.setdefault(each.maker.hook, each.maker.node)
        return found

    def check_kinds(self, known: Callable[[str], bool]) -> None:
        """Refuse kinds of values that there are not, with the place where one is named."""
        for table in self.tables.values():
            for column in table.columns.values():
                for maker in (column.maker, column.alone.maker if column.alone else None):
                    if isinstance(maker, Value) and not known(maker.value):
                        raise maker.node.error(
                            f"there is no kind of values {maker.value!r}",
                            near_matches(maker.value, SUMMARIES),
                        )

    def target(self, table: TableRecipe, column: str, node: Node) -> str:
        """Return the table that a column points at; `DataError` if it points at none."""
        if column not in table.columns:
            message = f"table {table.name!r} has no column {column!r}"
            raise node.error(message, near_matches(column, table.columns))
        maker = table.columns[column].maker
        if isinstance(maker, Tree):
            return table.name
        if not isinstance(maker, References):
            points = [each.name for each, _ in table.references]
            raise node.error(
                f"{column!r} points at no other row",
                "Before a dot stands a column with `references`."
                + (f" {near_matches(column, points)}" if points else ""),
            )
        return maker.table

    def table_of(self, table: TableRecipe, read: Read) -> str:
        """Return the table that a column which is read lies in."""
        if read.child is not None:
            return read.child
        return self.target(table, read.via, read.node) if read.via else table.name

    def column_names(self, table: str) -> list[str]:
        """Return the columns of a table, or of one outside."""
        if table in self.tables:
            return list(self.tables[table].columns)
        return self.outside[table].column_names

    def key_of(self, table: str) -> str:
        """Return the single column of a table's key; '' if it has none."""
        if table in self.wanted:
            return self.wanted[table][0]
        key = self.tables[table].key
        return key[0] if len(key) == 1 else ""

    def kind_of(self, table: str, column: str) -> Kind:
        """Return what the schema says of a column, also of a table outside."""
        if table in self.tables:
            return self.tables[table].columns[column].kind(Scope(self, self.tables[table]))
        found = self.outside[table].column(column)
        return Kind(found.sdtype, found.storage, found.format, found.pii)
