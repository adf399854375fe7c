"""Forests, cycles, orders and the main table, on hand-made schemas."""

from __future__ import annotations

import pytest

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import forest, main_table, topological


def schema(
    tables: dict[str, list[str]],
    foreign_keys: list[tuple[str, str, str]],
    *,
    required: tuple[str, ...] = (),
    reference: tuple[str, ...] = (),
    unique: tuple[str, ...] = (),
) -> Schema:
    """Build a schema; the first column is the key; ``required`` and ``unique`` name key columns."""
    return Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(Column(name=c, nullable=c not in required) for c in columns),
                primary_key=(columns[0],),
                reference=name in reference,
            )
            for name, columns in tables.items()
        ),
        foreign_keys=tuple(
            ForeignKey(
                table=table,
                columns=(column,),
                parent=parent,
                parent_columns=(tables[parent][0],),
                unique=column in unique,
            )
            for table, column, parent in foreign_keys
        ),
    )


SHOP = schema(
    {
        "customers": ["id"],
        "orders": ["id", "customer_id", "status_id"],
        "lines": ["id", "order_id", "product_id"],
        "products": ["id"],
        "statuses": ["id"],
    },
    [
        ("orders", "customer_id", "customers"),
        ("orders", "status_id", "statuses"),
        ("lines", "order_id", "orders"),
        ("lines", "product_id", "products"),
    ],
    reference=("statuses",),
)
ROWS = {"customers": 100, "orders": 300, "lines": 900, "products": 50, "statuses": 400}


def test_a_table_hangs_under_its_largest_parent() -> None:
    found = forest(SHOP, ROWS)
    assert found.roots == ["customers", "products", "statuses"]
    assert found.below("customers") == ["customers", "orders", "lines"]
    assert found.root_of("lines") == "customers"
    assert [str(key) for key in found.links("lines")] == ["lines(product_id) -> products(id)"]


def test_a_catalogue_larger_than_what_was_sold_owns_nothing() -> None:
    large = {**ROWS, "products": 3_000}
    assert forest(SHOP, large).root_of("lines") == "customers"
    assert forest(SHOP, {**large, "lines": 9_000}).root_of("lines") == "products"


def test_reference_tables_and_tiny_parents_own_nothing() -> None:
    assert forest(SHOP, {**ROWS, "customers": 0}).primary["orders"] is None
    assert "orders" not in forest(SHOP, ROWS).below("statuses")


def test_the_main_table_is_the_root_with_most_descendants() -> None:
    assert main_table(SHOP, ROWS) == "customers"
    assert main_table(SHOP.subset(["products", "lines"]), ROWS) == "products"
    assert main_table(SHOP.subset(["statuses"]), ROWS) == "statuses"


def test_a_table_without_rows_is_not_the_main_table() -> None:
    assert main_table(SHOP, {**ROWS, "customers": 0}) == "orders"
    nothing = dict.fromkeys(ROWS, 0)
    assert main_table(SHOP, nothing) == "customers"
    assert main_table(SHOP, {**nothing, "lines": 3}) == "lines"


def test_a_handful_of_employees_is_not_the_main_table() -> None:
    crm = schema(
        {"employees": ["id"], "customers": ["id", "employee_id"], "orders": ["id", "customer_id"]},
        [("customers", "employee_id", "employees"), ("orders", "customer_id", "customers")],
    )
    rows = {"employees": 40, "customers": 2000, "orders": 6000}
    assert main_table(crm, rows) == "customers"
    assert main_table(crm, {**rows, "employees": 400}) == "employees"


def test_one_to_one_keys_own_nothing() -> None:
    both = schema({"a": ["id"], "b": ["id", "a_id"]}, [("b", "a_id", "a")], unique=("a_id",))
    assert forest(both, {"a": 5, "b": 5}).roots == ["a", "b"]


def test_a_cycle_is_cut_where_a_reference_may_be_missing() -> None:
    ring = schema(
        {"stores": ["id", "manager_id"], "staff": ["id", "store_id"]},
        [("stores", "manager_id", "staff"), ("staff", "store_id", "stores")],
        required=("store_id",),
    )
    found = forest(ring, {"stores": 3, "staff": 9})
    assert [str(key) for key in found.cut] == ["stores(manager_id) -> staff(id)"]
    assert topological(ring, ignore=found.cut) == ["stores", "staff"]
    with pytest.raises(ValueError, match="cycle"):
        topological(ring)


def test_two_cycles_that_share_a_table_are_both_cut() -> None:
    eight = schema(
        {"a": ["id", "b_id", "c_id"], "b": ["id", "a_id"], "c": ["id", "a_id"]},
        [("a", "b_id", "b"), ("b", "a_id", "a"), ("a", "c_id", "c"), ("c", "a_id", "a")],
    )
    found = forest(eight, dict.fromkeys("abc", 10))
    assert len(found.cut) == 2
    assert sorted(topological(eight, ignore=found.cut)) == ["a", "b", "c"]


def test_a_self_reference_is_no_cycle_and_no_parent() -> None:
    tree = schema({"staff": ["id", "boss"]}, [("staff", "boss", "staff")])
    found = forest(tree, {"staff": 9})
    assert found.cut == ()
    assert found.primary["staff"] is None
    assert [key.is_self_reference for key in found.links("staff")] == [True]
