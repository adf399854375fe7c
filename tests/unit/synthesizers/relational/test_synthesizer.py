"""The relational model keeps keys, references, counts and rules, and learns dependence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table
from synthkit.schema.storage import arrow_schema
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.synthesizer import (
    RelationalModel,
    RelationalSynthesizer,
    restore,
)
from synthkit.synthesizers.settings import RelationalSettings


def fitted(data: Dataset, values: Any) -> RelationalModel:
    part = RelationalSynthesizer(RelationalSettings())
    part.check(data.schema)
    return part.fit(data, Streams(1), Silent(), values)


def sampled(
    model: RelationalModel, values: Any, scale: float = 1.0, *, parts: bool = False
) -> Dataset:
    plan = model.plan(RowTargets(scale=scale))
    request = SampleRequest(plan, Streams(5), values)
    kinds = {
        table.name: arrow_schema(table.column_names, [c.storage for c in table.columns])
        for table in model.schema.tables
    }
    pieces = {name: [kind.empty_table()] for name, kind in kinds.items()}
    for each in model.partitions(request) if parts else [request]:
        for chunk in model.sample(each):
            pieces[chunk.table].append(chunk.data.cast(kinds[chunk.table]))
    made = {name: pa.concat_tables(tables) for name, tables in pieces.items()}
    assert {name: table.num_rows for name, table in made.items()} == plan
    return Dataset.in_memory(model.schema, made)


@pytest.mark.parametrize("scale", [0.3, 1.0, 7.5])
def test_keys_and_references_hold_at_any_scale(awkward: Dataset, values: Any, scale: float) -> None:
    made = sampled(fitted(awkward, values), values, scale)
    kinds = {"duplicate", "orphan", "shared_parent", "null"}
    found = [each for each in validate(made.schema, made.chunks).violations if each.kind in kinds]
    assert found == []


def test_same_seed_same_rows_in_parts_and_after_a_round_trip(awkward: Dataset, values: Any) -> None:
    model = fitted(awkward, values)
    state = model.state()
    copy = restore(State(json=json.loads(json.dumps(state.json)), arrays=state.arrays))
    whole = sampled(model, values, 3.0)
    for other in (sampled(copy, values, 3.0), sampled(model, values, 3.0, parts=True)):
        assert all(whole.arrow(name).equals(other.arrow(name)) for name in whole)


def _learnable() -> Dataset:
    """Customers whose region decides the currency; orders after sign-up, dearer in one region."""
    rng = np.random.default_rng(7)
    count = 600
    region = rng.choice(["north", "south", "west"], count, p=[0.5, 0.3, 0.2])
    day = rng.integers(18_000, 19_000, count)
    orders = rng.poisson(np.where(region == "west", 8, 3))
    owner = np.repeat(np.arange(count), orders)
    placed = day[owner] + rng.integers(0, 400, len(owner))
    dear = np.where(region[owner] == "west", 100.0, 10.0)
    price = np.round(dear * rng.lognormal(0, 0.3, len(owner)), 2)
    tables = {
        "customers": pa.table(
            {
                "id": np.arange(count),
                "region": region,
                "currency": np.where(region == "north", "SEK", "EUR"),
                "joined": pa.array(day.astype(np.int32)).cast(pa.date32()),
            }
        ),
        "orders": pa.table(
            {
                "id": np.arange(len(owner)),
                "customer_id": owner,
                "placed": pa.array(placed.astype(np.int32)).cast(pa.date32()),
                "shipped": pa.array(
                    (placed + rng.integers(0, 9, len(owner))).astype(np.int32)
                ).cast(pa.date32()),
                "price": price,
            }
        ),
    }
    storages = {"region": "string", "currency": "string", "price": "double"} | dict.fromkeys(
        ("joined", "placed", "shipped"), "date32[day]"
    )
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=c, storage=storages.get(c, "int64"), nullable=False)
                    for c in table.column_names
                ),
                primary_key="id",
            )
            for name, table in tables.items()
        ),
        foreign_keys=(
            ForeignKey(
                table="orders", columns="customer_id", parent="customers", parent_columns="id"
            ),
        ),
        rules=(
            Dependency(table="customers", determinant=("region",), dependent="currency"),
            Inequality(table="orders", low="placed", high="shipped"),
            Inequality(
                table="orders",
                low="joined",
                high="placed",
                parent="customers",
                foreign_key=("customer_id",),
            ),
        ),
    )
    return Dataset.in_memory(schema, tables)


@pytest.fixture(scope="module")
def learned() -> tuple[Dataset, Dataset]:
    """Real data, and a sample of ten times its size."""

    class NoValues:
        def has(self, kind: str) -> bool:
            return False

    real = _learnable()
    return real, sampled(fitted(real, NoValues()), NoValues(), 10.0)


def test_rules_hold_in_every_row(learned: tuple[Dataset, Dataset]) -> None:
    _, made = learned
    assert made.row_counts["orders"] > 10_000
    assert validate(made.schema, made.chunks).violations == ()


def _by_region(data: Dataset, shuffle: bool = False) -> Mapping[str, float]:
    """Mean log price of orders by region of their customer."""
    customers, orders = data["customers"], data["orders"]
    regions = customers.set_index("id")["region"]
    if shuffle:
        regions = regions.set_axis(np.random.default_rng(1).permutation(regions.index))
    logs = np.log(orders["price"].to_numpy())
    found = orders["customer_id"].map(regions)
    return {name: float(logs[(found == name).to_numpy()].mean()) for name in ("north", "west")}


def test_children_follow_their_parents(learned: tuple[Dataset, Dataset]) -> None:
    """West is dearer by log(10) = 2.3 in the real data; a tenth of that is 25 standard errors.

    The standard error of a mean of 700 logs of standard deviation .3 is .012 on either side. The
    twin shuffles customers, which must lose the difference.
    """
    real, made = learned
    expected, found, twin = _by_region(real), _by_region(made), _by_region(made, shuffle=True)
    assert found["west"] - found["north"] == pytest.approx(
        expected["west"] - expected["north"], abs=0.23
    )
    assert abs(twin["west"] - twin["north"]) < 0.5


def test_numbers_of_children_follow_their_parents(learned: tuple[Dataset, Dataset]) -> None:
    """Poisson(8) against Poisson(3) with over 1,000 parents each: a tenth is 10 standard errors."""
    _, made = learned
    customers, orders = made["customers"], made["orders"]
    counts = orders["customer_id"].value_counts().reindex(customers["id"]).fillna(0)
    means = counts.groupby(customers.set_index("id")["region"]).mean()
    assert means["west"] == pytest.approx(8, rel=0.1)
    assert means["north"] == pytest.approx(3, rel=0.1)


def test_labels_and_extremes_of_few_people_are_not_stored(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any
) -> None:
    rng = np.random.default_rng(2)
    labels = [*rng.choice(["common", "usual"], 200), "only one", *["of four"] * 4]
    pay = [*rng.normal(100, 10, 204).round(1), 987_654.3]
    table = pa.table({"id": np.arange(205), "label": labels, "pay": pay})
    schema = Schema(
        tables=(
            Table(
                name="people",
                columns=(
                    Column(name="id", storage="int64"),
                    Column(name="label", storage="string", nullable=False),
                    Column(name="pay", storage="double", nullable=False),
                ),
                primary_key="id",
            ),
        )
    )
    model = fitted(Dataset.in_memory(schema, {"people": table}), values)
    stored = json.dumps(model.state().json)
    assert "common" in stored
    assert "only one" not in stored
    assert "of four" not in stored
    assert "987654" not in stored
    made = sampled(model, values, 20.0)["people"]
    assert set(made["label"]) == {"common", "usual"}
    assert made["pay"].max() < 200


@pytest.mark.parametrize("protect", [1, 5])
def test_fit_tells_whose_labels_are_made_anew_and_what_keeps_them(
    protect: int, values: Any
) -> None:
    class Heard(Silent):
        said: tuple[str, ...] = ()

        def say(self, message: str) -> None:
            self.said = (*self.said, message)

    towns = [f"town {number % 20}" for number in range(60)]
    sizes = ["large", "small", "small"] * 20
    columns = {"town": pa.array(towns), "size": pa.array(sizes)}
    table = Table(name="shops", columns=tuple(Column(name=n, storage="string") for n in columns))
    data = Dataset.in_memory(Schema(tables=(table,)), {"shops": pa.table(columns)})
    heard = Heard()
    part = RelationalSynthesizer(RelationalSettings(protect=protect))
    model = part.fit(data, Streams(1), heard, values)
    kept = set(sampled(model, values)["shops"]["town"]) <= set(towns)
    told = [
        each for each in heard.said if each.startswith("Made anew: labels of 1 column (shops.town)")
    ]
    assert kept == (protect == 1)
    assert len(told) == (protect > 1)
    assert all("--set protect=1" in each for each in told)
