"""Which rows are sampled together."""

from __future__ import annotations

import pyarrow as pa

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.subsetting.entities import plan_entities, row_hashes

COUNTS = {"countries": 50, "customers": 1000, "products": 5000, "orders": 9000, "items": 40_000}


def link(table: str, parent: str) -> ForeignKey:
    column = f"{parent}_id"
    return ForeignKey(table=table, columns=(column,), parent=parent, parent_columns=("id",))


def shop() -> Schema:
    links = {
        "customers": ["countries"],
        "orders": ["customers"],
        "items": ["products", "orders"],
        "countries": [],
        "products": [],
    }
    tables = []
    for name in COUNTS:
        columns = [Column(name="id", storage="int64")]
        columns += [Column(name=f"{parent}_id", storage="int64") for parent in links[name]]
        columns += [Column(name="last_name")] if name == "customers" else []
        tables.append(Table(name=name, columns=tuple(columns), primary_key=("id",)))
    keys = tuple(link(table, parent) for table, parents in links.items() for parent in parents)
    return Schema(tables=tuple(tables), foreign_keys=keys)


def test_people_come_first_and_all_hangs_on_them_that_can() -> None:
    plan = plan_entities(shop(), COUNTS, 10_000)
    assert plan.roots == ("customers", "products")
    assert [str(key) for key in plan.down] == [
        "orders(customers_id) -> customers(id)",
        "items(orders_id) -> orders(id)",
    ]
    assert plan.whole == ("countries",)


def test_every_table_is_reached() -> None:
    for most in (100, 10_000, 10**6):
        plan = plan_entities(shop(), COUNTS, most)
        reached = {*plan.roots, *plan.whole, *(key.table for key in plan.down)}
        assert reached == set(COUNTS)


def test_a_row_has_the_same_number_wherever_it_is() -> None:
    rows = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]})
    hashes = row_hashes(rows)
    assert len(set(hashes.tolist())) == 3
    assert row_hashes(rows.slice(1)).tolist() == hashes[1:].tolist()
