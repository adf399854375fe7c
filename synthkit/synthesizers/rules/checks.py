"""Which rows of a block break a rule, told from their columns and those of their parents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import ForeignKey, Inequality, Range, Schema, Table
from synthkit.schema.storage import arrow_type
from synthkit.schema.validate.columns import range_checks
from synthkit.schema.validate.violations import Violation
from synthkit.synthesizers.relational.coding.numbers import as_numbers
from synthkit.synthesizers.rules.book import Computed
from synthkit.synthesizers.rules.tuples import Matcher

__all__ = [
    "Check",
    "Columns",
    "OfParent",
    "ends_check",
    "inequality_check",
    "key_of",
    "range_check",
    "settled_check",
    "tuples_check",
]

Mask = npt.NDArray[np.bool_]
Columns = Mapping[str, pa.Array]
OfParent = Callable[[ForeignKey, str, Columns], pa.Array]
"""Gives a column of the parent of each row of the block that is checked."""


@dataclass(frozen=True)
class Check:
    """A rule of a table: its columns there, and which rows break it.

    ``is_hard`` is false for what is better kept, but no rule: that no value leaves the ends seen.
    """

    text: str
    columns: tuple[str, ...]
    broken: Callable[[Columns, OfParent], Mask]
    is_hard: bool = True
    at_bound: Callable[[Columns, OfParent, str], pa.Array | None] | None = None
    """For an order: the value of a column's other side that it may be moved to, row by row."""


def _mask(found: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), bool)


def plain(values: pa.Array, table: Table, name: str) -> pa.Array:
    """Return a column in its storage, not dictionary-encoded."""
    return values.cast(arrow_type(table.column(name).storage))


def key_of(schema: Schema, rule: Inequality) -> ForeignKey | None:
    """Return the foreign key that a rule goes along, if it is one of the schema's."""
    for key in schema.foreign_keys_of(rule.table):
        if (key.columns, key.parent) == (rule.foreign_key, rule.parent):
            return key
    return None


def inequality_check(schema: Schema, rule: Inequality) -> Check | None:
    """Return the check of an order; None if its columns cannot be compared."""
    (low_table, _), (high_table, _) = rule.touches()[:2]
    kinds = [
        arrow_type(schema.table(place).column(name).storage)
        for place, name in ((low_table, rule.low), (high_table, rule.high))
    ]
    compare = pc.greater_equal if rule.strict else pc.greater
    try:
        compare(*(pa.array([], kind) for kind in kinds))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return None
    table = schema.table(rule.table)
    key = None if rule.parent is None else key_of(schema, rule)
    if rule.parent is not None and key is None:
        return None

    def side(which: Literal["low", "high"], columns: Columns, of_parent: OfParent) -> pa.Array:
        name = rule.low if which == "low" else rule.high
        if key is not None and rule.parent_side == which:
            return plain(of_parent(key, name, columns), schema.table(key.parent), name)
        return plain(columns[name], table, name)

    def broken(columns: Columns, of_parent: OfParent) -> Mask:
        return _mask(compare(side("low", columns, of_parent), side("high", columns, of_parent)))

    def at_bound(columns: Columns, of_parent: OfParent, own: str) -> pa.Array | None:
        is_low = own == rule.low and not (key is not None and rule.parent_side == "low")
        bound = side("high" if is_low else "low", columns, of_parent)
        if kinds[0] != kinds[1]:
            return None
        return _beyond(bound, -1 if is_low else 1) if rule.strict else bound

    own = [
        name for place, name in rule.touches()[:2] if rule.parent is None or place != rule.parent
    ]
    if key is not None:
        own = [rule.high if rule.parent_side == "low" else rule.low]
    return Check(str(rule), tuple(own), broken, at_bound=at_bound)


def _beyond(bound: pa.Array, direction: int) -> pa.Array | None:
    """Return the values next to others: one more or less, a day or a second."""
    kind = bound.type
    if pa.types.is_integer(kind) or pa.types.is_date32(kind):
        step, whole = 1, pa.int32() if pa.types.is_date32(kind) else kind
    elif pa.types.is_timestamp(kind) and kind.unit == "us":
        step, whole = 1_000_000, pa.int64()
    else:
        return None
    return pc.add(bound.cast(whole), pa.scalar(direction * step, whole)).cast(kind)


def range_check(table: Table, rule: Range) -> Check | None:
    """Return the check of a range; None if its bounds cannot be compared with the column."""
    found = list(range_checks(table, rule))
    if any(isinstance(one, Violation) for one in found):
        return None

    def broken(columns: Columns, _: OfParent) -> Mask:
        values = plain(columns[rule.column], table, rule.column)
        bad = np.zeros(len(values), bool)
        for one in found:
            if not isinstance(one, Violation):
                bad |= one.bad(values)
        return bad

    return Check(str(rule), (rule.column,), broken)


def ends_check(table: Table, computed: Computed, operands: tuple[str, ...]) -> Check:
    """Return the check that what is computed lies between the ends of what was seen."""

    def broken(columns: Columns, _: OfParent) -> Mask:
        values = plain(columns[computed.column], table, computed.column)
        numbers = as_numbers(pa.chunked_array([values]))
        with np.errstate(invalid="ignore"):
            outside: Mask = (numbers < computed.least) | (numbers > computed.most)
        return outside

    columns = (computed.column, *operands)
    return Check(f"the ends of {computed.column}", columns, broken, is_hard=False)


def tuples_check(matcher: Matcher) -> Check:
    """Return the check that rows have tuples that are kept."""

    def broken(columns: Columns, _: OfParent) -> Mask:
        found: Mask = matcher.find(columns) < 0
        return found

    known = matcher.known
    return Check(f"{known.table}: ({', '.join(known.columns)})", known.columns, broken)


def settled_check(matcher: Matcher, table: Table) -> Check:
    """Return the check that the last column is what the others make it."""
    last = matcher.known.columns[-1]

    def broken(columns: Columns, _: OfParent) -> Mask:
        due, values = matcher.settled(columns), plain(columns[last], table, last)
        both_null = pc.and_(pc.is_null(due), pc.is_null(values))
        return ~_mask(pc.or_(pc.fill_null(pc.equal(due, values), False), both_null))

    known = matcher.known
    text = f"{known.table}: {', '.join(known.columns[:-1])} determines {last}"
    return Check(text, known.columns, broken)
