"""Statements that make a schema's tables with their constraints, in a database's dialect.

Where a database can add constraints to tables that are full, it is told so: loading is quicker,
and tables that point at each other are no special case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthkit.export.settings import Constraints
from synthkit.export.sql.checks import checks_of
from synthkit.export.sql.dialects import Dialect
from synthkit.export.sql.keys import Keys, keys_of, storages_of
from synthkit.export.sql.names import check_names
from synthkit.schema import ForeignKey, Schema, Table
from synthkit.schema.graph import forest, topological

__all__ = ["Constraint", "Definition", "define"]

_KEYED_CHARACTERS = 255
_INDEX_CHARACTERS = 750
"""Characters of four bytes that fit an index of InnoDB, with some room for numbers."""
_MYSQL_OPTIONS = (
    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
    " /*M!100202 COLLATE=utf8mb4_nopad_bin */ /*!80017 COLLATE=utf8mb4_0900_bin */"
)
"""Text is compared byte by byte, as everywhere else; the name of that differs."""


@dataclass(frozen=True)
class Constraint:
    """A constraint that is added to a table that is there.

    ``subject`` is what it is about, for messages.
    """

    head: str
    action: str
    subject: str

    @property
    def statement(self) -> str:
        """The statement that adds it."""
        return f"{self.head} {self.action}"


@dataclass(frozen=True)
class Definition:
    """How a schema is made: the order of tables (parents first), statements, what is left out."""

    order: tuple[str, ...]
    create: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    left_out: tuple[ForeignKey, ...]

    @property
    def statements(self) -> list[str]:
        """All statements, in the order in which they run."""
        return [*self.create, *(each.statement for each in self.constraints)]


def define(
    schema: Schema,
    dialect: Dialect,
    *,
    constraints: Constraints = "all",
    placed: Callable[[str], str] | None = None,
) -> Definition:
    """Return the statements that make a schema's tables.

    ``placed`` gives a table's name as it stands in the statements, if it is another than its own.
    Raises `UnsupportedError` for names or types that the database does not have.
    """
    check_names(schema, dialect)
    writer = _Writer(schema, dialect, constraints, placed or dialect.quoted)
    cut = forest(schema, dict.fromkeys(schema.table_names, 1)).cut
    order = topological(schema, ignore=cut)
    tables = [schema.table(name) for name in order]
    left_out = cut if dialect.name == "duckdb" and constraints == "all" else ()
    create = tuple(writer.create(table, left_out) for table in tables)
    added: list[Constraint] = []
    if dialect.name in ("postgresql", "mysql"):
        # MySQL copies a table for each such statement, so it gets one for all.
        joined = _joined if dialect.name == "mysql" else list
        for table in tables:
            added += joined(writer.own_constraints(table))
        for table in tables:
            added += joined(writer.foreign_constraints(table))
    return Definition(tuple(order), create, tuple(added), left_out)


def _joined(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Return the constraints of one table as one."""
    if not constraints:
        return []
    first = constraints[0]
    actions = ", ".join(each.action for each in constraints)
    subjects = " or ".join(each.subject for each in constraints)
    return [Constraint(first.head, actions, subjects)]


class _Writer:
    """Writes the statements of one schema."""

    def __init__(
        self,
        schema: Schema,
        dialect: Dialect,
        constraints: Constraints,
        placed: Callable[[str], str],
    ) -> None:
        self._schema = schema
        self._dialect = dialect
        self._placed = placed
        keys = keys_of(schema)
        self._storages = storages_of(schema, keys)
        self._keyed = _keyed_columns(keys)
        self._length = _keyed_length(keys, self._storages)
        none = Keys(None, (), ())
        if constraints == "none":
            keys = dict.fromkeys(keys, none)
        elif constraints == "keys":
            keys = {name: Keys(each.primary, each.unique, ()) for name, each in keys.items()}
        self._keys = keys
        self._checked = constraints == "all"
        self._nullable = constraints == "none"

    def create(self, table: Table, left_out: tuple[ForeignKey, ...]) -> str:
        """Return the statement that makes a table; SQLite's and DuckDB's says every constraint."""
        name, dialect = table.name, self._dialect
        lines = [self._column(table, column.name) for column in table.columns]
        inline = dialect.name in ("sqlite", "duckdb")
        keys = self._keys[name]
        if keys.primary and dialect.name != "postgresql":
            lines.append(f"PRIMARY KEY ({dialect.names(keys.primary)})")
        if inline:
            lines += [f"UNIQUE ({dialect.names(key)})" for key in keys.unique]
            lines += [f"CHECK ({condition})" for _, condition in self._checks(name)]
            skipped = {_pairs(key) for key in left_out}
            lines += [self._reference(key) for key in keys.foreign if _pairs(key) not in skipped]
        options = _MYSQL_OPTIONS if dialect.name == "mysql" else ""
        body = ",\n  ".join(lines)
        return f"CREATE TABLE {self._placed(name)} (\n  {body}\n){options}"

    def own_constraints(self, table: Table) -> list[Constraint]:
        """Return what is added to a full table and speaks of no other."""
        name, keys, dialect = table.name, self._keys[table.name], self._dialect
        kinds = [("UNIQUE", key) for key in keys.unique]
        if keys.primary and dialect.name == "postgresql":
            kinds.insert(0, ("PRIMARY KEY", keys.primary))
        return [
            *(
                self._added(name, f"{kind} ({dialect.names(key)})", f"the key ({', '.join(key)})")
                for kind, key in kinds
            ),
            *(
                self._added(name, f"CHECK ({condition})", f"the rule {rule}")
                for rule, condition in self._checks(name)
            ),
        ]

    def foreign_constraints(self, table: Table) -> list[Constraint]:
        """Return a table's foreign keys, for when all tables have theirs."""
        return [
            self._added(table.name, self._reference(key), f"the foreign key {key}")
            for key in self._keys[table.name].foreign
        ]

    def _added(self, table: str, text: str, subject: str) -> Constraint:
        return Constraint(f"ALTER TABLE {self._placed(table)}", f"ADD {text}", subject)

    def _column(self, table: Table, name: str) -> str:
        column = table.column(name)
        length = self._length if (table.name, name) in self._keyed else None
        kind = self._dialect.type_of(self._storages[table.name, name], length)
        present = not column.nullable or name in (self._keys[table.name].primary or ())
        required = " NOT NULL" if present and not self._nullable else ""
        return f"{self._dialect.quoted(name)} {kind}{required}"

    def _reference(self, key: ForeignKey) -> str:
        own, other = self._dialect.names(key.columns), self._dialect.names(key.parent_columns)
        return f"FOREIGN KEY ({own}) REFERENCES {self._placed(key.parent)} ({other})"

    def _checks(self, table: str) -> list[tuple[object, str]]:
        return [*checks_of(self._schema, table, self._dialect)] if self._checked else []


def _pairs(key: ForeignKey) -> tuple[str, str, frozenset[tuple[str, str]]]:
    """Return what a foreign key says, whatever the order of its columns."""
    return key.table, key.parent, frozenset(zip(key.columns, key.parent_columns, strict=True))


def _keyed_columns(keys: dict[str, Keys]) -> set[tuple[str, str]]:
    found = set()
    for table, each in keys.items():
        for columns in (each.primary or (), *each.unique, *(key.columns for key in each.foreign)):
            found |= {(table, name) for name in columns}
    return found


def _keyed_length(keys: dict[str, Keys], storages: dict[tuple[str, str], str]) -> int:
    """Return how many characters text in keys may have, so that the widest key fits an index."""
    most = 1
    for table, each in keys.items():
        for columns in (each.primary or (), *each.unique, *(key.columns for key in each.foreign)):
            texts = [name for name in columns if storages[table, name] in ("string", "binary")]
            most = max(most, len(texts))
    return min(_KEYED_CHARACTERS, _INDEX_CHARACTERS // most)
