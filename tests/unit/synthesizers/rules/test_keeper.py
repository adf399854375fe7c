"""Rules hold in every sampled row, whatever was learned, in small samples and in large ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.errors import UnsupportedError, UsageError
from synthkit.pipeline import installed_plugins
from synthkit.schema import (
    Column,
    Dependency,
    Equality,
    FixedCombinations,
    ForeignKey,
    Formula,
    Inequality,
    Range,
    Rule,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.synthesizer import (
    RelationalModel,
    RelationalSynthesizer,
    restore,
)
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.values import ValueRegistry

RULES: tuple[Rule, ...] = (
    Formula(table="orders", formula="total = count * price - cut", decimals=2),
    Formula(table="orders", formula="with_tax = total * 1.2", decimals=2),
    Inequality(table="orders", low="total", high="credit"),
    Inequality(table="orders", low="ordered", high="shipped", strict=True),
    Inequality(
        table="orders", low="joined", high="ordered", parent="customers", foreign_key=("customer",)
    ),
    FixedCombinations(table="orders", columns=("size", "colour")),
    FixedCombinations(table="orders", columns=("colour", "code")),
    UniqueTogether(table="orders", columns=("seat", "wave")),
    UniqueTogether(table="orders", columns=("customer", "nth")),
    Range(table="customers", column="age", low=18, high=90),
    Range(table="customers", column="joined", high="1997-01-01"),
    Dependency(table="customers", determinant=("city", "street"), dependent="zone"),
    Dependency(table="customers", determinant=("zone",), dependent="office"),
)


def tables(rows: int = 600) -> dict[str, pa.Table]:
    """Return customers and orders that keep all rules but those of ages and days."""
    rng = np.random.default_rng(3)
    few = rows // 3
    count, price = rng.integers(1, 9, rows), np.round(rng.uniform(1, 99, rows), 2)
    cut = np.round(rng.uniform(0, 0.5, rows) * count * price, 2) * (rng.random(rows) < 0.4)
    total = np.round(count * price - cut, 2)
    size = rng.choice(["S", "M", "L"], rows)
    colour = np.where(size == "S", rng.choice(["red", "blue"], rows), "green")
    places = rng.choice(rows * 2, rows, replace=False)
    city, street = rng.choice(["a", "b", "c"], few), rng.choice(["x", "y"], few)
    zone = np.where(city == "a", 1, np.where(street == "x", 2, 3))
    customer = np.sort(rng.integers(0, few, rows))
    first = np.searchsorted(customer, customer)
    joined = rng.integers(9_000, 10_001, few).astype("datetime64[D]")
    ordered = rng.integers(10_000, 12_000, rows)
    return {
        "customers": pa.table(
            {
                "id": np.arange(few), "joined": joined, "age": rng.integers(10, 95, few),
                "city": city, "street": street, "zone": zone,
                "office": np.where(zone == 3, "south", "north"),
            }
        ),
        "orders": pa.table(
            {
                "id": np.arange(rows), "customer": customer, "nth": np.arange(rows) - first,
                "count": count, "price": price, "cut": cut, "total": total,
                "with_tax": np.round(total * 1.2, 2),
                "credit": np.round(total * rng.uniform(1, 2, rows), 2),
                "ordered": ordered.astype("datetime64[D]"),
                "shipped": (ordered + rng.integers(-1, 9, rows)).astype("datetime64[D]"),
                "size": size, "colour": colour, "code": np.where(size == "L", 7, 8),
                "seat": places % 40, "wave": places // 40,
            }
        ),
    }  # fmt: skip


def dataset(rules: tuple[Rule, ...] = RULES) -> Dataset:
    data = tables()
    described = []
    for name, rows in data.items():
        columns = [
            Column(
                name=field.name,
                sdtype="id" if field.name in ("id", "customer") else "unknown",
                storage=storage_of(field.type),
                nullable=False,
            )
            for field in rows.schema
        ]
        described.append(Table(name=name, columns=tuple(columns), primary_key=("id",)))
    link = ForeignKey(
        table="orders", columns=("customer",), parent="customers", parent_columns=("id",)
    )
    schema = Schema(tables=tuple(described), foreign_keys=(link,), rules=rules)
    kinds = {
        table.name: pa.schema(
            [(c.name, "date32" if c.name in ("joined", "ordered", "shipped") else c.storage)
             for c in table.columns]
        )
        for table in described
    }  # fmt: skip
    return Dataset.in_memory(schema, {name: rows.cast(kinds[name]) for name, rows in data.items()})


def fitted(values: ValueRegistry, rules: tuple[Rule, ...] = RULES) -> RelationalModel:
    part = RelationalSynthesizer(RelationalSettings(trees=2))
    return part.fit(dataset(rules), Streams(1), Silent(), values)


@pytest.fixture(scope="module")
def registry() -> ValueRegistry:
    return ValueRegistry(installed_plugins())


@pytest.fixture(scope="module")
def model(registry: ValueRegistry) -> RelationalModel:
    state = fitted(registry).state()
    return restore(State(json=state.json, arrays=state.arrays))


def sample(
    model: RelationalModel, values: ValueRegistry, seed: int = 1, **rows: int
) -> dict[str, pa.Table]:
    plan = model.plan(RowTargets(tables=rows))
    request = SampleRequest(plan=plan, streams=Streams(seed), values=values)
    pieces: dict[str, list[pa.Table]] = {name: [] for name in plan}
    for chunk in model.sample(request):
        pieces[chunk.table].append(chunk.data)
    return {name: pa.concat_tables(parts).unify_dictionaries() for name, parts in pieces.items()}


def broken(schema: Schema, data: dict[str, pa.Table]) -> list[str]:
    found = validate(schema, lambda name, columns: [data[name].select(list(columns))])
    return [f"{violation.subject}: {violation.message}" for violation in found.violations]


@pytest.mark.parametrize("customers", [1, 2, 7, 60, 300])
def test_all_rules_hold_in_samples_of_any_size(
    model: RelationalModel, registry: ValueRegistry, customers: int
) -> None:
    made = sample(model, registry, customers=customers)
    assert broken(model.schema, made) == []
    real = tables()["orders"]
    for names in (("size", "colour"), ("colour", "code")):
        pairs = [set(zip(*(t[n].to_pylist() for n in names), strict=True))
                 for t in (made["orders"], real)]  # fmt: skip
        assert pairs[0] <= pairs[1]
    assert max(made["orders"]["total"].to_pylist()) <= max(real["total"].to_pylist())


def test_rules_that_nothing_keeps_are_broken(registry: ValueRegistry) -> None:
    """The twin: the same data without the rules, checked against them."""
    made = sample(fitted(registry, ()), registry, customers=300)
    kinds = {line.split(":")[0] for line in broken(dataset().schema, made)}
    assert len(kinds) >= 4


def test_what_is_computed_is_not_learned(model: RelationalModel) -> None:
    names = {field.name for field in model.learned.tables["orders"].fields}
    assert {"count", "price", "cut"} <= names
    assert not {"total", "with_tax"} & names


def test_blocks_can_be_drawn_alone_and_in_any_order(
    registry: ValueRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that are unique together do not repeat across blocks, whoever draws them."""
    monkeypatch.setattr("synthkit.synthesizers.structure.layout.BLOCK_ROWS", 64)
    model = fitted(registry)
    plan = model.plan(RowTargets(tables={"customers": 100}))
    request = SampleRequest(plan=plan, streams=Streams(4), values=registry)
    whole = [chunk.data for chunk in model.sample(request) if chunk.table == "orders"]
    parts = model.partitions(request)
    assert len(parts) > 3
    alone: list[Any] = []
    for part in reversed(parts):
        fresh = SampleRequest(plan=plan, streams=Streams(4), values=registry, blocks=part.blocks)
        alone[:0] = [chunk.data for chunk in model.sample(fresh) if chunk.table == "orders"]
    assert [one.to_pydict() for one in alone] == [one.to_pydict() for one in whole]
    rows = pa.concat_tables(whole)
    pairs = list(zip(rows["seat"].to_pylist(), rows["wave"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs)


def test_what_cannot_be_is_an_error_that_names_rule_and_table(registry: ValueRegistry) -> None:
    rule = UniqueTogether(table="orders", columns=("size", "colour"))
    model = fitted(registry, (rule,))
    sample(model, registry, customers=1, orders=2)
    with pytest.raises(UsageError, match=r"\(size, colour\) unique cannot hold in \d+ of") as error:
        sample(model, registry, customers=40)
    assert "green" not in str(error.value)


def test_combinations_of_what_is_made_anew_are_refused(registry: ValueRegistry) -> None:
    with pytest.raises(UnsupportedError, match="names customer, whose values are made anew"):
        fitted(registry, (FixedCombinations(table="orders", columns=("customer", "size")),))


def test_combinations_that_nobody_shares_are_refused(registry: ValueRegistry) -> None:
    with pytest.raises(UnsupportedError, match="No combination of total, credit in orders"):
        fitted(registry, (FixedCombinations(table="orders", columns=("total", "credit")),))


def test_rare_combinations_are_not_stored(model: RelationalModel) -> None:
    for known in (*model.learned.rules.combined, *model.learned.rules.settled):
        assert min(known.counts) >= 5


def visits(values: ValueRegistry) -> RelationalModel:
    """Return a model of visits that begin before their customer joined, which few did early."""
    rng = np.random.default_rng(5)
    joined = np.sort(rng.integers(9_000, 9_900, 300))
    joined[20:] += 100
    customer = np.repeat(np.arange(300), 2)
    became = joined[customer]
    first = np.where(customer < 20, became - 1, became - rng.integers(0, 9, 600))
    days = {"joined": joined, "became": became, "first": first}
    dated = {name: pa.array(values.astype("datetime64[D]")) for name, values in days.items()}
    data = {
        "customers": pa.table({"id": np.arange(300), "joined": dated["joined"]}),
        "visits": pa.table(
            {"id": np.arange(600), "customer": customer, "first": dated["first"],
             "became": dated["became"]}
        ),
    }  # fmt: skip
    described = [
        Table(
            name=name,
            columns=tuple(
                Column(
                    name=field.name,
                    sdtype="id" if field.name in ("id", "customer") else "datetime",
                    storage=storage_of(field.type),
                    nullable=False,
                )
                for field in rows.schema
            ),
            primary_key=("id",),
        )
        for name, rows in data.items()
    ]
    link = ForeignKey(
        table="visits", columns=("customer",), parent="customers", parent_columns=("id",)
    )
    rules: tuple[Rule, ...] = (
        Inequality(table="visits", low="first", high="became"),
        Equality(
            table="visits", column="became", equals="joined", parent="customers",
            foreign_key=("customer",),
        ),
    )  # fmt: skip
    schema = Schema(tables=tuple(described), foreign_keys=(link,), rules=rules)
    part = RelationalSynthesizer(RelationalSettings(trees=2))
    return part.fit(Dataset.in_memory(schema, data), Streams(1), Silent(), values)


def test_an_order_that_no_other_row_fulfils_holds_at_its_bound(registry: ValueRegistry) -> None:
    model = visits(registry)
    for seed in range(4):
        made = sample(model, registry, seed=seed, customers=300)
        assert broken(model.schema, made) == []
