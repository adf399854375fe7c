"""Rows fulfil what is asked of them, hold together with all others, and do not depend on parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, Silent, Streams
from synthkit.errors import DataError, SynthkitError, UnsupportedError, UsageError
from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table
from synthkit.schema.validate import validate
from synthkit.synthesizers.independent import IndependentSynthesizer
from synthkit.synthesizers.model import Model, Sample
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import IndependentSettings, RelationalSettings
from synthkit.synthesizers.structure import layout

DAY = 86_400_000_000
DATE = date(2020, 1, 1)


def _shop() -> Dataset:
    """Few sellers with customers, their orders, and countries for reference."""
    rng = np.random.default_rng(3)
    sellers, customers = 12, 900
    seller = np.sort(rng.integers(0, sellers, customers))
    city = rng.choice(
        ["Bonn", "Köln", "Lyon", "Nice", "Rome"], customers, p=[0.3, 0.3, 0.2, 0.15, 0.05]
    )
    country = np.select([np.isin(city, ["Bonn", "Köln"]), city == "Rome"], ["DE", "IT"], "FR")
    known = np.array(["DE", "FR", "IT"])
    joined = np.sort(rng.integers(0, 900, customers)) + 18_000
    age = rng.integers(18, 80, customers)
    orders = rng.poisson(np.where(country == "DE", 4.0, 1.0))
    owner = np.repeat(np.arange(customers), orders)
    placed = joined[owner] + rng.integers(0, 300, len(owner))
    paid = placed + rng.integers(0, 30, len(owner))
    tables = {
        "countries": pa.table({"code": known, "name": ["Germany", "France", "Italy"]}),
        "sellers": pa.table({"id": np.arange(sellers), "desk": rng.choice(["a", "b"], sellers)}),
        "customers": pa.table(
            {
                "id": np.arange(customers) + 100,
                "seller_id": seller,
                "city": city,
                "state": np.char.add("in ", country),
                "country_code": country,
                "age": age,
                "member": age > 50,
                "phone": pa.array([None if a % 3 else "home" for a in age], pa.string()),
                "joined": pa.array(joined, pa.int32()).cast(pa.date32()),
            }
        ),
        "orders": pa.table(
            {
                "id": np.arange(len(owner)),
                "customer_id": owner + 100,
                "placed": pa.array(placed * DAY).cast(pa.timestamp("us")),
                "paid": pa.array(paid * DAY).cast(pa.timestamp("us")),
                "channel": rng.choice(["web", "shop"], len(owner)),
            }
        ),
    }
    storages = {
        "countries": ("string", "string"),
        "sellers": ("int64", "string"),
        "customers": (
            "int64",
            "int64",
            "string",
            "string",
            "string",
            "int64",
            "bool",
            "string",
            "date32[day]",
        ),
        "orders": ("int64", "int64", "timestamp[us]", "timestamp[us]", "string"),
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=column, storage=storage)
                    for column, storage in zip(data.column_names, storages[name], strict=True)
                ),
                primary_key=data.column_names[0],
                reference=name == "countries",
            )
            for name, data in tables.items()
        ),
        foreign_keys=(
            ForeignKey(
                table="customers", columns="seller_id", parent="sellers", parent_columns="id"
            ),
            ForeignKey(
                table="customers", columns="country_code", parent="countries", parent_columns="code"
            ),
            ForeignKey(
                table="orders", columns="customer_id", parent="customers", parent_columns="id"
            ),
        ),
        rules=(
            Dependency(table="customers", determinant=("city",), dependent="state"),
            Inequality(table="orders", low="placed", high="paid"),
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


class NoValues:
    """No value providers: nothing of the shop is personal data."""

    def has(self, kind: str) -> bool:
        return False


@pytest.fixture(scope="module")
def model() -> Model:
    part = RelationalSynthesizer(RelationalSettings())
    return Model("relational", part.fit(_shop(), Streams(1), Silent(), NoValues()), {}, NoValues())


def sound(made: Sample) -> bool:
    return validate(made.schema, made.chunks).ok


FULFILLED: dict[str, tuple[list[str], Any]] = {
    "a label": (["city=Bonn"], lambda t: t["customers"].city == "Bonn"),
    "labels": (["city=Bonn,Rome"], lambda t: t["customers"].city.isin(["Bonn", "Rome"])),
    "other labels": (["city!=Bonn"], lambda t: t["customers"].city != "Bonn"),
    "a column that is looked up": (
        ["state=in FR"],
        lambda t: t["customers"].city.isin(["Lyon", "Nice"]),
    ),
    "a reference": (["country_code=IT"], lambda t: t["customers"].country_code == "IT"),
    "a number": (["age>=70"], lambda t: t["customers"].age >= 70),
    "one number": (["age=33"], lambda t: t["customers"].age == 33),
    "a range": (["age>30", "age<=40"], lambda t: t["customers"].age.between(31, 40)),
    "a boolean": (["member=true"], lambda t: t["customers"].member),
    "nothing": (["phone="], lambda t: t["customers"].phone.isna()),
    "anything": (["phone!="], lambda t: t["customers"].phone.notna()),
    "a clock": (["joined>=2020-01-01"], lambda t: t["customers"].joined >= DATE),
    "two columns": (
        ["city=Lyon", "age<25"],
        lambda t: (t["customers"].city == "Lyon") & (t["customers"].age < 25),
    ),
    "children": (["orders.channel=web"], lambda t: t["orders"].channel == "web"),
    "children after their parents": (
        ["orders.placed>=2020-06-01"],
        lambda t: t["orders"].placed >= pd.Timestamp("2020-06-01"),
    ),
    "a column with bounds": (
        ["orders.paid<2020-06-01"],
        lambda t: t["orders"].paid < pd.Timestamp("2020-06-01"),
    ),
    "parents and children": (
        ["city=Bonn", "orders.channel=shop"],
        lambda t: (t["customers"].city == "Bonn").all() and (t["orders"].channel == "shop"),
    ),
}


@pytest.mark.parametrize("case", list(FULFILLED))
def test_every_row_fulfils_what_is_asked(model: Model, case: str) -> None:
    where, fulfils = FULFILLED[case]
    made = model.sample(300, seed=2, where=where, table="customers")
    assert len(made["customers"]) == 300
    assert np.all(fulfils({name: made[name] for name in made}))
    assert sound(made)


IMPOSSIBLE: dict[str, tuple[list[str], str]] = {
    "an unknown label": (["city=Paris"], "The model knows: Bonn"),
    "one of two labels": (["city=Bonn,Paris"], "The model knows"),
    "no null was seen": (["city="], "The model knows"),
    "beyond all numbers": (["age>200"], "samples from"),
    "before all dates": (["joined<2000-01-01"], "samples from"),
    "they exclude each other": (["age<20", "age>70"], "Leave one"),
    "never together": (["city=Rome", "state=in FR"], "Leave one"),
    "never seen together": (["age<30", "member=true"], "Loosen"),
    "a key": (["id=5"], "are learned"),
    "a foreign key": (["orders.customer_id=100"], "are learned"),
    "a reference table": (["countries.name=Italy"], "points at"),
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
def test_what_cannot_be_is_told_before_any_row_is_drawn(model: Model, case: str) -> None:
    where, hint = IMPOSSIBLE[case]
    with pytest.raises(UsageError) as caught:
        model.sample(300, where=where, table="customers")
    assert hint in str(caught.value.hint)


def test_parents_and_children_follow(model: Model) -> None:
    made = model.sample(600, seed=1, where=["city=Bonn"], table="customers")
    other = model.sample(600, seed=1, where=["city=Nice"], table="customers")
    assert made.plan["sellers"] == other.plan["sellers"] == 8
    # Customers of Bonn have four orders each, those of Nice one.
    assert made.plan["orders"] > 2.5 * other.plan["orders"]
    asked = {"customers": 600, "orders": 1_000}
    assert model.sample(asked, where=["city=Bonn"]).plan["orders"] == 1_000


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["city=Rome:0.5,Bonn:0.5"], {"Rome": 151, "Bonn": 150}),
        (["city=Rome:1,*:2"], {"Rome": 100}),
        ({"customers.city": {"Lyon": 0.999, "Rome": 0.001}}, {"Lyon": 301}),
    ],
)
def test_shares_are_exact_to_the_row(model: Model, weights: Any, expected: dict[str, int]) -> None:
    made = model.sample(301, seed=4, weights=weights, table="customers")
    counts = made["customers"].city.value_counts()
    for city, count in expected.items():
        assert abs(counts[city] - count) <= (len(expected) > 1)
    assert counts.sum() == 301
    assert sound(made)


def test_shares_and_conditions_go_together(model: Model) -> None:
    made = model.sample(
        200, seed=4, table="customers", where=["age>60"], weights=["city=Rome:1,Nice:3"]
    )
    customers = made["customers"]
    assert (customers.age > 60).all()
    assert customers.city.value_counts().to_dict() == {"Nice": 150, "Rome": 50}


@pytest.mark.parametrize("names", [["city", "age"], ["joined"], ["state"], ["phone", "member"]])
def test_given_rows_are_in_the_sample_as_they_are(model: Model, names: list[str]) -> None:
    given = _shop()["customers"][["id", *names]].iloc[100:350].reset_index(drop=True)
    made = model.sample(given={"customers": given}, seed=6)
    customers = made["customers"]
    pd.testing.assert_frame_equal(customers[given.columns], given, check_dtype=False)
    assert set(made["orders"].customer_id) <= set(given.id)
    assert sound(made)


def test_keys_that_are_not_given_are_made(model: Model) -> None:
    given = pa.table({"city": ["Bonn"] * 40 + ["Paris"]})
    made = model.sample(given=given, table="customers", seed=6)
    assert made["customers"].id.is_unique
    assert made["customers"].city.tolist() == given["city"].to_pylist()
    assert (made["customers"].country_code[:40] == "DE").all()


REFUSED: dict[str, tuple[dict[str, Any], type[SynthkitError]]] = {
    "an own number": ({"given": pa.table({"age": [1, 2]}), "rows": 3}, UsageError),
    "a scale": ({"given": pa.table({"age": [1, 2]}), "scale": 2.0}, UsageError),
    "a key of another table": ({"given": pa.table({"seller_id": [1]})}, UsageError),
    "a country that there is not": ({"given": pa.table({"country_code": ["XX"]})}, DataError),
    "a rule of orders": (
        {"given": {"orders": pa.table({"placed": ["2021-01-02"], "paid": ["2021-01-01"]})}},
        DataError,
    ),
    "reference rows": ({"given": {"countries": pa.table({"name": ["Italy"]})}}, UsageError),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_given_rows_that_cannot_be_are_refused(model: Model, case: str) -> None:
    arguments, error = REFUSED[case]
    with pytest.raises(error):
        model.sample(table="customers", **arguments)


@pytest.mark.parametrize(
    "asked",
    [
        {"where": ["city=Rome", "orders.channel=web"]},
        {"weights": ["city=Rome:1,*:2", "orders.channel=web:1,shop:1"]},
        {"given": {"customers": _shop()["customers"][["city", "joined"]]}},
    ],
    ids=["where", "weights", "given"],
)
def test_parts_make_the_same_rows(
    model: Model, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BLOCK_ROWS", 250)
    made = model.sample(900, table="customers", seed=3, **asked)
    parts: Sequence[Any] = model.fitted.partitions(made._request)
    assert len(parts) > 3
    pieces: dict[str, list[pa.Table]] = {}
    for part in reversed(parts):
        for chunk in model.fitted.sample(part):
            pieces.setdefault(chunk.table, []).insert(0, chunk.data)
    for name, tables in pieces.items():
        whole = made.arrow(name)
        assert pa.concat_tables([each.cast(whole.schema) for each in tables]).equals(whole)
    assert sound(made)


def test_a_model_that_cannot_says_so_before_any_work() -> None:
    fitted = IndependentSynthesizer(IndependentSettings()).fit(
        _shop(), Streams(1), Silent(), NoValues()
    )
    model = Model("independent", fitted, {}, NoValues())
    with pytest.raises(UnsupportedError, match="independent"):
        model.sample(10, where=["city=Bonn"], table="customers")
