"""Values of key columns: unique, in the storages of the schema, and found again by row number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.skeleton import Skeleton

Zoo = Mapping[str, Callable[[], Dataset]]
Make = Callable[..., Skeleton]
Build = Callable[..., Dataset]


def keys(made: Skeleton, table: str) -> pa.Table:
    """Return the key columns of all rows of a table."""
    blocks = range(made.layout.block_count(made.forest.root_of(table)))
    pieces = [made.key_columns(made.rows(table, number)) for number in blocks]
    return pa.concat_tables([pa.table(piece) for piece in pieces])


def distinct(rows: pa.Table) -> int:
    count: int = rows.group_by(rows.column_names).aggregate([]).num_rows
    return count


@pytest.mark.parametrize("scale", [1, 50])
def test_columns_have_the_storages_of_the_schema(
    awkward: Dataset, skeleton: Make, scale: int
) -> None:
    made = skeleton(awkward, scale=scale)
    for table in awkward.schema.tables:
        if not made.plan[table.name]:
            continue
        rows = keys(made, table.name)
        assert set(rows.column_names) == set(made.roles(table.name).all)
        for name in rows.column_names:
            assert rows.schema.field(name).type == arrow_type(table.column(name).storage)


def test_values_are_found_by_row_number(awkward: Dataset, skeleton: Make) -> None:
    made = skeleton(awkward, scale=30)
    for table in awkward.schema.table_names:
        count = made.plan[table]
        if not count:
            continue
        rows = keys(made, table)
        numbers = np.array([0, count - 1, -1, count // 2, 0])
        for name in made.roles(table).all:
            found = made.keys.at(table, name, numbers).to_pylist()
            expected = [None if n < 0 else rows.column(name)[n].as_py() for n in numbers.tolist()]
            assert found == expected, (table, name)


def test_a_key_that_is_a_foreign_key_has_the_parents_values(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["shop"](), scale=20)
    lines, orders = keys(made, "lines"), keys(made, "orders")
    (key,) = [k for k in made.profile.schema.foreign_keys_of("lines") if k.parent == "orders"]
    owners = made.rows("lines", 0).parents[key]
    assert (
        lines.column("order_id")
        .combine_chunks()
        .equals(orders.column("id").combine_chunks().take(pa.array(owners)))
    )


@pytest.mark.parametrize("factor", [1, 3, 100])
@pytest.mark.parametrize(
    "parts",
    [
        {"year": [2000, 2001, 2002] * 2, "team": ["A"] * 3 + ["B"] * 3},
        {"flag": [True, False] * 3, "code": [7, 7, 8, 8, 9, 9]},
        {"flag": [True, False], "one": [7, 7]},
        {"team": ["A", "B", "C"], "city": ["x", "x", "y"]},
        {"a": [0.5, 1.5, 2.5], "b": [b"x", b"y", b"z"]},
        {"n": [1, 1, 2, 2], "flag": [True, False] * 2, "t": ["x", "y", "y", "x"]},
    ],
)
def test_parts_of_a_key_are_numbered_together(
    build: Build, skeleton: Make, parts: dict[str, list[Any]], factor: int
) -> None:
    data = build({"t": parts}, {"t": tuple(parts)}, [])
    made = skeleton(data, scale=factor)
    assert made.roles("t").digits == tuple(parts)
    rows = keys(made, "t")
    assert distinct(rows) == made.plan["t"] == factor * data.row_counts["t"]
    assert not any(column.null_count for column in rows.columns)
    if factor == 1:
        for name, seen in parts.items():
            assert set(rows.column(name).to_pylist()) <= set(seen), "none but values seen"


def test_line_numbers_count_each_parents_rows(zoo: Zoo, skeleton: Make) -> None:
    lines = keys(skeleton(zoo["shop"](), scale=30), "lines").to_pandas()
    expected = lines.groupby("order_id").cumcount() + 1
    assert (lines["line_no"] == expected).all()


def editions(build: Build, per_parent: int) -> Dataset:
    languages = ["de", "en", "fr", "it"]
    return build(
        {
            "books": {"id": list(range(10))},
            "editions": {
                "book": [book for book in range(10) for _ in range(per_parent)],
                "language": [
                    languages[(book + n) % 4] for book in range(10) for n in range(per_parent)
                ],
            },
        },
        {"books": ("id",), "editions": ("book", "language")},
        [("editions", ("book",), "books", ("id",))],
    )


@pytest.mark.parametrize("per_parent", [1, 2, 4])
def test_a_part_that_differs_within_each_parent(
    build: Build, skeleton: Make, per_parent: int
) -> None:
    made = skeleton(editions(build, per_parent), scale=50)
    assert made.roles("editions").within == ("language",)
    rows = keys(made, "editions")
    assert distinct(rows) == made.plan["editions"] == 500 * per_parent
    assert set(rows.column("language").to_pylist()) == {"de", "en", "fr", "it"}


def test_a_parent_with_more_children_than_values_seen_gets_new_values(
    build: Build, skeleton: Make
) -> None:
    made = skeleton(editions(build, 4), tables={"books": 2, "editions": 60})
    rows = keys(made, "editions")
    assert distinct(rows) == 60
    assert {"de", "en", "fr", "it"} < set(rows.column("language").to_pylist())


def people(count: int, values: Any) -> Dataset:
    """Accounts named by e-mail, and logins of them."""
    emails = [f"real{n}@company.com" for n in range(count)]

    def column(name: str, **facts: Any) -> Column:
        return Column(name=name, nullable=False, **facts)

    email = {"sdtype": "email", "pii": True}
    schema = Schema(
        tables=(
            Table(name="accounts", columns=(column("email", **email),), primary_key="email"),
            Table(
                name="logins",
                columns=(column("id", storage="int64"), column("email", **email)),
                primary_key="id",
            ),
        ),
        foreign_keys=(
            ForeignKey(table="logins", columns="email", parent="accounts", parent_columns="email"),
        ),
    )
    logins = {"id": list(range(3 * count)), "email": emails * 3}
    return Dataset.in_memory(
        schema, {"accounts": pa.table({"email": emails}), "logins": pa.table(logins)}
    )


def test_personal_keys_come_from_a_provider_and_joins_still_work(
    skeleton: Make, values: Any
) -> None:
    made = skeleton(people(20, values), scale=10)
    accounts = keys(made, "accounts").column("email").to_pylist()
    assert accounts == [f"email{number}" for number in range(200)]
    assert set(keys(made, "logins").column("email").to_pylist()) <= set(accounts)
