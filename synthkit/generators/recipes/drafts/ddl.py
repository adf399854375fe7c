"""SQL: the tables of CREATE statements as a schema, by sqlglot, in any of its dialects."""

from __future__ import annotations

import logging
from typing import Any

from synthkit.errors import DataError
from synthkit.generators.recipes.drafts.described import Described, Place
from synthkit.schema import Column, ForeignKey, Schema, Table

__all__ = ["from_ddl", "storage_named"]

_WHOLE = ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "SERIAL", "SMALLSERIAL", "BIGSERIAL",
          "UTINYINT", "USMALLINT", "UMEDIUMINT", "UINT", "UBIGINT", "INT128", "YEAR")  # fmt: skip
_REAL = ("FLOAT", "DOUBLE")
_DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "snowflake", "bigquery", "duckdb")
"""The first of those that know as many types is taken."""


def from_ddl(text: str, file: str) -> Described:
    """Return the tables of a script; `DataError` where it is not SQL or makes no table."""
    from sqlglot import exp

    statements = _parsed(text, file)
    made: dict[Place, dict[str, Any]] = {}
    tables: list[Table] = []
    keys: list[ForeignKey] = []
    for statement in statements:
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            tables.append(_table(statement.this, keys, made))
        elif isinstance(statement, exp.Alter):
            keys += _altered(statement)
            _add_columns(statement, tables, keys, made)
    if not tables:
        raise DataError("no CREATE TABLE is there", hint="Name a file of SQL DDL.", file=file)
    by_name = {table.name: table for table in tables}
    whole = tuple(key for key in (_completed(each, by_name) for each in keys) if key is not None)
    return Described(Schema(tables=tuple(tables), foreign_keys=whole), made)


def _parsed(text: str, file: str) -> list[Any]:
    """Return the statements in the dialect that understands most of them."""
    import sqlglot
    from sqlglot.errors import ErrorLevel, ParseError

    best: list[Any] = []
    most = -1
    failures: list[Exception] = []
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of every other dialect
    for dialect in _DIALECTS:
        try:
            found = sqlglot.parse(text, read=dialect, error_level=ErrorLevel.RAISE)
        except Exception as error:  # in a wrong dialect the parser may break off in any way
            failures.append(error)
            continue
        known = sum(_known_types(each) for each in found if each is not None)
        if known > most:
            best, most = [each for each in found if each is not None], known
    if most >= 0:
        return best
    failed = next((each for each in failures if isinstance(each, ParseError)), failures[0])
    first: dict[str, Any] = {}
    if isinstance(failed, ParseError) and failed.errors:
        first = dict(failed.errors[0])
    raise DataError(
        f"not understood as SQL: {first.get('description') or 'perhaps a quote is not closed'}",
        hint="Keep the CREATE TABLE statements alone, without a database's own options.",
        file=file,
        line=first.get("line"),
        character=first.get("col"),
    )


def _known_types(statement: Any) -> int:
    """Return how many columns of a statement have a type that the dialect knows."""
    from sqlglot import exp

    if not isinstance(statement, exp.Create | exp.Alter):
        return 0
    kinds = [part.args.get("kind") for part in statement.find_all(exp.ColumnDef)]
    return sum(kind is not None and kind.this != exp.DataType.Type.USERDEFINED for kind in kinds)


def _table(schema: Any, keys: list[ForeignKey], made: dict[Place, dict[str, Any]]) -> Table:
    from sqlglot import exp

    name = schema.this.name
    columns: list[Column] = []
    primary: tuple[str, ...] = ()
    others: list[tuple[str, ...]] = []
    for part in schema.expressions:
        inner = (
            part.expressions[0] if isinstance(part, exp.Constraint) and part.expressions else part
        )
        if isinstance(part, exp.ColumnDef):
            column, primary_here, unique = _column(name, part, keys, made)
            columns.append(column)
            primary = (column.name,) if primary_here else primary
            others += [(column.name,)] if unique else []
        elif isinstance(inner, exp.PrimaryKey):
            primary = _names(inner.expressions)
        elif isinstance(inner, exp.UniqueColumnConstraint):
            others.append(_names(inner.this.expressions if inner.this else ()))
        elif isinstance(inner, exp.ForeignKey):
            keys.append(_foreign_key(name, inner))
    fixed = [
        column.model_copy(update={"nullable": False}) if column.name in primary else column
        for column in columns
    ]
    return Table(
        name=name,
        columns=tuple(fixed),
        primary_key=primary or None,
        alternate_keys=tuple(key for key in others if key),
    )


def _names(parts: Any) -> tuple[str, ...]:
    return tuple(part.find(_identifier()).name for part in parts)


def _identifier() -> Any:
    from sqlglot import exp

    return exp.Identifier


def _column(
    table: str, part: Any, keys: list[ForeignKey], made: dict[Place, dict[str, Any]]
) -> tuple[Column, bool, bool]:
    """Return a column, and whether it is the primary key and unique."""
    from sqlglot import exp

    name, kind = part.name, part.args.get("kind")
    kinds = [each.kind for each in part.constraints]
    primary = any(isinstance(each, exp.PrimaryKeyColumnConstraint) for each in kinds)
    unique = any(isinstance(each, exp.UniqueColumnConstraint) for each in kinds)
    required = primary or any(
        isinstance(each, exp.NotNullColumnConstraint) and not each.args.get("allow_null")
        for each in kinds
    )
    for each in kinds:
        if isinstance(each, exp.Reference):
            keys.append(_reference(table, (name,), each))
        elif isinstance(each, exp.CheckColumnConstraint):
            values = _allowed(each.this, name)
            if values:
                made[table, name] = {"choice": values}
    storage = _storage(kind)
    if kind is not None and kind.this == exp.DataType.Type.ENUM:
        made[table, name] = {"choice": [each.name for each in kind.expressions]}
    sdtype = {"string": "unknown", "bool": "boolean"}.get(storage, "numerical")
    if storage.startswith(("timestamp", "date")):
        sdtype = "datetime"
    if primary or any(key.table == table and name in key.columns for key in keys):
        sdtype = "id"
    return Column(name=name, sdtype=sdtype, storage=storage, nullable=not required), primary, unique


def _storage(kind: Any) -> str:
    """Return the storage of a type of SQL; text for what has none of its own."""
    if kind is None:
        return "string"
    word = str(getattr(kind.this, "value", kind.this)).upper()
    if word in _WHOLE:
        return "int64"
    if word in _REAL:
        return "double"
    if word in ("DECIMAL", "MONEY", "SMALLMONEY"):
        sizes = [int(each.name) for each in kind.expressions if each.name.isdigit()]
        scale = sizes[1] if len(sizes) > 1 else (0 if sizes else 2)
        return f"decimal128(18, {min(scale, 9)})" if scale else "int64"
    if word in ("BOOLEAN", "BIT"):
        return "bool"
    if word in ("DATE", "DATE32"):
        return "date32[day]"
    return "timestamp[us]" if word.startswith(("TIMESTAMP", "DATETIME")) else "string"


def storage_named(written: str) -> str:
    """Return the storage of a type by its name in SQL; text where it is not known."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        return _storage(sqlglot.parse_one(written, into=exp.DataType))
    except SqlglotError:
        return "string"


def _allowed(check: Any, column: str) -> list[Any]:
    """Return the values that ``CHECK (column IN (...))`` allows."""
    from sqlglot import exp

    inner = check.unnest() if hasattr(check, "unnest") else check
    if not isinstance(inner, exp.In) or inner.this.name != column:
        return []
    return [
        each.name if each.is_string else (int(each.name) if each.is_int else float(each.name))
        for each in inner.expressions
        if isinstance(each, exp.Literal)
    ]


def _reference(table: str, columns: tuple[str, ...], reference: Any) -> ForeignKey:
    """Return a foreign key; one that does not name the parent's columns means its primary key."""
    target = reference.this
    parent = target.this.name if target.args.get("expressions") is not None else target.name
    named = tuple(each.name for each in target.args.get("expressions") or ())
    return ForeignKey(
        table=table, columns=columns, parent=parent, parent_columns=named or ("",) * len(columns)
    )


def _foreign_key(table: str, part: Any) -> ForeignKey:
    return _reference(table, _names(part.expressions), part.args["reference"])


def _altered(statement: Any) -> list[ForeignKey]:
    from sqlglot import exp

    return [_foreign_key(statement.this.name, part) for part in statement.find_all(exp.ForeignKey)]


def _add_columns(
    statement: Any, tables: list[Table], keys: list[ForeignKey], made: dict[Place, dict[str, Any]]
) -> None:
    """Add the columns and the primary key that ALTER TABLE adds."""
    from sqlglot import exp

    for place, table in enumerate(tables):
        if table.name != statement.this.name:
            continue
        columns = list(table.columns)
        for part in statement.args.get("actions") or ():
            if isinstance(part, exp.ColumnDef):
                columns.append(_column(table.name, part, keys, made)[0])
        primary = table.primary_key
        for each in statement.find_all(exp.PrimaryKey):
            primary = _names(each.expressions)
        tables[place] = table.model_copy(
            update={
                "columns": tuple(
                    each.model_copy(update={"nullable": False})
                    if primary and each.name in primary
                    else each
                    for each in columns
                ),
                "primary_key": primary,
            }
        )


def _completed(key: ForeignKey, tables: dict[str, Table]) -> ForeignKey | None:
    """Return a foreign key with its parent's columns; None if the parent is not in the script."""
    parent = tables.get(key.parent)
    if parent is None or key.table not in tables:
        return None
    if "" not in key.parent_columns:
        return key
    if parent.primary_key is None or len(parent.primary_key) != len(key.columns):
        return None
    return key.model_copy(update={"parent_columns": parent.primary_key})
