"""Columns that repeat others hold what those hold, whatever synthesizer drew them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.errors import UnsupportedError
from synthkit.schema import Column, Equality, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate
from synthkit.synthesizers.independent import IndependentSynthesizer
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.sampling.repeats import check_repeats, repeated_columns
from synthkit.synthesizers.settings import IndependentSettings, RelationalSettings

PARTS: dict[str, Any] = {
    "independent": lambda: IndependentSynthesizer(IndependentSettings()),
    "relational": lambda: RelationalSynthesizer(RelationalSettings()),
}


def shop(*rules: Equality, parentless: float = 0.0) -> Dataset:
    """Return products, customers, and orders that repeat a city, a price, and an own column."""
    rng = np.random.default_rng(2)
    city = rng.choice(["Ulm", "Bonn", "Rom", None], 50)
    price = rng.integers(1, 900, 30)
    customer, product = np.sort(rng.integers(0, 50, 300)), rng.integers(0, 30, 300)
    gone = rng.random(300) < parentless
    data = {
        "products": {"id": pa.array(np.arange(30)), "price": pa.array(price)},
        "customers": {"id": pa.array(np.arange(50)), "city": pa.array(city)},
        "orders": {
            "id": pa.array(np.arange(300)),
            "customer": pa.array(customer, mask=gone),
            "product": pa.array(product),
            "ship_city": pa.array(np.where(gone, "Wien", city[customer])),
            "bill_city": pa.array(np.where(gone, "Wien", city[customer])),
            "price": pa.array(price[product]),
        },
    }
    tables = {name: pa.table(columns) for name, columns in data.items()}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(Column(name=f.name, storage=storage_of(f.type)) for f in rows.schema),
                primary_key=("id",),
            )
            for name, rows in tables.items()
        ),
        foreign_keys=(
            ForeignKey(
                table="orders", columns=("customer",), parent="customers", parent_columns=("id",)
            ),
            ForeignKey(
                table="orders", columns=("product",), parent="products", parent_columns=("id",)
            ),
        ),
        rules=rules,
    )
    return Dataset.in_memory(schema, tables)


CITY = Equality(
    table="orders", column="ship_city", equals="city", parent="customers", foreign_key=("customer",)
)
PRICE = Equality(
    table="orders", column="price", equals="price", parent="products", foreign_key=("product",)
)
OWN = Equality(table="orders", column="bill_city", equals="ship_city")


def sampled(data: Dataset, part: Any, values: Any, scale: float = 2.0) -> Dataset:
    part.check(data.schema)
    model = part.fit(data, Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(scale=scale)), Streams(7), values)
    pieces: dict[str, list[pa.Table]] = {}
    for chunk in model.sample(request):
        kinds = data.arrow(chunk.table).schema
        pieces.setdefault(chunk.table, []).append(chunk.data.cast(kinds))
    return Dataset.in_memory(
        data.schema, {name: pa.concat_tables(found) for name, found in pieces.items()}
    )


@pytest.mark.parametrize("name", list(PARTS))
def test_repeated_columns_hold_in_every_row(name: str, values: Any) -> None:
    data = shop(CITY, PRICE, OWN)
    made = sampled(data, PARTS[name](), values)
    assert not validate(made.schema, made.chunks).violations
    assert made.arrow("orders").column("ship_city").null_count
    plain = sampled(shop(), PARTS[name](), values)
    broken = validate(data.schema, plain.chunks).violations
    assert {found.kind for found in broken} == {"equality"}


@pytest.mark.parametrize("name", list(PARTS))
def test_rows_without_a_parent_keep_values_of_their_own(name: str, values: Any) -> None:
    data = shop(CITY, OWN, parentless=0.3)
    assert repeated_columns(data) == {("orders", "bill_city")}
    made = sampled(data, PARTS[name](), values)
    assert not validate(made.schema, made.chunks).violations
    rows = made["orders"]
    assert (rows.ship_city[rows.customer.isna()] == "Wien").all() or name == "independent"
    assert rows.customer.isna().any()


def test_what_breaks_its_rule_is_learned_and_holds_in_the_sample(values: Any) -> None:
    data = shop(CITY)
    rows = data.arrow("orders")
    cities = ["Oslo", *rows.column("ship_city").to_pylist()[1:]]
    rows = rows.set_column(3, "ship_city", pa.array(cities))
    broken = Dataset.in_memory(
        data.schema, {**{t: data.arrow(t) for t in ("products", "customers")}, "orders": rows}
    )
    assert repeated_columns(broken) == set()
    made = sampled(broken, PARTS["relational"](), values)
    assert not validate(made.schema, made.chunks).violations


def test_a_circle_is_broken_where_it_begins(values: Any) -> None:
    back = Equality(table="orders", column="ship_city", equals="bill_city")
    data = shop(back, OWN)
    assert repeated_columns(data) == {("orders", "bill_city")}
    made = sampled(data, PARTS["relational"](), values)
    assert not validate(made.schema, made.chunks).violations


def test_a_reference_to_the_own_table_is_refused() -> None:
    staff = Table(
        name="staff",
        columns=tuple(Column(name=name, storage="int64") for name in ("id", "boss", "site")),
        primary_key=("id",),
    )
    schema = Schema(
        tables=(staff,),
        foreign_keys=(
            ForeignKey(table="staff", columns=("boss",), parent="staff", parent_columns=("id",)),
        ),
        rules=(
            Equality(
                table="staff", column="site", equals="site", parent="staff", foreign_key=("boss",)
            ),
        ),
    )
    with pytest.raises(UnsupportedError, match="to itself"):
        check_repeats(schema)
