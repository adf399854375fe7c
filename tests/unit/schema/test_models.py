"""Pydantic models of tables take the rows that are generated, and refuse others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

import synthkit
from synthkit.schema import Column, Range, Schema, Table
from synthkit.schema.models import models


def test_generated_rows_are_rows_of_the_models() -> None:
    data = synthkit.generate("crm", rows={"customers": 50}, seed=3)
    made = synthkit.models(data.schema)
    assert list(made) == data.schema.table_names
    assert made["purchase_items"].__name__ == "PurchaseItems"
    for name, model in made.items():
        for chunk in data.chunks(name, None):
            rows = [model.model_validate(row) for row in chunk.to_pylist()]
            assert [row.model_dump(by_alias=True) for row in rows] == chunk.to_pylist()


def test_nulls_ranges_types_and_odd_names_are_kept() -> None:
    columns = (
        Column(name="id", storage="int64", nullable=False),
        Column(name="unit price", storage="decimal128(18, 2)"),
        Column(name="class"),
        Column(name="copy"),
    )
    schema = Schema(
        tables=(Table(name="order-items", columns=columns, primary_key=("id",)),),
        rules=(Range(table="order-items", column="unit price", low=1),),
    )
    model = models(schema)["order-items"]
    row = model.model_validate({"id": 1, "unit price": Decimal("2.50"), "class": "a", "copy": "b"})
    assert row.model_dump(by_alias=True)["class"] == "a"
    assert model.model_validate({"id": 1}).model_dump(by_alias=True)["unit price"] is None
    for wrong in ({"id": None}, {"id": 1, "unit price": Decimal("0.50")}, {"id": 1, "more": 1}):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)
