"""Balances that go on from row to row are found in data, and validated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset
from synthkit.schema import Balance, Column, ForeignKey, Schema, Table
from synthkit.schema.infer.balances import find_balances
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate


def ledger(*, start: float = 0.0, split: bool = False, slip: bool = False) -> Dataset:
    """Return 40 accounts with 3 to 12 bookings each, which come in no order.

    ``split`` keeps credits and debits apart, with gaps; ``slip`` spoils one balance.
    """
    rng = np.random.default_rng(4)
    account = np.repeat(np.arange(1, 41), rng.integers(3, 13, 40))
    amount = np.round(rng.normal(0, 80, len(account)), 2)
    opened = np.repeat(np.where(np.arange(40) < 20, start, 2 * start), np.bincount(account)[1:])
    balance = np.empty(len(account))
    for one in range(1, 41):
        balance[account == one] = np.round(np.cumsum(amount[account == one]), 2)
    balance = np.round(balance + opened, 2)
    balance[-1] += 5.0 if slip else 0.0
    day = np.arange(len(account)).astype("datetime64[D]")
    columns = {"account_id": pa.array(account), "day": pa.array(day), "balance": pa.array(balance)}
    if split:
        columns["credit"] = pa.array(np.maximum(amount, 0), mask=amount <= 0)
        columns["debit"] = pa.array(np.maximum(-amount, 0), mask=amount >= 0)
    else:
        columns["amount"] = pa.array(amount)
    bookings = pa.table(columns).take(pa.array(rng.permutation(len(account))))
    accounts = pa.table({"account_id": pa.array(np.arange(1, 41))})
    tables = {"accounts": accounts, "bookings": bookings}
    key = ForeignKey(
        table="bookings", columns=("account_id",), parent="accounts", parent_columns=("account_id",)
    )
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema),
                primary_key=("account_id",) if name == "accounts" else None,
            )
            for name, data in tables.items()
        ),
        foreign_keys=(key,),
    )
    return Dataset.in_memory(schema, tables)


def found(data: Dataset) -> list[str]:
    rules = find_balances(data.schema, (), data.row_counts, Columns(data.arrow)).rules
    kept = data.schema.model_copy(update={"rules": rules})
    assert not [one for one in validate(kept, data.chunks).violations if one.kind == "balance"]
    return [str(rule) for rule in rules]


@pytest.mark.parametrize(
    ("start", "split", "slip", "expected"),
    [
        (0.0, False, False, " + amount per account_id, by day, from zero"),
        (9.5, False, False, " + amount per account_id, by day"),
        (9.5, True, False, " + credit - debit per account_id, by day"),
        (0.0, False, True, None),
    ],
)
def test_balances_are_found(start: float, split: bool, slip: bool, expected: str | None) -> None:
    whole = f"bookings: balance = previous balance{expected}"
    assert found(ledger(start=start, split=split, slip=slip)) == ([whole] if expected else [])


def test_a_balance_that_slips_is_a_violation() -> None:
    rule = Balance(
        table="bookings", column="balance", per=("account_id",), adds="amount", order="day"
    )
    for slip in (False, True):
        data = ledger(slip=slip)
        ruled = data.schema.model_copy(update={"rules": (rule,)})
        broken = [one.count for one in validate(ruled, data.chunks).violations]
        assert broken == ([1] if slip else [])


def test_a_balance_needs_something_to_add() -> None:
    with pytest.raises(ValueError, match="adds something"):
        Balance(table="bookings", column="balance", per=("account_id",))
