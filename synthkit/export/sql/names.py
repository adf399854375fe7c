"""Names of tables and columns: which a database can hold, told before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from synthkit.errors import UnsupportedError
from synthkit.export.sql.dialects import Dialect
from synthkit.schema import Schema

__all__ = ["check_names"]

_HINT = "Rename it in the data and schema.yaml, or write another format."


def check_names(schema: Schema, dialect: Dialect) -> None:
    """Raise `UnsupportedError` for the first name that a database cannot hold as it is.

    Databases cut long names silently, and take names for the same that differ only in case: what
    would come out were other tables than those asked for.
    """
    _check(schema.table_names, "table", dialect)
    for table in schema.tables:
        if not table.columns:
            raise UnsupportedError(
                f"Table {table.name!r} has no columns, which {dialect.title} does not know.",
                hint="Leave it out of the data set.",
            )
        _check(table.column_names, f"column of {table.name!r}", dialect)


def _check(names: Iterable[str], what: str, dialect: Dialect) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if problem := _problem(name, what, dialect):
            raise UnsupportedError(
                f"The {what} {name!r} cannot be made in {dialect.title}: {problem}.", hint=_HINT
            )
        folded = name.lower() if dialect.folds_case else name
        if folded in seen:
            raise UnsupportedError(
                f"The names {seen[folded]!r} and {name!r} ({what}) are one in {dialect.title}.",
                hint=_HINT,
            )
        seen[folded] = name


def _problem(name: str, what: str, dialect: Dialect) -> str | None:
    if not name or "\0" in name:
        return "a name has at least one character, and none of them is NUL"
    try:
        size = len(name) if dialect.name_characters else len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    if dialect.longest_name is not None and size > dialect.longest_name:
        unit = "characters" if dialect.name_characters else "bytes"
        return f"it has {size} {unit}, at most {dialect.longest_name} are possible"
    if dialect.name == "sqlite" and what == "table" and name.lower().startswith("sqlite_"):
        return "SQLite keeps names that begin with sqlite_ for itself"
    if dialect.name == "mysql" and (name.endswith(" ") or max(name) > "\uffff"):
        return "names do not end in a space and have no characters beyond U+FFFF"
    return None
