"""Balances of samples: carried on from row to row, once all that they add up is drawn."""

from __future__ import annotations

from collections.abc import MutableMapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import UnsupportedError
from synthkit.schema import Balance, Schema
from synthkit.schema.balances import carried, in_sequence, steps_of
from synthkit.schema.graph import Forest
from synthkit.synthesizers.relational.coding.numbers import as_numbers
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["carry", "check_balances"]

_DECIMALS = 6
"""To which balances of doubles are rounded, so that sums have no more decimals than amounts."""


def check_balances(schema: Schema, wood: Forest) -> None:
    """Raise `UnsupportedError` for a balance of rows that are not sampled together."""
    for rule in schema.rules:
        if isinstance(rule, Balance):
            primary = wood.primary[rule.table]
            if primary is None or primary.columns != rule.per:
                raise UnsupportedError(
                    f"The rule {rule} is about rows that are not sampled together.",
                    hint="Let `per` be the columns of the foreign key that the rows hang under, "
                    "or remove the rule from schema.yaml.",
                )


def carry(schema: Schema, wood: Forest, rows: Rows, made: MutableMapping[str, pa.Array]) -> None:
    """Let the balances of some rows go on from the first of each owner."""
    for rule in schema.rules:
        if not isinstance(rule, Balance) or rule.table != rows.table or not rows.count:
            continue
        primary = wood.primary[rows.table]
        if primary is None:
            continue
        order = None
        if rule.order is not None:
            order = np.asarray(pc.rank(made[rule.order], tiebreaker="dense").to_numpy())
        adds, subtracts = (
            None if name is None else as_numbers(_chunked(made[name]))
            for name in (rule.adds, rule.subtracts)
        )
        own = made[rule.column]
        balance = carried(
            None if rule.from_zero else as_numbers(_chunked(own)),
            steps_of(adds, subtracts, rows.count),
            *in_sequence(rows.parents[primary], order),
        )
        rounded = np.round(balance, _DECIMALS) + 0.0
        made[rule.column] = pa.array(rounded).cast(own.type, safe=False)


def _chunked(values: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([values])
