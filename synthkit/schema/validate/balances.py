"""Checks that balances go on from row to row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.balances import in_sequence, steps_of, strays
from synthkit.schema.rules import Balance
from synthkit.schema.validate.keys import shared_codes
from synthkit.schema.validate.violations import Tally, Violation

__all__ = ["balance_result"]

_UNIT = 1e-6
"""What balances of doubles may differ by and count as equal, as sums of fractions do."""
Columns = dict[tuple[str, str], pa.ChunkedArray]


def balance_result(rule: Balance, columns: Columns) -> Tally | Violation:
    """Count the rows that do not go on from the row before, or say what is amiss."""
    tally = Tally("balance", rule.table, str(rule), "does not go on from the row before")
    numbers = {}
    for name in (rule.column, rule.adds, rule.subtracts):
        if name is None:
            continue
        values = columns[rule.table, name]
        kind = values.type
        if not (
            pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        ):
            message = f"{name} holds {kind}, which is no number"
            hint = "A balance is made of whole numbers, doubles and decimals."
            return Violation("schema", rule.table, str(rule), message, 0, hint=hint)
        plain = values.cast(pa.float64(), safe=False)
        numbers[name] = np.asarray(pc.fill_null(plain, np.nan).to_numpy(), np.float64)
    (owners,), _ = shared_codes([columns[rule.table, name] for name in rule.per])
    order = None
    if rule.order is not None:
        ranks = pc.rank(columns[rule.table, rule.order], tiebreaker="dense")
        order = np.asarray(ranks.to_numpy())
    balance = numbers[rule.column]
    steps = steps_of(numbers.get(rule.adds or ""), numbers.get(rule.subtracts or ""), len(balance))
    sequence, first = in_sequence(owners, order)
    tally.add(strays(balance, steps, sequence, first, _UNIT, from_zero=rule.from_zero))
    return tally
