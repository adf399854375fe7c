"""Checks of rules that need more than one column."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.formulas import deviates
from synthkit.schema.model import Schema
from synthkit.schema.rules import Dependency, Equality, Formula, Inequality, UniqueTogether
from synthkit.schema.storage import scale_of
from synthkit.schema.validate.keys import Codes, repeats, rows_of, shared_codes
from synthkit.schema.validate.violations import Mask, Tally, Violation

__all__ = [
    "dependency_tally",
    "equality_result",
    "formula_result",
    "inequality_result",
    "unique_tally",
]

_NO_KEY = (
    "there is no foreign key that leads from the rule's table to its parent",
    "`foreign_key` names the columns of one of the schema's foreign keys.",
)
Columns = dict[tuple[str, str], pa.ChunkedArray]
"""Whole columns by table and name."""


def dependency_tally(rule: Dependency, columns: Columns) -> Tally:
    """Count the rows that differ from the most common dependent of their determinant.

    It is the least number of rows whose change would make the rule hold (g3 of Kivinen and
    Mannila, 1995). Null is a value here, as the rule says. Of dependents that are equally common,
    the one that comes first counts.
    """
    tally = Tally("dependency", rule.table, str(rule), "differs from other rows that are like it")
    own = [columns[rule.table, name] for name in rule.determinant]
    dependent = columns[rule.table, rule.dependent]
    (groups,), group_count = shared_codes(own, null_is_value=True)
    (pairs,), pair_count = shared_codes([*own, dependent], null_is_value=True)
    sizes = np.bincount(pairs, minlength=pair_count)
    group_of = np.zeros(pair_count, np.int64)
    group_of[pairs] = groups
    order = np.lexsort((np.arange(pair_count), -sizes, group_of))
    common = rows_of(group_of[order], group_count)
    best = np.where(common >= 0, order[common], -1)
    tally.add(best[groups] != pairs)
    return tally


def inequality_result(rule: Inequality, schema: Schema, columns: Columns) -> Tally | Violation:
    """Count the rows that have low > high (>= if the rule is strict), or say what is amiss."""
    text = f"{rule.low} is {'not before' if rule.strict else 'after'} {rule.high}"
    tally = Tally("inequality", rule.table, str(rule), text)
    (low_table, low), (high_table, high) = rule.touches()[:2]
    sides = {"low": columns[low_table, low], "high": columns[high_table, high]}
    if rule.parent is not None:
        parents = _parent_rows(rule, schema, columns)
        if parents is None:
            return _fault(rule, *_NO_KEY)
        rows = pa.array(parents, mask=parents < 0)
        sides[rule.parent_side] = sides[rule.parent_side].take(rows)
    try:
        tally.add(_breaks(sides["low"], sides["high"], rule.strict))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        kinds = f"{sides['low'].type} and {sides['high'].type}"
        return _fault(
            rule,
            f"{kinds} cannot be compared",
            "Both columns need storages of one kind: numbers, or dates.",
        )
    return tally


def equality_result(rule: Equality, schema: Schema, columns: Columns) -> Tally | Violation:
    """Count the rows whose value is not that of the other column, or say what is amiss."""
    tally = Tally("equality", rule.table, str(rule), f"differs from {rule.equals}")
    own = columns[rule.table, rule.column]
    source = columns[rule.parent or rule.table, rule.equals]
    free: Mask | bool = False
    if rule.parent is not None:
        parents = _parent_rows(rule, schema, columns)
        if parents is None:
            return _fault(rule, *_NO_KEY)
        free = parents < 0
        source = source.take(pa.array(parents, mask=free))
    try:
        same = pc.equal(own, source)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return _fault(
            rule,
            f"{own.type} and {source.type} cannot be compared",
            "Both columns need the same storage.",
        )
    both_null = pc.and_(pc.is_null(own), pc.is_null(source))
    equal = pc.or_(pc.fill_null(same, False), both_null).to_numpy()
    tally.add(~equal & ~np.asarray(free))
    return tally


def unique_tally(rule: UniqueTogether, columns: Columns) -> Tally:
    """Count the rows whose values an earlier row has; nulls are never the same."""
    tally = Tally("unique", rule.table, str(rule), "has the values of an earlier row")
    (codes,), count = shared_codes([columns[place] for place in rule.touches()])
    tally.add(repeats(codes, count))
    return tally


def formula_result(rule: Formula, columns: Columns) -> Tally | Violation:
    """Count the rows that do not have what the formula gives, or say what is amiss."""
    tally = Tally("formula", rule.table, str(rule), f"{rule.column} is not what the formula gives")
    numbers = {}
    for name in (rule.column, *rule.operands):
        values = columns[rule.table, name]
        kind = values.type
        if not (
            pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        ):
            hint = "A formula computes with columns of whole numbers, doubles and decimals."
            return _fault(rule, f"{name} holds {kind}, which is no number", hint)
        plain = values.cast(pa.float64(), safe=False)
        numbers[name] = np.asarray(pc.fill_null(plain, np.nan).to_numpy(), np.float64)
    target = columns[rule.table, rule.column].type
    decimals = scale_of(target) if rule.decimals is None else rule.decimals
    tally.add(deviates(rule.expression, numbers, numbers[rule.column], decimals))
    return tally


def _breaks(low: pa.ChunkedArray, high: pa.ChunkedArray, strict: bool) -> Mask:
    compared = pc.greater_equal(low, high) if strict else pc.greater(low, high)
    broken: Mask = compared.fill_null(False).to_numpy()
    return broken


def _parent_rows(rule: Inequality | Equality, schema: Schema, columns: Columns) -> Codes | None:
    """Return each row's parent row, -1 where there is none."""
    for key in schema.foreign_keys_of(rule.table):
        if key.columns == rule.foreign_key and key.parent == rule.parent:
            own = [columns[key.table, name] for name in key.columns]
            other = [columns[key.parent, name] for name in key.parent_columns]
            (codes, known), count = shared_codes(own, other)
            rows: Codes = np.where(codes >= 0, rows_of(known, count)[codes], -1)
            return rows
    return None


def _fault(rule: Inequality | Equality | Formula, message: str, hint: str) -> Violation:
    return Violation("schema", rule.table, str(rule), message, 0, hint=hint)
