"""Columns that are unique on purpose become alternate keys, and stay unique in any sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.pipeline import installed_plugins
from synthkit.schema import Column, Schema, Table
from synthkit.schema.infer import infer
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.values import ValueRegistry


def codes(rows: int) -> list[str]:
    return [f"AB-{(n * 37) % 1000:03d}" for n in range(rows)]


def articles(column: str, values: Sequence[str | None], sdtype: str = "unknown") -> Dataset:
    """Return articles with a number, a price, and a column of text."""
    rows = len(values)
    data = pa.table(
        {
            "id": pa.array(np.arange(1, rows + 1)),
            column: pa.array(values, pa.string()),
            "price": pa.array(np.random.default_rng(1).integers(1, 90, rows)),
        }
    )
    columns = (
        Column(name="id", storage="int64", nullable=False),
        Column(name=column, storage="string", sdtype=sdtype, pii=True),
        Column(name="price", storage="int64", sdtype="numerical"),
    )
    schema = Schema(tables=(Table(name="articles", columns=columns),))
    return Dataset.in_memory(schema, {"articles": data})


def found(data: Dataset) -> tuple[tuple[str, ...], ...]:
    inferred = infer(data.schema.tables, data.arrow)
    return inferred.schema.table("articles").alternate_keys


@pytest.mark.parametrize(
    ("column", "values", "sdtype", "is_key"),
    [
        ("sku", codes(40), "unknown", True),
        ("sku", codes(19), "unknown", False),
        ("sku", [*codes(39), "AB-000"], "unknown", False),
        ("sku", [*codes(39), None], "unknown", False),
        ("label", codes(40), "unknown", False),
        ("label", codes(400), "unknown", True),
        ("sku", [f"a thing {n}" for n in range(40)], "unknown", False),
        ("contact", [f"n{n}@example.com" for n in range(40)], "email", True),
        ("contact", codes(400), "phone_number", False),
    ],
)
def test_what_is_unique_on_purpose(
    column: str, values: list[str | None], sdtype: str, is_key: bool
) -> None:
    assert found(articles(column, values, sdtype)) == (((column,),) if is_key else ())


def test_codes_stay_unique_in_samples_of_any_size() -> None:
    data = articles("sku", codes(60))
    values = ValueRegistry(installed_plugins())

    def distinct(schema: Schema) -> int:
        real = Dataset.in_memory(schema, {"articles": data.arrow("articles")})
        model = RelationalSynthesizer(RelationalSettings()).fit(real, Streams(1), Silent(), values)
        request = SampleRequest(model.plan(RowTargets(main=900)), Streams(2), values)
        made = pa.concat_tables(chunk.data for chunk in model.sample(request))
        skus = made.column("sku")
        assert all(sku.startswith("AB-") for sku in skus.to_pylist())
        return len(set(skus.to_pylist()))

    schema = infer(data.schema.tables, data.arrow).schema
    assert distinct(schema) == 900
    plain = schema.table("articles").model_copy(
        update={"alternate_keys": (), "columns": data.schema.table("articles").columns}
    )
    assert distinct(schema.model_copy(update={"tables": (plain,)})) < 900
