"""Columns that repeat another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Equality

ROWS = 400


@pytest.fixture
def rules(database: Callable[..., Any]) -> Callable[..., list[str]]:
    def find(**tables: pa.Table) -> list[str]:
        made = database("t 1\n  a: serial")
        made.data = tables
        rules = made.infer().schema.rules
        return [str(rule) for rule in rules if isinstance(rule, Equality)]

    return find


def shop(**more: Any) -> dict[str, pa.Table]:
    """Return customers, and orders that repeat the customer's city."""
    rng = np.random.default_rng(3)
    city = rng.choice(["Ulm", "Bonn", "Rom", None], 60)
    customer = rng.integers(0, 60, ROWS)
    customers = {"customer_id": np.arange(60) + 1, "city": city, "score": rng.random(60)}
    orders = {
        "order_id": np.arange(ROWS) + 5000,
        "customer_id": customer + 1,
        "ship_city": city[customer],
        "amount": rng.random(ROWS),
    }
    return {
        "customers": pa.table({name: pa.array(v) for name, v in customers.items()}),
        "orders": pa.table({name: pa.array(v) for name, v in (orders | more).items()}),
    }


def test_a_column_that_repeats_its_parents_is_found_nulls_too(
    rules: Callable[..., list[str]],
) -> None:
    assert rules(**shop()) == ["orders.ship_city = customers.city"]


@pytest.mark.parametrize("replacement", ["Paris", None])
def test_one_row_that_differs_is_enough_for_no_rule(
    rules: Callable[..., list[str]], replacement: str | None
) -> None:
    tables = shop()
    city = tables["orders"].column("ship_city").to_pylist()
    at = max(row for row, name in enumerate(city) if name)
    city[at] = replacement
    assert rules(**shop(ship_city=city)) == []


def test_what_may_be_an_accident_is_no_rule(rules: Callable[..., list[str]]) -> None:
    tables = shop()
    constant = pa.array(["EUR"] * 60)
    tables["customers"] = tables["customers"].append_column("currency", constant)
    assert rules(**tables) == ["orders.ship_city = customers.city"]
    tables["orders"] = tables["orders"].append_column("currency", pa.array(["EUR"] * ROWS))
    assert rules(**tables) == ["orders.ship_city = customers.city"]


def test_the_column_of_the_likest_name_is_repeated(rules: Callable[..., list[str]]) -> None:
    tables = shop()
    doubled = tables["customers"].column("city")
    tables["customers"] = tables["customers"].append_column("invoice_town", doubled)
    assert rules(**tables) == [
        "customers.invoice_town = customers.city",
        "orders.ship_city = customers.city",
    ]


def test_a_column_of_the_same_row(rules: Callable[..., list[str]]) -> None:
    amount = np.random.default_rng(4).random(ROWS)
    found = rules(**shop(amount=amount, paid=amount))
    assert found == ["orders.ship_city = customers.city", "orders.paid = orders.amount"]


def test_few_rows_tell_nothing(rules: Callable[..., list[str]]) -> None:
    tables = shop()
    assert rules(customers=tables["customers"], orders=tables["orders"].slice(0, 15)) == []
