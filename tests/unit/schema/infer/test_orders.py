"""Orders that always hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest


def days(rows: int, low: int = 0, high: int = 900, seed: int = 5) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(low, high, rows)


def dates(values: np.ndarray[Any, Any], mask: Any = None) -> pa.Array:
    return pa.array((15_000 + values).astype("datetime64[D]"), mask=mask)


def times(values: np.ndarray[Any, Any]) -> pa.Array:
    return dates(values).cast(pa.timestamp("us"))


@pytest.fixture
def rules(database: Callable[..., Any]) -> Callable[..., list[str]]:
    def find(**tables: pa.Table) -> list[str]:
        made = database("t 1\n  a: serial")
        made.data = tables
        return [str(rule) for rule in made.infer().schema.rules]

    return find


def test_a_chain_is_told_link_by_link(rules: Callable[..., list[str]]) -> None:
    made = days(500)
    table = pa.table(
        {
            "shipped": times(made + days(500, 5, 9)),
            "ordered": times(made),
            "paid": times(made + days(500, 0, 5)),
        }
    )
    assert sorted(rules(orders=table)) == [
        "orders.ordered <= orders.paid",
        "orders.paid <= orders.shipped",
    ]


def test_what_repeats_a_column_is_in_order_by_that_column(
    rules: Callable[..., list[str]],
) -> None:
    made = days(500)
    table = pa.table(
        {"ordered": times(made), "booked": times(made), "paid": times(made + days(500, 0, 5))}
    )
    assert sorted(rules(orders=table)) == [
        "orders.booked = orders.ordered",
        "orders.ordered <= orders.paid",
    ]


def test_an_order_over_a_gap_is_told(rules: Callable[..., list[str]]) -> None:
    made = days(500)
    table = pa.table(
        {
            "ordered": times(made),
            "paid": dates(made + 3, mask=days(500) < 200).cast(pa.timestamp("us")),
            "shipped": times(made + days(500, 5, 9)),
        }
    )
    assert "orders.ordered <= orders.shipped" in rules(orders=table)


@pytest.mark.parametrize("rows", [19, 500])
def test_one_exception_or_few_rows_are_no_rule(rules: Callable[..., list[str]], rows: int) -> None:
    low, high = days(rows), days(rows) + 3
    if rows == 500:
        high[77] = low[77] - 1
    assert rules(t=pa.table({"low": times(low), "high": times(high)})) == []


def test_days_that_are_never_the_same_are_strict(rules: Callable[..., list[str]]) -> None:
    arrival = days(500)
    stay = pa.table({"arrival": dates(arrival), "departure": dates(arrival + days(500, 1, 9))})
    apart = pa.table({"arrival": dates(arrival), "departure": dates(arrival + days(500, 90, 99))})
    assert rules(stays=stay) == ["stays.arrival < stays.departure"]
    assert rules(stays=apart) == ["stays.arrival <= stays.departure"]


def test_days_and_times_compare_from_midnight(rules: Callable[..., list[str]]) -> None:
    start = days(500)
    table = pa.table({"day": dates(start), "time": times(start + 1)})
    assert rules(t=table) == ["t.day <= t.time"]
    zoned = table.set_column(1, "time", table.column(1).cast(pa.timestamp("us", tz="UTC")))
    assert rules(t=zoned) == []


def test_constants_have_no_order(rules: Callable[..., list[str]]) -> None:
    assert rules(t=pa.table({"loaded": times(np.full(500, 9999)), "at": times(days(500))})) == []


def parent_and_child(later: int) -> dict[str, pa.Table]:
    joined = days(100)
    person = days(600, 0, 100, seed=6)
    return {
        "people": pa.table({"id": pa.array(np.arange(100) + 1), "joined": times(joined)}),
        "visits": pa.table(
            {
                "person_id": pa.array(person + 1),
                "arrived": times(joined[person] + later * days(600, 0, 90)),
                "left": times(joined[person] + later * days(600, 0, 90) + 90),
            }
        ),
    }


def test_orders_between_parent_and_child(rules: Callable[..., list[str]]) -> None:
    assert rules(**parent_and_child(1)) == [
        "visits.arrived <= visits.left",
        "people.joined <= visits.arrived",
    ]
    assert "visits.arrived <= people.joined" in rules(**parent_and_child(-1))


def test_the_rule_names_the_side_of_the_parent(database: Callable[..., Any]) -> None:
    made = database("t 1\n  a: serial")
    made.data = parent_and_child(1)
    rule = made.infer().schema.rules[1]
    assert (rule.table, rule.parent, rule.parent_side) == ("visits", "people", "low")
    assert rule.foreign_key == ("person_id",)


def test_numbers_are_ordered_by_name_only(rules: Callable[..., list[str]]) -> None:
    low = days(500)
    table = pa.table(
        {
            "min_price": pa.array(low),
            "max_price": pa.array(low + days(500)),
            "cost": pa.array(low - 1),
        }
    )
    assert rules(t=table) == ["t.min_price <= t.max_price"]


def test_orders_along_a_key_of_several_columns(database: Callable[..., Any]) -> None:
    made = database(
        """
houses 20
  *id: serial
  name: words
rooms 300
  *house_id -> houses(id)
  *room_no: int 1 40
  size: int 9 90
nights 900
  *id: serial
  house_id, room_no -> rooms(house_id, room_no)
  guests: int 1 4
"""
    )
    rooms, nights = made.data["rooms"], made.data["nights"]
    built = dict(
        zip(
            zip(*(rooms.column(at).to_pylist() for at in (0, 1)), strict=True),
            days(rooms.num_rows).tolist(),
            strict=True,
        )
    )
    places = zip(*(nights.column(at).to_pylist() for at in (1, 2)), strict=True)
    slept = np.array([built[place] for place in places]) + days(900, 0, 9)
    made.data["rooms"] = rooms.append_column("built", times(np.array(list(built.values()))))
    made.data["nights"] = nights.append_column("slept", times(slept))
    assert [str(rule) for rule in made.infer().schema.rules] == ["rooms.built <= nights.slept"]
