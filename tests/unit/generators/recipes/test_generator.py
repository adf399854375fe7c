"""The shop recipe: exact numbers of rows, valid, the same bytes whatever the chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.errors import UsageError
from synthkit.generators.recipes import plan
from synthkit.values import ValueRegistry

Make = Callable[..., dict[str, pa.Table]]


def test_a_shop_is_whole(make: Make, shop: str) -> None:
    tables = make(shop)
    assert {name: table.num_rows for name, table in tables.items()} == {
        "categories": 30, "products": 200, "customers": 1000, "orders": 3000,
        "order_items": 7500, "refunds": 180,
    }  # fmt: skip
    sums = tables["order_items"].group_by("order_id").aggregate([("amount", "sum")])
    totals = {row["id"]: row["total"] for row in tables["orders"].to_pylist()}
    assert totals == {row["order_id"]: row["amount_sum"] for row in sums.to_pylist()}
    refunds = tables["refunds"].to_pylist()
    assert all(totals[row["order_id"]] == row["amount"] for row in refunds)


def test_rows_that_are_asked_for_are_exact_and_others_follow(make: Make, shop: str) -> None:
    tables = make(shop, {"order_items": 4321})
    assert tables["order_items"].num_rows == 4321
    assert tables["customers"].num_rows == round(4321 / 7.5)
    tables = make(shop, {"orders": 100, "order_items": 100, "refunds": 100})
    assert [tables[each].num_rows for each in ("orders", "order_items", "refunds")] == [100] * 3


def test_rows_that_cannot_be_are_refused(make: Make, shop: str) -> None:
    with pytest.raises(UsageError, match="at least 100"):
        make(shop, {"orders": 100, "order_items": 99})
    with pytest.raises(UsageError, match="at most 100"):
        make(shop, {"orders": 100, "refunds": 101})
    with pytest.raises(UsageError, match="need rows of 'products'"):
        make(shop, {"products": 0, "order_items": 10})


def test_neither_chunks_nor_other_columns_change_a_column(
    make: Make, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "BLOCK_ROWS", 500)
    whole = make(shop)
    assert whole == make(shop, chunk_rows=17)
    assert whole != make(shop, seed=8)
    more = make(shop.replace("      email:", "      phone: phone_number\n      email:"))
    assert more["customers"].drop(["phone"]) == whole["customers"]
    assert more["orders"] == whole["orders"]


def test_of_persons_and_places_only_columns_of_the_table_are_made(
    make: Make, values: ValueRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, list[str]]] = []
    draw_rows = values.draw_rows

    def noted(kind: str, *rest: Any, columns: list[str]) -> pa.Table:
        asked.append((kind, columns))
        return draw_rows(kind, *rest, columns=columns)

    monkeypatch.setattr(values, "draw_rows", noted)
    make("""
recipe: 1
tables:
  people:
    rows: 5
    columns:
      id: sequence
      city: {place: city}
      family: {person: last_name}
      given: {person: first_name}
      boss: {person: last_name, of: boss}
""")
    assert asked == [
        ("place", ["city"]),
        ("person", ["last_name", "first_name"]),
        ("person", ["last_name"]),
    ]


def test_blocks_keep_keys_unique(make: Make, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK_ROWS", 100)
    tables = make(shop)  # which validates
    assert pc.count_distinct(tables["customers"]["email"]).as_py() == 1000


def test_scale_multiplies_what_is_no_reference_table(make: Make, shop: str) -> None:
    tables = make(shop.replace("rows: 30", "rows: 30\n    reference: true"), scale=0.1)
    assert tables["categories"].num_rows == 30
    assert tables["customers"].num_rows == 100
