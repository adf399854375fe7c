"""What rows may be depends on the other parents that there are, in the small sample, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from synthkit.contracts import Dataset, Silent, Streams
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.model import Model
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings


def _items() -> Dataset:
    """Return baskets with items that cost what their product does, or a tenth less."""
    rng = np.random.default_rng(2)
    price = np.where(np.arange(40) < 8, 900.0, 10.0) + np.arange(40)
    product = rng.integers(0, 40, 4_000)
    tables = {
        "baskets": pa.table({"id": np.arange(1_000), "till": rng.choice(["a", "b"], 1_000)}),
        "products": pa.table({"id": np.arange(40), "price": price}),
        "items": pa.table(
            {
                "id": np.arange(4_000),
                "basket": np.sort(rng.integers(0, 1_000, 4_000)),
                "product": product,
                "price": np.round(price[product] * rng.choice([1.0, 0.9], 4_000), 2),
            }
        ),
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=f.name, storage=storage_of(f.type), nullable=False)
                    for f in data.schema
                ),
                primary_key=("id",),
            )
            for name, data in tables.items()
        ),
        foreign_keys=tuple(
            ForeignKey(table="items", columns=(name,), parent=f"{name}s", parent_columns=("id",))
            for name in ("basket", "product")
        ),
    )
    return Dataset.in_memory(schema, tables)


def test_items_that_few_products_can_be_are_found(values: Any) -> None:
    fitted = RelationalSynthesizer(RelationalSettings()).fit(_items(), Streams(1), Silent(), values)
    model = Model("relational", fitted, {"synthesizer": "relational"}, values)
    made = model.sample(seed=1, where=["items.price>500"]).load().arrow("items")
    assert made.num_rows == 4_000
    assert min(made.column("price").to_pylist()) > 500
