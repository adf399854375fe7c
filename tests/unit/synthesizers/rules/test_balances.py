"""Balances are carried on in samples, block by block, at any chunk size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.errors import UnsupportedError
from synthkit.schema import Balance, Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

RULE = Balance(table="moves", column="stock", per=("item",), subtracts="sold", order="day")


def stocks(rules: tuple[Balance, ...]) -> Dataset:
    """Return 80 items whose stock falls by what is sold, ten days each."""
    rng = np.random.default_rng(2)
    item = np.repeat(np.arange(80), 10)
    sold = rng.integers(0, 9, 800)
    left = np.concatenate([500 - np.cumsum(each) + each[0] for each in sold.reshape(80, 10)])
    day = np.tile(np.arange(10), 80).astype("datetime64[D]") + np.repeat(
        rng.integers(0, 90, 80), 10
    )
    tables = {
        "items": pa.table({"item": pa.array(np.arange(80))}),
        "moves": pa.table({"item": item, "day": day, "sold": sold, "stock": left}),
    }
    key = ForeignKey(table="moves", columns=("item",), parent="items", parent_columns=("item",))
    described = tuple(
        Table(
            name=name,
            columns=tuple(
                Column(name=f.name, storage=storage_of(f.type), nullable=False) for f in data.schema
            ),
            primary_key=("item",) if name == "items" else None,
        )
        for name, data in tables.items()
    )
    return Dataset.in_memory(Schema(tables=described, foreign_keys=(key,), rules=rules), tables)


def sampled(data: Dataset, values: Any) -> Dataset:
    model = RelationalSynthesizer(RelationalSettings()).fit(data, Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(main=200)), Streams(4), values)
    pieces: dict[str, list[pa.Table]] = {"items": [], "moves": []}
    for chunk in model.sample(request):
        pieces[chunk.table].append(chunk.data)
    tables = {name: pa.concat_tables(found) for name, found in pieces.items()}
    schema = data.schema.model_copy(update={"rules": (RULE,)})
    return Dataset.in_memory(schema, tables)


def test_stocks_fall_by_what_is_sold(values: Any) -> None:
    made = sampled(stocks((RULE,)), values)
    assert not validate(made.schema, made.chunks).violations
    first = made.arrow("moves").group_by("item").aggregate([("stock", "max")])
    assert 400 < np.median(first.column("stock_max").to_numpy()) <= 500
    twin = sampled(stocks(()), values)
    assert [one.kind for one in validate(twin.schema, twin.chunks).violations] == ["balance"]


def test_rows_that_are_not_sampled_together_have_no_balance(values: Any) -> None:
    rule = RULE.model_copy(update={"per": ("day",), "order": None})
    with pytest.raises(UnsupportedError, match="not sampled together"):
        sampled(stocks((rule,)), values)
