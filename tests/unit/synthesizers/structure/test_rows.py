"""How many rows each table of a sample has: what was asked for, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from synthkit.contracts import RowTargets
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import forest
from synthkit.synthesizers.structure.rows import bridge_keys, plan_rows

SHOP = {"customers": 40, "orders": 90, "lines": 183, "shipments": 50, "countries": 4}


def planned(data: Dataset, **targets: object) -> dict[str, int]:
    wood = forest(data.schema, data.row_counts)
    return plan_rows(wood, data.row_counts, RowTargets(**targets))  # type: ignore[arg-type]


@pytest.fixture
def shop(zoo: Mapping[str, Callable[[], Dataset]]) -> Dataset:
    """Customers with orders with lines (in countries, a reference table) with shipments."""
    made = zoo["shop"]()
    assert {**made.row_counts, "lines": 183} == SHOP
    return made


def test_with_nothing_asked_for_it_is_as_large_as_what_was_learned(awkward: Dataset) -> None:
    assert planned(awkward) == awkward.row_counts
    assert planned(awkward, scale=1.0) == awkward.row_counts


def test_all_tables_follow_the_main_table_and_reference_tables_stay(shop: Dataset) -> None:
    lines = shop.row_counts["lines"]
    assert planned(shop, main=400) == {
        "customers": 400,
        "orders": 900,
        "lines": 10 * lines,
        "shipments": 500,
        "countries": 4,
    }
    assert planned(shop, main=400) == planned(shop, scale=10) == planned(shop, main=400, scale=None)


def test_another_table_may_be_the_main_one(shop: Dataset) -> None:
    assert planned(shop, main=180, table="orders") == planned(shop, scale=2)
    assert planned(shop, tables={"orders": 180}) == planned(shop, scale=2)
    assert planned(shop, table="orders") == shop.row_counts


def test_what_hangs_under_a_table_follows_it_and_the_rest_the_main_table(shop: Dataset) -> None:
    plan = planned(shop, main=400, tables={"orders": 90})
    assert (plan["customers"], plan["orders"]) == (400, 90)
    assert (plan["lines"], plan["shipments"]) == (shop.row_counts["lines"], 50)
    plan = planned(shop, scale=3, tables={"lines": 10, "shipments": 2})
    assert plan == {"customers": 120, "orders": 270, "lines": 10, "shipments": 2, "countries": 4}


def test_numbers_of_single_tables_win(shop: Dataset) -> None:
    assert planned(shop, main=400, tables={"customers": 40})["customers"] == 40


def test_small_samples_keep_a_row_of_each_table_that_had_any(awkward: Dataset) -> None:
    plan = planned(awkward, scale=1e-6)
    for table, learned in awkward.row_counts.items():
        kept = learned if awkward.schema.table(table).reference else min(learned, 1)
        assert plan[table] == kept


def test_no_rows_of_the_main_table_are_no_rows_at_all(shop: Dataset) -> None:
    empty = {"customers": 0, "orders": 0, "lines": 0, "shipments": 0, "countries": 4}
    assert planned(shop, main=0) == planned(shop, tables={"customers": 0}) == empty


def test_no_rows_of_another_table_empty_only_what_hangs_under_it(shop: Dataset) -> None:
    plan = planned(shop, tables={"orders": 0})
    assert plan == {"customers": 40, "orders": 0, "lines": 0, "shipments": 0, "countries": 4}


def test_tables_that_were_empty_stay_empty(zoo: Mapping[str, Callable[[], Dataset]]) -> None:
    edges = zoo["edges"]()
    assert planned(edges, scale=10) == {
        "empty": 0,
        "children_of_empty": 20,  # their foreign key may be null
        "single": 10,
        "loose": 30,
    }
    with pytest.raises(UsageError, match="'empty' had no rows to learn from") as refused:
        planned(edges, tables={"empty": 1})
    assert refused.value.hint == "Leave it out of --rows."
    assert planned(edges, tables={"empty": 0}) == edges.row_counts


def test_one_to_one_children_have_no_more_rows_than_their_parents(
    zoo: Mapping[str, Callable[[], Dataset]],
) -> None:
    made = zoo["one_to_one"]()
    assert planned(made, tables={"profiles": 20, "users": 20}) == {"users": 20, "profiles": 20}
    assert planned(made, tables={"users": 3}) == {"users": 3, "profiles": 2}
    with pytest.raises(UsageError) as refused:
        planned(made, tables={"profiles": 21, "users": 20})
    assert refused.value.message == (
        "'profiles' cannot have 21 rows: each row needs its own row of 'users', so 20 at most."
    )
    assert refused.value.hint == "Ask for fewer, or for more rows of its parents."


def test_a_bridge_has_no_more_rows_than_combinations(
    zoo: Mapping[str, Callable[[], Dataset]],
) -> None:
    made = zoo["bridge"]()
    plan = planned(made, tables={"playlists": 2, "tracks": 5, "entries": 10})
    assert plan == {"playlists": 2, "tracks": 5, "entries": 10}
    with pytest.raises(UsageError, match="no combination of its parents may repeat, so 10 at most"):
        planned(made, tables={"playlists": 2, "tracks": 5, "entries": 11})
    assert planned(made, tables={"playlists": 1, "tracks": 1})["entries"] == 1


def chain(nullable: bool) -> tuple[Schema, dict[str, int]]:
    """Tables a, b and c, each a child of the one before."""
    tables = tuple(
        Table(
            name=name,
            columns=(
                Column(name="id", storage="int64"),
                Column(name="up", storage="int64", nullable=nullable),
            ),
            primary_key="id",
        )
        for name in "abc"
    )
    keys = tuple(
        ForeignKey(table=child, columns="up", parent=parent, parent_columns="id")
        for child, parent in ("ba", "cb")
    )
    return Schema(tables=tables, foreign_keys=keys), {"a": 10, "b": 20, "c": 30}


@pytest.mark.parametrize("nullable", [True, False])
def test_children_of_an_empty_table_are_no_rows(nullable: bool) -> None:
    schema, counts = chain(nullable)
    wood = forest(schema, counts)
    assert plan_rows(wood, counts, RowTargets(tables={"a": 0})) == {"a": 0, "b": 0, "c": 0}
    with pytest.raises(UsageError, match=r"'b' cannot have 5 rows: its parent 'a' is empty"):
        plan_rows(wood, counts, RowTargets(tables={"a": 0, "b": 5}))


@pytest.mark.parametrize(
    ("targets", "message", "hint"),
    [
        ({"main": 5, "scale": 2.0}, "Both a number of rows and a scale", "Give one of them."),
        ({"scale": 0.0}, "above zero", "Try --scale 2.5."),
        ({"scale": -1.0}, "above zero", "Try --scale 2.5."),
        ({"scale": float("nan")}, "above zero", "Try --scale 2.5."),
        ({"scale": float("inf")}, "above zero", "Try --scale 2.5."),
        ({"main": -1}, "-1 rows were asked for 'customers'", "Ask for 0 or more."),
        ({"tables": {"orders": -7}}, "-7 rows were asked for 'orders'", "Ask for 0 or more."),
        ({"tables": {"custmers": 1}}, "no table 'custmers'", "Did you mean 'customers'?"),
        ({"main": 5, "table": "custmers"}, "no table 'custmers'", "Did you mean 'customers'?"),
        ({"table": "custmers"}, "no table 'custmers'", "Did you mean 'customers'?"),
        ({"tables": {"countries": 9}}, "reference table: it keeps its 4 rows", "reference: false"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    shop: Dataset, targets: dict[str, object], message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        planned(shop, **targets)
    assert message in refused.value.message
    assert hint in str(refused.value.hint)


def test_a_reference_table_may_be_asked_for_as_it_is(shop: Dataset) -> None:
    assert planned(shop, tables={"countries": 4}) == shop.row_counts


def test_the_keys_of_a_bridge_are_those_that_make_up_a_key(
    zoo: Mapping[str, Callable[[], Dataset]],
) -> None:
    found = {}
    for name, make in zoo.items():
        data = make()
        wood = forest(data.schema, data.row_counts)
        for table in data.schema.table_names:
            keys = bridge_keys(wood, table)
            if keys:
                found[name, table] = [key.columns for key in keys]
    assert found == {
        ("bridge", "entries"): [("playlist_id",), ("track_id",)],
        ("composite", "salaries"): [("year", "team"), ("person",)],
    }
