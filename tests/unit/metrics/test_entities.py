"""Which tables hold entities, what hangs on one of them, and what many share."""

import numpy as np
import pytest

from synthkit.metrics.entities import SHARED, find_entities, may_be_empty, tree_tops
from synthkit.schema import Column, ForeignKey, Schema, Table


def table(name, *columns, key="id", reference=False):
    described = [Column(name="id", sdtype="id", storage="int64", nullable=False)]
    for column in columns:
        kind = "first_name" if column == "first_name" else "id"
        described.append(
            Column(name=column.rstrip("!"), sdtype=kind, nullable=not column.endswith("!"))
        )
    return Table(name=name, columns=tuple(described), primary_key=key, reference=reference)


def link(child, column, parent):
    return ForeignKey(table=child, columns=column, parent=parent, parent_columns="id")


def spread(children, parents, seed=1):
    """Return a parent row for each child row, every parent row with some."""
    rng = np.random.Generator(np.random.Philox(seed))
    return np.concatenate([np.arange(parents), rng.integers(0, parents, children - parents)])


RENTALS = link("rentals", "customer", "customers")
INVENTORY = link("rentals", "item", "items")
FILMS = link("items", "film", "films")
ADDRESS = link("customers", "address", "addresses")
STORE = Schema(
    tables=(
        table("films"),
        table("items", "film!"),
        table("labels", "film!"),
        table("addresses"),
        table("customers", "first_name", "address!"),
        table("rentals", "customer!", "item!"),
        table("logs"),
    ),
    foreign_keys=(FILMS, link("labels", "film", "films"), ADDRESS, RENTALS, INVENTORY),
)
COUNTS = {
    "films": 40,
    "items": 300,
    "labels": 80,
    "addresses": 60,
    "customers": 50,
    "rentals": 900,
    "logs": 25,
}
PARENTS = {
    FILMS: spread(300, 40),
    STORE.foreign_keys[1]: spread(80, 40),
    ADDRESS: np.arange(50) + 10,
    RENTALS: spread(900, 50),
    INVENTORY: spread(900, 300),
}


def test_people_are_the_entities_and_what_many_of_them_use_is_shared():
    found = find_entities(STORE, COUNTS, PARENTS)
    assert found.roots == ("customers", "logs")
    assert set(found.owners) == {"customers", "rentals", "addresses", "logs"}
    assert np.array_equal(found.owners["rentals"], found.owners["customers"][PARENTS[RENTALS]])
    assert found.count == 50 + 10 + 25


def test_a_table_above_that_serves_one_entity_each_belongs_to_it():
    owners = find_entities(STORE, COUNTS, PARENTS).owners
    assert np.array_equal(owners["addresses"][10:], owners["customers"])
    assert len(set(owners["addresses"][:10]) | set(owners["customers"])) == 60


def test_few_rows_above_that_several_use_are_shared_and_many_share_the_table():
    some, many = np.arange(50) + 10, np.arange(50) + 10
    some[1] = some[0]
    many[1::2] = many[::2]
    found = find_entities(STORE, COUNTS, {**PARENTS, ADDRESS: some}).owners["addresses"]
    assert (found == SHARED).nonzero()[0].tolist() == [10]
    assert "addresses" not in find_entities(STORE, COUNTS, {**PARENTS, ADDRESS: many}).owners


def test_people_who_serve_many_others_are_shared():
    served = ForeignKey(table="customers", columns="clerk", parent="clerks", parent_columns="id")
    schema = Schema(
        tables=(table("clerks", "first_name"), table("customers", "first_name", "clerk!")),
        foreign_keys=(served,),
    )
    counts = {"clerks": 20, "customers": 100}
    assert find_entities(schema, counts, {served: np.arange(100) % 20}).roots == ("customers",)
    counts = {"clerks": 20, "customers": 99}
    assert find_entities(schema, counts, {served: np.arange(99) % 20}).roots == ("clerks",)


def test_without_people_the_top_of_most_tables_holds_the_entities():
    tables = tuple(
        each.model_copy(
            update={"columns": tuple(c for c in each.columns if c.name != "first_name")}
        )
        for each in STORE.tables
    )
    assert find_entities(STORE.model_copy(update={"tables": tables}), COUNTS, PARENTS).roots == (
        "films",
        "logs",
    )


def test_reference_tables_and_small_ones_hold_no_entities():
    tables = tuple(
        each.model_copy(update={"reference": each.name == "logs"}) for each in STORE.tables
    )
    schema = STORE.model_copy(update={"tables": tables})
    assert find_entities(schema, COUNTS, PARENTS).roots == ("customers",)
    small = Schema(tables=(table("logs"),))
    assert find_entities(small, {"logs": 19}, {}).roots == ()
    assert find_entities(small, {"logs": 20}, {}).roots == ("logs",)


def test_rows_without_a_parent_are_entities_of_their_own():
    parents = PARENTS[RENTALS].copy()
    parents[100:110] = -1
    found = find_entities(STORE, COUNTS, {**PARENTS, RENTALS: parents})
    alone = found.owners["rentals"][100:110]
    start, end = found.ranges["rentals"]
    assert sorted(alone) == list(range(start, end))


@pytest.mark.parametrize(("column", "count"), [("boss!", 3), ("boss", 21)])
def test_rows_that_must_point_at_rows_of_their_table_are_one_entity(column, count):
    key = ForeignKey(table="staff", columns="boss", parent="staff", parent_columns="id")
    schema = Schema(tables=(table("staff", column),), foreign_keys=(key,))
    boss = np.arange(21) % 3
    found = find_entities(schema, {"staff": 21}, {key: boss})
    assert found.count == count
    assert may_be_empty(schema, key) == (count == 21)


def test_a_reference_inside_a_key_or_another_reference_stays():
    key, other = (
        link("b", "x", "a"),
        ForeignKey(table="b", columns=("x", "y"), parent="c", parent_columns=("id", "y")),
    )
    tables = (table("a"), table("b", "x", "y", key=("id", "y")), table("c", "y"))
    schema = Schema(tables=tables, foreign_keys=(key,))
    assert may_be_empty(schema, key)
    schema = Schema(tables=tables, foreign_keys=(key, other))
    assert not may_be_empty(schema, key)
    assert not may_be_empty(schema, other)


def test_tops_of_trees_and_circles():
    #         0  1  2  3  4  5  6  7
    parent = [0, 0, 1, 2, 5, 6, 4, 5]
    assert tree_tops(np.array(parent)).tolist() == [0, 0, 0, 0, 4, 4, 4, 4]
    chain = np.maximum(np.arange(1000) - 1, 0)
    assert not tree_tops(chain).any()
