"""Pydantic models of tables: one class for each, to type and check rows in a program."""

from __future__ import annotations

import datetime as dt
import keyword
import re
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.rules import Range
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["models"]

_TYPES: dict[str, type] = {
    "bool": bool,
    "int64": int,
    "uint64": int,
    "double": float,
    "string": str,
    "binary": bytes,
    "date32[day]": dt.date,
    "time64[us]": dt.time,
}


def models(schema: Schema) -> dict[str, type[BaseModel]]:
    """Return a pydantic model for each table, by the table's name.

    Fields have the columns' names where Python allows them, and take and give the columns' names
    as aliases otherwise. Ranges of the schema bound numbers; null is allowed where the column is
    nullable. Classes are named in the singular style of Python: ``order_items`` is ``OrderItems``.
    """
    return {table.name: _model(schema, table) for table in schema.tables}


def _model(schema: Schema, table: Table) -> type[BaseModel]:
    ranges = {
        rule.column: rule
        for rule in schema.rules
        if isinstance(rule, Range) and rule.table == table.name
    }
    fields: dict[str, Any] = {}
    for column in table.columns:
        name = _identifier(column.name, fields)
        fields[name] = (_type(column), _field(column, name, ranges.get(column.name)))
    words = re.findall(r"[A-Za-z0-9]+", table.name)
    title = "".join(word[:1].upper() + word[1:] for word in words) or "Row"
    made: type[BaseModel] = create_model(
        title if not title[0].isdigit() else f"Table{title}",
        __config__=ConfigDict(extra="forbid", populate_by_name=True, protected_namespaces=()),
        **fields,
    )
    made.__doc__ = f"A row of {table.name}."
    return made


def _type(column: Column) -> Any:
    storage = column.storage
    kind: Any = _TYPES.get(storage)
    if kind is None:
        kind = Decimal if storage.startswith("decimal") else dt.datetime
    return kind | None if column.nullable else kind


def _field(column: Column, name: str, bounds: Range | None) -> Any:
    given: dict[str, Any] = {}
    if column.nullable:
        given["default"] = None
    if name != column.name:
        given["alias"] = column.name
    numeric = column.storage in ("int64", "uint64", "double") or column.storage[:3] == "dec"
    if bounds is not None and numeric:
        if bounds.low is not None:
            given["ge"] = bounds.low
        if bounds.high is not None:
            given["le"] = bounds.high
    if column.storage.startswith("decimal"):
        given["decimal_places"] = scale_of(arrow_type(column.storage))
    return Field(**given)


def _identifier(name: str, taken: dict[str, Any]) -> str:
    """Return a name that pydantic takes for a field: the column's own, if it can be."""
    made = re.sub(r"\W", "_", name)
    if made != name or made[:1].isdigit() or made[:1] == "_" or keyword.iskeyword(made):
        made = f"field_{made.lstrip('_')}"
    elif hasattr(BaseModel, made):
        made = f"{made}_"
    while made in taken:
        made += "_"
    return made
