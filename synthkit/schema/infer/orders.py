"""Orders that always hold: a date that is never after another, a least never above a most.

Within a table, and between a child and its parent along a foreign key. An order that follows
from two others is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.names import words
from synthkit.schema.infer.parents import parent_rows
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Equality, Inequality

__all__ = ["Orders", "find_orders"]

_LEAST_ROWS = 20
_LEAST_PARENTS = 5
_MOST_COLUMNS = 40
"""Date columns of a table that are compared, the first ones: 40 make 1,560 pairs."""
_STRICT_ROWS = 200
_STRICT_SHARE = 0.02
"""Share of pairs one day apart from which on the lack of equal days is a rule."""
_LOW_HIGH = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("low", "high"),
    ("lower", "upper"),
    ("lowest", "highest"),
    ("start", "end"),
    ("first", "last"),
    ("from", "to"),
    ("begin", "end"),
    ("subtotal", "total"),
    ("net", "gross"),
    ("von", "bis"),
    ("netto", "brutto"),
)

_Times = np.ndarray[Any, np.dtype[np.datetime64]]


@dataclass(frozen=True)
class Orders:
    """Rules found, and a reason for each."""

    rules: tuple[Inequality, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Order:
    """Two columns by side and name, and on how many rows both were present and in order."""

    low: tuple[str, str]
    high: tuple[str, str]
    rows: int
    strict: bool


def find_orders(schema: Schema, columns: Columns, equalities: Sequence[Equality] = ()) -> Orders:
    """Return the orders of dates in and between tables, and of numbers named least and most.

    The orders of a column that repeats another (``equalities``) follow from those of the other.
    """
    rules: list[Inequality] = []
    reasons: list[Reason] = []
    repeated = {(rule.table, rule.column) for rule in equalities}
    times = {table.name: _times(table, repeated, columns) for table in schema.tables}
    inner = {name: _within(name, values) for name, values in times.items()}
    for table in schema.tables:
        found = [*_reduced(inner[table.name], times), *_numbers(table, repeated, columns)]
        for order in found:
            rules.append(
                Inequality(
                    table=table.name, low=order.low[1], high=order.high[1], strict=order.strict
                )
            )
            because = f"so in all {order.rows:,} rows with both"
            decision = f"{'before' if order.strict else 'never above'} {order.high[1]}"
            reasons.append(Reason(f"{table.name}.{order.low[1]}", decision, because))
    for key in schema.foreign_keys:
        for order in _between(key, times, inner, columns):
            rules.append(_rule_between(key, order))
            because = f"so in all {order.rows:,} rows of {key.table} with both"
            names = {"child": key.table, "parent": key.parent}
            low, high = (f"{names[side]}.{name}" for side, name in (order.low, order.high))
            reasons.append(Reason(low, f"never above {high}", because))
    return Orders(tuple(rules), tuple(reasons))


def _times(table: Table, repeated: Set[tuple[str, str]], columns: Columns) -> dict[str, pa.Array]:
    """Return a table's dates and time stamps as time stamps, those that vary."""
    fit = [
        column.name
        for column in table.columns
        if column.storage.startswith(("date32", "timestamp"))
        and (table.name, column.name) not in repeated
    ][:_MOST_COLUMNS]
    if not fit:
        return {}
    data = columns.read(table.name, fit)
    found = {}
    for name in fit:
        values = data.column(name).combine_chunks()
        if values.null_count == len(values):
            continue
        extremes = pc.min_max(values)
        if extremes["min"] != extremes["max"]:
            found[name] = values
    return found


def _comparable(one: pa.Array, other: pa.Array) -> tuple[pa.Array, pa.Array] | None:
    """Bring two columns to one type; days and times compare from midnight on."""
    if one.type == other.type:
        return one, other
    zones = {getattr(kind, "tz", None) for kind in (one.type, other.type)}
    if len(zones) > 1:
        return None
    common = pa.timestamp("us", tz=zones.pop())
    return one.cast(common, safe=False), other.cast(common, safe=False)


def _holds(low: pa.Array, high: pa.Array) -> tuple[int, bool] | None:
    """Return on how many rows ``low <= high`` and whether strictly, or None if not on all."""
    both = _comparable(low, high)
    if both is None:
        return None
    held = pc.less_equal(*both)
    rows = len(held) - held.null_count
    if rows < _LEAST_ROWS or not pc.all(held).as_py():
        return None
    return rows, _is_strict(*both, rows)


def _is_strict(low: pa.Array, high: pa.Array, rows: int) -> bool:
    """Whether two days are never the same although they often follow each other."""
    if not pa.types.is_date(low.type) or rows < _STRICT_ROWS:
        return False
    days = pc.subtract(high.cast(pa.int32()), low.cast(pa.int32()))
    same = pc.sum(pc.equal(days, 0)).as_py()
    next_day = pc.sum(pc.equal(days, 1)).as_py()
    return bool(same == 0 and next_day >= _STRICT_SHARE * rows)


def _within(table: str, times: Mapping[str, pa.Array]) -> list[_Order]:
    found: list[_Order] = []
    for low in times:
        for high in times:
            if low == high or any(one.low[1] == high and one.high[1] == low for one in found):
                continue
            held = _holds(times[low], times[high])
            if held is not None:
                found.append(_Order((table, low), (table, high), *held))
    return found


def _reduced(
    orders: Sequence[_Order], times: Mapping[str, Mapping[str, pa.Array]]
) -> Iterator[_Order]:
    """Yield the orders that do not follow from two others over a column in between."""
    pairs = {(order.low, order.high) for order in orders}
    for order in orders:
        middles = {high for low, high in pairs if low == order.low} - {order.high}
        low, high = (times[side][name] for side, name in (order.low, order.high))
        implied = any(
            (middle, order.high) in pairs and _is_present(times[middle[0]][middle[1]], low, high)
            for middle in sorted(middles)
        )
        if not implied:
            yield order


def _is_present(middle: pa.Array, low: pa.Array, high: pa.Array) -> bool:
    """Whether a column has a value in every row in which two others have one."""
    both = pc.and_(pc.is_valid(low), pc.is_valid(high))
    return not pc.any(pc.and_(both, pc.is_null(middle))).as_py()


def _between(
    key: ForeignKey,
    times: Mapping[str, Mapping[str, pa.Array]],
    inner: Mapping[str, Sequence[_Order]],
    columns: Columns,
) -> Iterator[_Order]:
    """Yield the orders between the dates of a child and of the parent that it points at."""
    own, theirs = times[key.table], times[key.parent]
    if not own or not theirs:
        return
    places = parent_rows(key, columns)
    rows = pc.index_in(pa.array([None]), pa.array([0])) if places is None else places
    if (
        len(rows) - rows.null_count < _LEAST_ROWS
        or pc.count_distinct(rows).as_py() < _LEAST_PARENTS
    ):
        return
    sides: dict[str, Mapping[str, pa.Array]] = {
        "child": own,
        "parent": {name: values.take(rows) for name, values in theirs.items()},
    }
    orders = [
        _Order((side, one.low[1]), (side, one.high[1]), one.rows, one.strict)
        for side, table in (("child", key.table), ("parent", key.parent))
        for one in inner[table]
    ]
    across = []
    for name, values in own.items():
        for other, reached in sides["parent"].items():
            if (held := _holds(reached, values)) is not None:
                across.append(_Order(("parent", other), ("child", name), held[0], False))
            elif (held := _holds(values, reached)) is not None:
                across.append(_Order(("child", name), ("parent", other), held[0], False))
    for order in _reduced([*orders, *across], sides):
        if order.low[0] != order.high[0]:
            yield order


def _rule_between(key: ForeignKey, order: _Order) -> Inequality:
    return Inequality(
        table=key.table,
        low=order.low[1],
        high=order.high[1],
        parent=key.parent,
        parent_side="low" if order.low[0] == "parent" else "high",
        foreign_key=key.columns,
    )


def _numbers(table: Table, repeated: Set[tuple[str, str]], columns: Columns) -> Iterator[_Order]:
    """Yield the orders of numbers whose names differ by least and most only."""
    numeric = [
        column
        for column in table.columns
        if column.storage.startswith(("int", "uint", "double", "dec"))
        and column.sdtype != "id"
        and (table.name, column.name) not in repeated
    ]
    for low in numeric:
        for high in numeric:
            if low is high or low.storage != high.storage or not _least_and_most(low, high):
                continue
            data = columns.read(table.name, [low.name, high.name])
            held = _holds(data.column(0).combine_chunks(), data.column(1).combine_chunks())
            if held is not None:
                yield _Order((table.name, low.name), (table.name, high.name), held[0], False)


def _least_and_most(low: Column, high: Column) -> bool:
    own, other = words(low.name), words(high.name)
    for least, most in _LOW_HIGH:
        if least in own and tuple(most if one == least else one for one in own) == other:
            return True
    return False
