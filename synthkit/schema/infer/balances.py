"""Balances found in data: an account's goes on from booking to booking by the amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.balances import in_sequence, steps_of, strays
from synthkit.schema.graph import forest
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import ForeignKey, Schema, Table
from synthkit.schema.rules import Balance, Rule

__all__ = ["Balances", "find_balances"]

_EVIDENCE = 50
"""Rows that must go on from one before."""
_MOVES = 0.2
"""Share of them in which the balance must change."""
_HEAD = 3_000
"""Rows that are looked at before all are."""
_PROBE = 32
"""Rows with one before that are looked at before these."""
_MOST = 12
"""Columns of numbers up to which pairs of what is added and subtracted are tried."""
_UNIT = 1e-6
_RELATIVE = 1e-9

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Steps = tuple[str | None, str | None]
"""The column that is added, and the one that is subtracted."""


@dataclass(frozen=True)
class Balances:
    """The rules found, and why."""

    rules: tuple[Balance, ...]
    reasons: tuple[Reason, ...]


def find_balances(
    schema: Schema, known: tuple[Rule, ...], row_counts: Mapping[str, int], columns: Columns
) -> Balances:
    """Find columns that go on from row to row of the same owner, in all rows.

    Owners are the primary parents of tables, whose rows are sampled together. Columns of the rules
    that are ``known`` are left alone.
    """
    rules: list[Balance] = []
    reasons: list[Reason] = []
    ruled = {place for rule in known for place in rule.touches()}
    primary = forest(schema, row_counts).primary
    for table in schema.tables:
        key = primary[table.name]
        if key is None or row_counts[table.name] < _EVIDENCE + row_counts[key.parent]:
            continue
        for rule, seen in _of_table(schema, table, key, columns):
            if (table.name, rule.column) not in ruled:
                rules.append(rule)
                because = f"so in all {seen:,} rows with one before"
                reasons.append(Reason(f"{table.name}.{rule.column}", str(rule), because))
    return Balances(tuple(rules), tuple(reasons))


def _of_table(
    schema: Schema, table: Table, key: ForeignKey, columns: Columns
) -> Iterator[tuple[Balance, int]]:
    """Yield a rule for each balance of a table, with the rows that show it."""
    numeric = _numeric(schema, table)
    if len(numeric) < 2:
        return
    numbers = {name: _numbers(columns.read(table.name, [name]).column(0)) for name in numeric}
    whole = [name for name in numeric if not np.isnan(numbers[name]).any()]
    numbers = {name: np.nan_to_num(values) for name, values in numbers.items()}
    owners = _codes(columns.read(table.name, key.columns))
    times = [column.name for column in table.columns if column.storage.startswith(("date", "time"))]
    for order in (*times, None):
        places = None
        if order is not None:
            ranks = pc.rank(columns.read(table.name, [order]).column(0), tiebreaker="dense")
            places = np.asarray(ranks.to_numpy())
        rows = in_sequence(owners, places)
        for name in list(whole):
            found = _steps(numbers, name, rows)
            if found is not None:
                whole.remove(name)
                (adds, subtracts), seen, from_zero = found
                rule = Balance(
                    table=table.name,
                    column=name,
                    per=key.columns,
                    adds=adds,
                    subtracts=subtracts,
                    order=order,
                    from_zero=from_zero,
                )
                yield rule, seen


def _numeric(schema: Schema, table: Table) -> list[str]:
    """Return the columns of numbers that are no keys."""
    keys = {*(table.primary_key or ())}.union(*table.alternate_keys)
    keys |= {name for one in schema.foreign_keys_of(table.name) for name in one.columns}
    return [
        column.name
        for column in table.columns
        if column.storage.startswith(("int", "uint", "double", "dec")) and column.name not in keys
    ]


def _steps(
    numbers: Mapping[str, Numbers], name: str, rows: tuple[Rows, Mask]
) -> tuple[Steps, int, bool] | None:
    """Return what is added to a balance and subtracted, in how many rows, and if from zero."""
    others = [other for other, values in numbers.items() if other != name and values.any()]
    tried: list[Steps] = [(other, None) for other in others]
    tried += [(None, other) for other in others]
    if len(numbers) <= _MOST:
        tried += [(one, two) for one in others for two in others if one != two]
    balance = numbers[name]
    for adds, subtracts in _likely(numbers, balance, tried, *rows):
        added = None if adds is None else numbers[adds]
        taken = None if subtracts is None else numbers[subtracts]
        moves = steps_of(added, taken, len(balance))
        if seen := _evidence(balance, moves, *rows):
            from_zero = not strays(balance, moves, *rows, _UNIT, from_zero=True).any()
            return (adds, subtracts), seen, from_zero
    return None


def _likely(
    numbers: Mapping[str, Numbers],
    balance: Numbers,
    tried: list[Steps],
    sequence: Rows,
    first: Mask,
) -> Iterator[Steps]:
    """Yield the steps that a few rows agree with, of which there are hardly ever any."""
    later = np.flatnonzero(~first[:_HEAD])[:_PROBE]
    rows = sequence[later]
    moved = balance[rows] - balance[sequence[later - 1]]
    probed = {name: values[rows] for name, values in numbers.items()}
    for adds, subtracts in tried:
        added = None if adds is None else probed[adds]
        taken = None if subtracts is None else probed[subtracts]
        moves = steps_of(added, taken, len(rows))
        if _agree(moved, moves).all():
            yield adds, subtracts


def _agree(moved: Numbers, moves: Numbers) -> Mask:
    return np.asarray(np.abs(moved - moves) <= _UNIT + _RELATIVE * np.abs(moves), np.bool_)


def _evidence(balance: Numbers, moves: Numbers, sequence: Rows, first: Mask) -> int:
    """Return how many rows go on from one before; 0 unless all do, and enough."""
    head, later = sequence[:_HEAD], ~first[:_HEAD]
    moved = np.diff(balance[head], prepend=0.0)
    if (
        not _agree(moved, moves[head])[later].all()
        or strays(balance, moves, sequence, first, _UNIT).any()
    ):
        return 0
    changes = np.diff(balance[sequence], prepend=0.0)[~first] != 0
    return len(changes) if len(changes) >= _EVIDENCE and changes.mean() >= _MOVES else 0


def _numbers(values: pa.ChunkedArray) -> Numbers:
    plain = values.cast(pa.float64(), safe=False)
    return np.asarray(pc.fill_null(plain, np.nan).to_numpy(), np.float64)


def _codes(keys: pa.Table) -> npt.NDArray[np.int64]:
    """Number the combinations of key columns; rows with a null are alone, below zero."""
    whole = np.zeros(keys.num_rows, np.int64)
    present = np.ones(keys.num_rows, bool)
    for column in keys.columns:
        codes = column.combine_chunks().dictionary_encode().indices
        present &= np.asarray(pc.is_valid(codes).to_numpy(zero_copy_only=False))
        plain = np.asarray(pc.fill_null(codes, 0).to_numpy(), np.int64)
        whole = np.unique(whole * (int(plain.max(initial=0)) + 1) + plain, return_inverse=True)[1]
    return np.where(present, whole, -1)
