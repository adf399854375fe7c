"""Short ways to write down the columns, keys and rules of a domain's tables."""

from __future__ import annotations

from synthkit.schema import Column, ForeignKey, Inequality

__all__ = [
    "after",
    "before",
    "category",
    "day",
    "decimal",
    "flag",
    "identifier",
    "json_text",
    "key",
    "moment",
    "number",
    "personal",
    "words",
]

_MOMENT = "%Y-%m-%d %H:%M:%S"


def identifier(name: str, *, nullable: bool = False) -> Column:
    """Return a column of whole numbers that identify rows."""
    return Column(name=name, sdtype="id", storage="int64", nullable=nullable)


def category(name: str, *, nullable: bool = False) -> Column:
    """Return a column of labels."""
    return Column(name=name, sdtype="categorical", nullable=nullable)


def number(name: str, *, nullable: bool = False) -> Column:
    """Return a column of whole numbers."""
    return Column(name=name, sdtype="numerical", storage="int64", nullable=nullable)


def decimal(name: str, digits: int, *, nullable: bool = False) -> Column:
    """Return a column of decimal numbers with ``digits`` after the point."""
    return Column(
        name=name, sdtype="numerical", storage=f"decimal128(12, {digits})", nullable=nullable
    )


def flag(name: str, *, nullable: bool = False) -> Column:
    """Return a column of booleans."""
    return Column(name=name, sdtype="boolean", storage="bool", nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> Column:
    """Return a column of times to the second, in UTC."""
    return Column(
        name=name, sdtype="datetime", storage="timestamp[us]", format=_MOMENT, nullable=nullable
    )


def day(name: str, *, nullable: bool = False) -> Column:
    """Return a column of dates."""
    return Column(
        name=name, sdtype="datetime", storage="date32[day]", format="%Y-%m-%d", nullable=nullable
    )


def words(name: str, *, nullable: bool = False) -> Column:
    """Return a column of text."""
    return Column(name=name, sdtype="unknown", nullable=nullable)


def json_text(name: str, *, nullable: bool = False) -> Column:
    """Return a column of JSON documents."""
    return Column(name=name, sdtype="unknown", format="json", nullable=nullable)


def personal(name: str, sdtype: str, *, nullable: bool = False) -> Column:
    """Return a column of personal data of a kind."""
    return Column(name=name, sdtype=sdtype, nullable=nullable, pii=True)


def key(
    table: str, column: str, parent: str, *, parent_column: str = "id", unique: bool = False
) -> ForeignKey:
    """Return a foreign key of one column."""
    return ForeignKey(
        table=table,
        columns=(column,),
        parent=parent,
        parent_columns=(parent_column,),
        unique=unique,
    )


def after(
    table: str, column: str, parent: str, low: str, through: str, *, strict: bool = False
) -> Inequality:
    """Return the rule that a value is no lower than one of the parent row."""
    return Inequality(
        table=table, low=low, high=column, parent=parent, foreign_key=(through,), strict=strict
    )


def before(table: str, column: str, parent: str, high: str, through: str) -> Inequality:
    """Return the rule that a value is no higher than one of the parent row."""
    return Inequality(
        table=table,
        low=column,
        high=high,
        parent=parent,
        parent_side="high",
        foreign_key=(through,),
    )
