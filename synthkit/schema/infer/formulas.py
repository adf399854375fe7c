"""Formulas that all rows keep: sums, products and ratios of two or three numbers of the row.

A few telling rows rule out nearly all ways, some thousand rows the others; what is left is tried
on all rows, and has to be more than an accident.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.formulas import Expression, deviates, evaluate, names, written
from synthkit.schema.infer.candidates import candidates, telling_rows
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.rules import Dependency, Equality, Formula, Rule
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["Formulas", "find_formulas"]

Numbers = npt.NDArray[np.float64]

_MOST_COLUMNS = 24
"""Numeric columns of a table that are compared, the first ones: 24 make 48,576 ways of three."""
_LEAST_ROWS = 30
_LEAST_MATTER = 10
"""Rows in which an operand has to make a difference."""
_NO_ACCIDENT = 12.0
"""Digits of the chance that it is none: some 100,000 ways are tried in each table."""
_SAMPLE = 20_000
_MOST_DECIMALS = 6


@dataclass(frozen=True)
class Formulas:
    """Rules found, and a reason for each."""

    rules: tuple[Formula, ...]
    reasons: tuple[Reason, ...]


@dataclass
class _Search:
    """What is known while the formulas of a table are looked for; ``sample`` are some rows."""

    table: Table
    columns: Columns
    barred: Collection[str]
    sample: dict[str, Numbers] = field(default_factory=dict)
    made: dict[str, Expression] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def decimals(self, name: str) -> int | None:
        """Return how many decimals the values of a column have."""
        scale = scale_of(arrow_type(self.table.column(name).storage))
        return _decimals(self.sample[name]) if scale is None else scale

    def closes(self, target: str, expression: Expression) -> bool:
        """Whether a column would be computed from itself over others."""
        waiting = list(names(expression))
        while waiting:
            name = waiting.pop()
            if name == target:
                return True
            waiting += names(self.made[name]) if name in self.made else ()
        return False


def find_formulas(schema: Schema, rules: Sequence[Rule], columns: Columns) -> Formulas:
    """Return formulas that hold in all rows; ``rules`` are those that were found before.

    Keys and what other rules settle are not computed.
    """
    found: list[Formula] = []
    reasons: list[Reason] = []
    for table in schema.tables:
        own = [rule for rule in rules if rule.table == table.name]
        barred = {rule.dependent for rule in own if isinstance(rule, Dependency)}
        search = _Search(table, columns, barred)
        _read_sample(search, _fitting(table, schema, own))
        if len(search.sample) > 2:
            _look(search)
        for target in (name for name in table.column_names if name in search.made):
            storage = arrow_type(table.column(target).storage)
            decimals = search.decimals(target) if scale_of(storage) is None else None
            text = written(target, search.made[target])
            found.append(Formula(table=table.name, formula=text, decimals=decimals))
            because = f"so in all {search.rows[target]:,} rows where nothing of it is missing"
            reasons.append(Reason(f"{table.name}.{target}", f"computed, {text}", because))
    return Formulas(tuple(found), tuple(reasons))


def _fitting(table: Table, schema: Schema, rules: Sequence[Rule]) -> list[Column]:
    """Return the numbers of a table that are no keys, no personal data and repeat no other."""
    apart = {*(table.primary_key or ()), *(name for key in table.alternate_keys for name in key)}
    for key in schema.foreign_keys:
        if key.table == table.name:
            apart |= set(key.columns)
        if key.parent == table.name:
            apart |= set(key.parent_columns)
    apart |= {rule.column for rule in rules if isinstance(rule, Equality)}
    return [
        column
        for column in table.columns
        if column.storage.startswith(("int", "uint", "double", "dec"))
        and column.sdtype != "id"
        and not column.pii
        and column.name not in apart
    ][:_MOST_COLUMNS]


def _read_sample(search: _Search, fitting: Sequence[Column]) -> None:
    """Read some rows of the columns that vary."""
    for column in fitting if len(fitting) > 2 else ():
        data = search.columns.read(search.table.name, [column.name]).column(0)
        step = -(-len(data) // _SAMPLE) or 1
        values = _as_numbers(data.take(pa.array(np.arange(0, len(data), step))))
        present = values[~np.isnan(values)]
        if len(present) < _LEAST_ROWS or not np.ptp(present):
            continue
        if not any(np.array_equal(values, one, equal_nan=True) for one in search.sample.values()):
            search.sample[column.name] = values


def _as_numbers(values: pa.ChunkedArray) -> Numbers:
    plain = pc.fill_null(values.cast(pa.float64(), safe=False), np.nan)
    numbers = np.asarray(plain.to_numpy(), np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _decimals(values: Numbers) -> int | None:
    """Return how many decimals doubles have, or None if more than a few."""
    distinct = np.unique(values[~np.isnan(values)])
    for decimals in range(_MOST_DECIMALS + 1):
        if np.allclose(distinct, np.round(distinct, decimals), rtol=1e-13, atol=1e-12):
            return decimals
    return None


def _look(search: _Search) -> None:
    """Keep the formulas that hold, those of two operands first."""
    order = list(search.sample)
    matrix = np.array(list(search.sample.values()))
    decimals = {name: search.decimals(name) for name in order}
    slack = np.array([0.0 if d is None else 0.5 * 10.0**-d for d in decimals.values()])
    for relation in candidates(order, telling_rows(matrix), slack):
        for target, expression in relation.solved():
            if target in search.made or target in search.barred:
                continue
            if search.closes(target, expression):
                continue
            if _holds(search.sample, target, expression, decimals[target]):
                everywhere = _whole(search, [target, *names(expression)])
                if _holds(everywhere, target, expression, decimals[target]):
                    search.made[target] = expression
                    known = evaluate(expression, everywhere, len(everywhere[target]))
                    search.rows[target] = int((~np.isnan(known + everywhere[target])).sum())
                break


def _whole(search: _Search, wanted: Sequence[str]) -> dict[str, Numbers]:
    data = search.columns.read(search.table.name, wanted)
    return {name: _as_numbers(data.column(name)) for name in wanted}


def _holds(
    numbers: Mapping[str, Numbers], target: str, expression: Expression, decimals: int | None
) -> bool:
    """Whether a formula holds in all rows, and in so many different ones that it is no chance."""
    values = numbers[target]
    if deviates(expression, numbers, values, decimals).any():
        return False
    made = evaluate(expression, numbers, len(values))
    present = np.flatnonzero(~np.isnan(made) & ~np.isnan(values))[:_SAMPLE]
    if len(present) < _LEAST_ROWS:
        return False
    part = {name: numbers[name][present] for name in (target, *names(expression))}
    distinct = len(np.unique(np.array(list(part.values())), axis=1).T)
    if distinct < _LEAST_ROWS or not _all_matter(part, target, expression, decimals):
        return False
    alike = max(
        float((~deviates(expression, part, np.roll(part[target], shift), decimals)).mean())
        for shift in (len(present) // 2, len(present) // 3, 1)
    )
    return distinct * -math.log10(max(alike, 1 / len(present))) > _NO_ACCIDENT


def _all_matter(
    numbers: Mapping[str, Numbers], target: str, expression: Expression, decimals: int | None
) -> bool:
    """Whether no operand could as well be left out: be it 0 or 1 in nearly every row."""
    values = numbers[target]
    for name in names(expression):
        for neutral in (0.0, 1.0):
            without = {**numbers, name: np.full(len(values), neutral)}
            wrong = deviates(expression, without, values, decimals)
            wrong |= np.isnan(evaluate(expression, without, len(values)))
            if int(wrong.sum()) < _LEAST_MATTER:
                return False
    return True
