"""Reads what a user asks of a sample: ``customers.age>=30``, rows given, shares of labels."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from synthkit.contracts.conditions import Condition, Conditions, Operator, Weighting
from synthkit.errors import UsageError
from synthkit.schema import Column, Schema
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse
from synthkit.synthesizers.sampling.given import Given, named_given, read_given

__all__ = ["Shares", "Where", "read_conditions"]

Where = Mapping[str, Any] | Iterable[str]
"""``{"customers.country": "DE"}`` (a list: any of these, None: null) or texts with an operator."""
Shares = Mapping[str, Mapping[Any, float]] | Iterable[str]
"""``{"status": {"active": 0.5, "churned": 0.5}}`` or texts, ``status=active:0.5,churned:0.5``."""

_CONDITION = re.compile(r"(.+?)(<=|>=|!=|=|<|>)(.*)", re.DOTALL)
_ORDERED = ("<", "<=", ">", ">=")
_REST = "*"
_FORMS = "Write --where customers.country=DE,FR or --where 'age>=30'."
_SHARES = "Write --weights status=active:0.5,churned:0.5."


def read_conditions(
    schema: Schema,
    main: str,
    *,
    where: Where | None = None,
    weights: Shares | None = None,
    given: Given | None = None,
) -> Conditions:
    """Return conditions whose tables, columns and values fit a schema.

    Columns without a table are those of ``main``. Raises `UsageError` for what does not exist
    or does not fit, `DataError` for given rows that cannot be read.
    """
    named = {} if given is None else named_given(schema, main, given)
    read = Conditions(
        tuple(_where(schema, main, where or ())),
        tuple(_weights(schema, main, weights or ())),
        read_given(schema, main, named),
        _told(main, where, weights, named),
    )
    asked = Conditions(read.where, read.weights).tables
    both = [name for name in asked if name in read.given]
    if both:
        raise UsageError(
            f"The rows of {both[0]!r} are given, and conditions are put on them too.",
            hint="Give rows that fulfil the conditions, or leave one of the two out.",
        )
    return read


def _told(
    main: str, where: Where | None, weights: Shares | None, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return what was asked for as JSON; None for what is not, such as a frame of given rows."""
    asked = {"table": main, "where": where, "weights": weights, "given": given}
    try:
        text = json.dumps({name: each for name, each in asked.items() if each}, default=_path_text)
    except (TypeError, ValueError):
        return None
    return dict(json.loads(text))


def _path_text(value: object) -> str:
    """Return a path as text for JSON; `TypeError` for anything else."""
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(type(value).__name__)


def _where(schema: Schema, main: str, where: Where) -> Iterable[Condition]:
    if isinstance(where, Mapping):
        for target, value in where.items():
            table, column = _target(schema, main, target)
            values = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
            yield Condition(table, column.name, "in", _values(table, column, values))
        return
    for text in [where] if isinstance(where, str) else where:
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise UsageError("A condition has no operator.", hint=_FORMS)
        table, column = _target(schema, main, found[1].strip())
        written = _split(found[3]) if found[2] in ("=", "!=") else [found[3].strip()]
        values = _values(table, column, [each or None for each in written])
        operator: Operator = "in" if found[2] == "=" else "not in"
        if found[2] in _ORDERED:
            operator = _order(found[2], table, column, values)
        yield Condition(table, column.name, operator, values)


def _order(operator: str, table: str, column: Column, values: pa.Array) -> Operator:
    kind = arrow_type(column.storage)
    if pa.types.is_string(kind) or pa.types.is_boolean(kind) or pa.types.is_binary(kind):
        raise UsageError(
            f"{table}.{column.name} has no order that {operator} could compare.",
            hint="Use = or != with labels; < and > are for numbers, dates and times.",
        )
    if values.null_count:
        raise UsageError(f"A value is missing after {table}.{column.name}{operator}.", hint=_FORMS)
    return next(each for each in ("<", "<=", ">", ">=") if each == operator)


def _weights(schema: Schema, main: str, weights: Shares) -> Iterable[Weighting]:
    if not isinstance(weights, Mapping):
        weights = dict(
            _share(text) for text in ([weights] if isinstance(weights, str) else weights)
        )
    for target, shares in weights.items():
        table, column = _target(schema, main, target)
        wrong = [share for share in shares.values() if not (math.isfinite(share) and share >= 0)]
        total = sum(shares.values())
        if wrong or not total > 0:
            raise UsageError(
                f"The shares of {table}.{column.name} are no shares.",
                hint=f"Give numbers of 0 or more. {_SHARES}",
            )
        asked = {value: share / total for value, share in shares.items() if share}
        rest = asked.pop(_REST, 0.0)
        values = _values(table, column, list(asked))
        if len(values.unique()) < len(values):
            raise UsageError(
                f"A value of {table}.{column.name} was given two shares.", hint=_SHARES
            )
        yield Weighting(table, column.name, values, tuple(asked.values()), rest)


def _share(text: str) -> tuple[str, dict[Any, float]]:
    target, equals, written = text.partition("=")
    shares: dict[Any, float] = {}
    for each in _split(written):
        value, colon, share = each.rpartition(":")
        try:
            number = float(share)
        except ValueError:
            number = math.nan
        if not equals or not colon or math.isnan(number):
            raise UsageError(f"The shares of {target.strip()} cannot be read.", hint=_SHARES)
        if (value or None) in shares:
            raise UsageError(f"A value of {target} was given two shares.", hint=_SHARES)
        shares[value or None] = number
    return target.strip(), shares


def _split(text: str) -> list[str]:
    """Cut a list at its commas; a value with a comma is put in double quotes."""
    cells = next(csv.reader([text], skipinitialspace=True), [])
    return [each.strip() for each in cells] or [""]


def _target(schema: Schema, main: str, target: str) -> tuple[str, Column]:
    """Find ``table.column``, or a column of the main table."""
    if target in schema.table(main).column_names:
        return main, schema.table(main).column(target)
    for table in sorted(schema.table_names, key=len, reverse=True):
        if target.startswith(f"{table}."):
            return table, schema.table(table).column(target[len(table) + 1 :])
    if "." in target:
        schema.table(target.partition(".")[0])
    return main, schema.table(main).column(target)


def _values(table: str, column: Column, written: list[Any]) -> pa.Array:
    """Return values in a column's storage; text is read as in the data, or in its plain form."""
    kind = arrow_type(column.storage)
    pieces = [pa.nulls(0, kind), *(_value(table, column, each, kind) for each in written)]
    return pa.concat_arrays(pieces)


def _value(table: str, column: Column, written: Any, kind: pa.DataType) -> pa.Array:
    if written is None:
        return pa.nulls(1, kind)
    if isinstance(written, str):
        for form in (column, Column(name=column.name, storage=column.storage)):
            try:
                return parse(pa.array([written]), form)
            except TextError:
                continue
        if pa.types.is_timestamp(kind):
            day = Column(name=column.name, storage="date32[day]")
            try:
                return parse(pa.array([written]), day).cast(kind)
            except (TextError, pa.ArrowInvalid):
                pass
    else:
        try:
            return pa.array([written]).cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            pass
    raise UsageError(
        f"A value that was asked for does not fit {table}.{column.name}, which holds {kind}.",
        hint="Dates are written as 2024-12-31, times as 2024-12-31 08:30, booleans as true, false.",
    )
