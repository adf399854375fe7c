"""Drawn columns as rows of a table: its order, its storages."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.schema import Column, Table
from synthkit.synthesizers.sampling.assembly import assembled

TABLE = Table(
    name="t",
    columns=(
        Column(name="day", storage="date32[day]"),
        Column(name="label"),
        Column(name="amount", storage="decimal128(9, 2)"),
    ),
)


def test_columns_come_in_order_and_storage_and_dictionaries_stay() -> None:
    labels = pa.array(["a", "b", "a"]).dictionary_encode()
    made = {
        "amount": pa.array([1, None, 3]).cast(pa.decimal128(21, 2)),
        "label": labels,
        "day": pa.array([0, 1, None], pa.int32()),
    }
    table = assembled(TABLE, made)
    assert table.column_names == ["day", "label", "amount"]
    assert table.schema.types == [pa.date32(), labels.type, pa.decimal128(9, 2)]
    assert table.column("amount").to_pylist()[1] is None


def test_a_column_that_was_not_drawn_is_an_error() -> None:
    with pytest.raises(KeyError):
        assembled(TABLE, {"day": pa.array([1], pa.int32()), "label": pa.array(["a"])})
