from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import DataError
from synthkit.schema import (
    Column,
    Dependency,
    Equality,
    FixedCombinations,
    ForeignKey,
    Formula,
    Inequality,
    Range,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.rules import Rule
from synthkit.schema.storage import arrow_type
from synthkit.schema.validate import KINDS, Validation, Violation, validate

Data = dict[str, dict[str, list[Any]]]


def check(schema: Schema, data: Data, chunk_rows: int = 2) -> Validation:
    """Validate plain lists, given to the validation in small chunks."""
    tables = {
        table.name: pa.table(
            {
                column.name: pa.array(data[table.name][column.name], arrow_type(column.storage))
                for column in table.columns
            }
        )
        for table in schema.tables
    }

    def read(table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        whole = tables[table].select(list(columns))
        for start in range(0, whole.num_rows, chunk_rows):
            yield whole.slice(start, chunk_rows)

    return validate(schema, read)


def one(column: Column, values: list[Any], *rules: Rule) -> list[tuple[str, int, tuple[int, ...]]]:
    """Return the kind, count and rows of what is wrong with a table of one column."""
    schema = Schema(tables=(Table(name="t", columns=(column,)),), rules=rules)
    return [(v.kind, v.count, v.rows) for v in check(schema, {"t": {"c": values}}).violations]


def several(schema: Schema, data: Data) -> list[tuple[str, str, int, tuple[int, ...]]]:
    return [(v.kind, v.subject, v.count, v.rows) for v in check(schema, data).violations]


SHOP = Schema(
    tables=(
        Table(
            name="customers",
            columns=(
                Column(name="id", storage="int64", nullable=False),
                Column(name="email", sdtype="email"),
                Column(name="born", storage="date32[day]"),
            ),
            primary_key=("id",),
            alternate_keys=(("email",),),
        ),
        Table(
            name="orders",
            columns=(
                Column(name="customer", storage="int64"),
                Column(name="placed", storage="timestamp[us]", nullable=False),
                Column(name="paid", storage="date32[day]"),
            ),
        ),
    ),
    foreign_keys=(
        ForeignKey(
            table="orders", columns=("customer",), parent="customers", parent_columns=("id",)
        ),
    ),
    rules=(
        Inequality(table="orders", low="placed", high="paid"),
        Inequality(
            table="orders",
            low="born",
            high="placed",
            parent="customers",
            foreign_key=("customer",),
        ),
    ),
)
DAY = dt.date(2024, 2, 29)
NOON = dt.datetime(2024, 2, 29, 12)


def shop() -> Data:
    return {
        "customers": {
            "id": [1, 2, 3],
            "email": ["a@b.org", "c@d.org", "e@f.org"],
            "born": [dt.date(1990, 1, 1), None, DAY],
        },
        "orders": {
            "customer": [1, 3, None, 1, 2],
            "placed": [NOON] * 5,
            "paid": [dt.date(2024, 3, 1), None, dt.date(2024, 3, 1), dt.date(2025, 1, 1), None],
        },
    }


def test_data_that_keeps_its_schema_is_valid() -> None:
    result = check(SHOP, shop())
    assert result.ok
    assert result.violations == ()
    assert result.row_counts == {"customers": 3, "orders": 5}
    assert result.to_dict() == {
        "ok": True,
        "tables": {"customers": 3, "orders": 5},
        "violations": [],
    }


@pytest.mark.parametrize(
    ("table", "column", "values", "expected"),
    [
        ("customers", "id", [1, 2, None], [("null", "customers.id", 1, (3,))]),
        ("customers", "id", [1, 3, 3], [("duplicate", "customers.id", 1, (3,))]),
        ("customers", "email", ["a@b.org"] * 3, [("duplicate", "customers.email", 2, (2, 3))]),
        ("customers", "email", [None, "a@b.org", None], [("null", "customers.email", 2, (1, 3))]),
        ("customers", "email", ["a@b.org", "@", "e@f"], [("form", "customers.email", 2, (2, 3))]),
        (
            "customers",
            "born",
            [DAY, DAY, dt.date(2025, 1, 1)],
            [("inequality", "customers.born <= orders.placed", 1, (2,))],
        ),
        (
            "orders",
            "customer",
            [1, 7, None, -1, 7],
            [("orphan", "orders(customer) -> customers(id)", 3, (2, 4, 5))],
        ),
        (
            "orders",
            "placed",
            [NOON, None, None, NOON, NOON],
            [("null", "orders.placed", 2, (2, 3))],
        ),
        (
            "orders",
            "paid",
            [DAY, None, dt.date(2024, 3, 1), dt.date(1024, 1, 1), DAY],
            [("inequality", "orders.placed <= orders.paid", 3, (1, 4, 5))],
        ),
    ],
)
def test_each_way_of_breaking_it_is_found(
    table: str, column: str, values: list[Any], expected: list[tuple[Any, ...]]
) -> None:
    data = shop()
    data[table][column] = values
    found = several(SHOP, data)
    assert [item for item in found if item[0] != "orphan" or table == "orders"] == expected


def test_violations_are_sorted_and_counted_in_words() -> None:
    data = shop()
    data["orders"]["customer"] = [9] * 5
    data["customers"]["email"] = ["x", "x", None]
    result = check(SHOP, data)
    assert [(v.table, v.kind) for v in result.violations] == [
        ("customers", "null"),
        ("customers", "duplicate"),
        ("customers", "form"),
        ("orders", "orphan"),
    ]
    orphan = result.violations[-1]
    assert str(orphan) == (
        "orders(customer) -> customers(id): has no such row in customers(id) (5 of 5 rows)"
    )
    assert result.to_dict()["violations"][-1] == {
        "kind": "orphan",
        "table": "orders",
        "subject": "orders(customer) -> customers(id)",
        "message": "has no such row in customers(id) (5 of 5 rows)",
        "count": 5,
        "rows": [1, 2, 3, 4, 5],
        "hint": None,
    }


def test_only_the_first_rows_are_named_and_all_are_counted() -> None:
    found = one(Column(name="c", nullable=False), ["x", *[None] * 1000])
    assert found == [("null", 1000, (2, 3, 4, 5, 6))]


def test_composite_keys_count_as_a_whole_and_a_null_part_is_no_reference() -> None:
    def schema(unique: bool) -> Schema:
        pair = (Column(name="a"), Column(name="b", storage="int64"))
        return Schema(
            tables=(
                Table(name="p", columns=pair, primary_key=("a", "b")),
                Table(name="c", columns=pair),
            ),
            foreign_keys=(
                ForeignKey(
                    table="c",
                    columns=("a", "b"),
                    parent="p",
                    parent_columns=("a", "b"),
                    unique=unique,
                ),
            ),
        )

    data: Data = {
        "p": {"a": ["x", "x", "y", "y"], "b": [1, 2, 1, 2]},
        "c": {
            "a": ["x", "x", None, "y", None, "z", "x"],
            "b": [1, 1, 1, None, None, 1, 3],
        },
    }
    text = "c(a, b) -> p(a, b)"
    assert several(schema(False), data) == [("orphan", text, 2, (6, 7))]
    assert several(schema(True), data) == [
        ("orphan", text, 2, (6, 7)),
        ("shared_parent", text, 1, (2,)),
    ]
    data["p"] = {"a": ["x", "x", None, "x"], "b": [1, 2, 1, 1]}
    assert several(schema(False), data)[:2] == [
        ("null", "p(a, b)", 1, (3,)),
        ("duplicate", "p(a, b)", 1, (4,)),
    ]


def test_three_columns_of_many_values_do_not_mix() -> None:
    names = ("a", "b", "c")
    columns = tuple(Column(name=name, storage="int64") for name in names)
    schema = Schema(tables=(Table(name="t", columns=columns, primary_key=names),))
    grid = np.stack(np.meshgrid(*[np.arange(10) * 10**17] * 3), -1).reshape(-1, 3)
    data = {"t": {name: list(grid[:, i]) for i, name in enumerate(names)}}
    assert several(schema, data) == []
    data["t"]["c"][-1] = data["t"]["c"][-2]
    assert several(schema, data) == [("duplicate", "t(a, b, c)", 1, (1000,))]


@pytest.mark.parametrize(
    ("child", "parent", "values", "orphans"),
    [
        ("double", "int64", [1.0, 2.0, 2.5], 1),
        ("int64", "double", [1, 2, 3], 1),
        ("string", "int64", ["1", "02", "2"], 1),
        ("decimal128(5, 2)", "int64", [Decimal("1.00"), Decimal(2), Decimal("1.5")], 1),
        ("uint64", "int64", [1, 2, 2**64 - 1], 1),
    ],
)
def test_sides_of_different_storages_are_compared_by_value(
    child: str, parent: str, values: list[Any], orphans: int
) -> None:
    schema = Schema(
        tables=(
            Table(name="p", columns=(Column(name="id", storage=parent),)),
            Table(name="c", columns=(Column(name="p", storage=child),)),
        ),
        foreign_keys=(ForeignKey(table="c", columns=("p",), parent="p", parent_columns=("id",)),),
    )
    (violation,) = check(schema, {"p": {"id": [1, 2]}, "c": {"p": values}}).violations
    assert (violation.kind, violation.count) == ("orphan", orphans)
    assert "storages differ" in (violation.hint or "")


def tree(parents: list[int | None]) -> list[tuple[str, str, int, tuple[int, ...]]]:
    columns = (Column(name="id", storage="int64"), Column(name="up", storage="int64"))
    schema = Schema(
        tables=(Table(name="t", columns=columns),),
        foreign_keys=(ForeignKey(table="t", columns=("up",), parent="t", parent_columns=("id",)),),
    )
    return several(schema, {"t": {"id": list(range(len(parents))), "up": parents}})


@pytest.mark.parametrize(
    ("parents", "count", "rows"),
    [
        ([None, 0, 0, 1, 2], 0, ()),
        ([None, *range(9)], 0, ()),
        ([0], 1, (1,)),
        ([1, 0, 1, 2, None], 2, (1, 2)),
        ([1, 2, 3, 4, 5, 0, 0], 6, (1, 2, 3, 4, 5)),
        ([None, 2, 1, 4, 3, 4], 4, (2, 3, 4, 5)),
    ],
    ids=["tree", "chain", "itself", "pair with branches", "ring of six", "two pairs"],
)
def test_rows_of_a_self_reference_form_trees(
    parents: list[int | None], count: int, rows: tuple[int, ...]
) -> None:
    assert tree(parents) == ([("circle", "t(up) -> t(id)", count, rows)] if count else [])


@pytest.mark.parametrize(
    ("storage", "low", "high", "values", "counts"),
    [
        ("int64", 0, 1.5, [-1, 0, 1, 2, None], (1, 1)),
        ("int64", 2**53, 2**53 + 1, [2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2], (1, 1)),
        ("int64", -(10**30), 10**30, [-(2**63), 2**63 - 1], (0, 0)),
        ("int64", 10**30, None, [0, None, 1], (2, 0)),
        ("uint64", -1, 2**64, [0, 2**64 - 1], (0, 0)),
        ("double", 0, 1, [-0.1, 0.0, 1.0, 1.1, float("inf")], (1, 2)),
        ("decimal128(5, 2)", "0.015", 1.005, [Decimal("0.01"), Decimal("1.01"), None], (1, 1)),
        ("decimal128(5, 2)", -(10**80), 10**80, [Decimal("999.99")], (0, 0)),
        ("date32[day]", "2024-02-29", "2024-03-01", [DAY, dt.date(2024, 2, 28)], (1, 0)),
        ("date32[day]", None, dt.date(2024, 2, 28), [DAY], (0, 1)),
        ("timestamp[us]", "2024-02-29 12:00", "2024-02-29T12:00:00.5", [NOON], (0, 0)),
        ("timestamp[us]", "2024-02-29 12:00:01", None, [NOON], (1, 0)),
        ("timestamp[us, tz=Europe/Paris]", "2024-02-29 13:00", None, [NOON], (0, 0)),
        ("timestamp[us, tz=Europe/Paris]", "2024-02-29 13:01", None, [NOON], (1, 0)),
        ("timestamp[us, tz=Europe/Paris]", "2024-02-29T12:00:01Z", None, [NOON], (1, 0)),
        ("time64[us]", "08:00", "17:30", [dt.time(7, 59), dt.time(17, 30)], (1, 0)),
        ("string", "b", "c", ["a", "b", "c", "d"], (1, 1)),
    ],
)
def test_ranges_are_exact_in_the_column_s_own_type(
    storage: str, low: Any, high: Any, values: list[Any], counts: tuple[int, int]
) -> None:
    rule = Range(table="t", column="c", low=low, high=high)
    column = Column(name="c", storage=storage)
    schema = Schema(tables=(Table(name="t", columns=(column,)),), rules=(rule,))
    violations = check(schema, {"t": {"c": values}}).violations
    found = {violation.message.partition(" (")[0]: violation.count for violation in violations}
    texts = ("is below its least value", "is above its greatest value")
    expected = dict(zip(texts, counts, strict=True))
    assert found == {text: count for text, count in expected.items() if count}


@pytest.mark.parametrize(
    ("storage", "bound"),
    [
        ("int64", "many"),
        ("int64", True),
        ("double", "nan"),
        ("date32[day]", 2024),
        ("date32[day]", "29.2.2024"),
        ("time64[us]", "noon"),
        ("string", 5),
        ("bool", 1),
    ],
)
def test_a_bound_that_cannot_be_compared_is_the_schema_s_fault(storage: str, bound: Any) -> None:
    rule = Range(table="t", column="c", low=bound)
    assert one(Column(name="c", storage=storage), [None], rule) == [("schema", 0, ())]


DATED = {"datetime_format": "%d.%m.%Y"}


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ({"storage": "int64", "sdv": {"range_min": 0, "range_max": 9}}, [0, 9], [-1, 10]),
        (
            {
                "storage": "date32[day]",
                "format": "%d/%m/%Y",
                "sdv": {"range_min": "01/03/2024", "range_max": "2024-12-31"},
            },
            [dt.date(2024, 3, 1)],
            [DAY, dt.date(2025, 1, 1)],
        ),
        ({"sdv": {"range_values": ["a", "b"]}}, ["a", "b"], ["c", ""]),
        ({"sdv": {"order": ["a", "b"]}}, ["a", "b"], ["c"]),
        ({"storage": "int64", "sdv": {"range_values": [1, 2]}}, [1, 2], [3]),
        ({"storage": "int64", "sdv": {"range_values": ["1", "2"]}}, [1, 2], [3]),
        ({"storage": "bool", "sdv": {"range_values": [True]}}, [True], [False]),
        ({"storage": "double", "sdv": {"decimal_places": 2}}, [1.15, 2.675 * 4], [2.675]),
        ({"storage": "double", "sdv": {"decimal_places": 2}}, [1.7e308, -(2.0**53)], [2.0**40 / 3]),
        (
            {"storage": "decimal128(6, 3)", "sdv": {"decimal_places": 2}},
            [Decimal("999.990")],
            [Decimal("999.999"), Decimal("-999.999")],
        ),
        (
            {"storage": "decimal128(6, 3)", "sdv": {"decimal_places": 2}},
            [Decimal("1.150")],
            [Decimal("1.151")],
        ),
        ({"storage": "int64", "sdv": {"decimal_places": 0}}, [1], []),
        ({"sdv": {"regex_format": "A[0-9]{2}"}}, ["A01"], ["A1", "A011", "xA01", "A01\n", ""]),
        ({"sdv": {"regex_format": "a|ab"}}, ["a", "ab"], ["abc"]),
        ({"sdv": {"regex_format": "(?!B)[A-Z]+"}}, ["A"], ["B", "a"]),
        (
            {"storage": "int64", "format": "{:.1f}", "sdv": {"regex_format": "[0-9].0"}},
            [1],
            [10],
        ),
        ({"sdtype": "datetime", "sdv": DATED}, ["29.02.2024", "1.2.2024", ""], ["30.02.2024", "x"]),
        (
            {"sdtype": "datetime", "sdv": {"datetime_format": "%H:%M:%S.%f"}},
            ["01:02:03.5"],
            ["01:02:03", "25:00:00.0"],
        ),
        (
            {"sdtype": "datetime", "storage": "int64", "sdv": {"datetime_format": "%Y"}},
            [2024],
            [20245],
        ),
        (
            {"storage": "date32[day]"},
            [dt.date(1000, 1, 1), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
            [dt.date(202, 4, 1), dt.date(1, 1, 2)],
        ),
        ({"storage": "timestamp[us]"}, [NOON], [dt.datetime(24, 2, 29)]),
        ({"sdtype": "latitude", "storage": "double"}, [-90.0, 90.0], [90.1, -91.0, float("nan")]),
        ({"sdtype": "longitude"}, ["-180", "+1.5", " 2 ", "1e2"], ["180.01", "12 E", "", "."]),
        ({"sdtype": "latitude", "storage": "bool"}, [], [True]),
        (
            {"sdtype": "email"},
            ["a@b.org", "a.b+c@d-e.co.uk", '"a b"@c.de', "ü@ö.de", "", " "],
            ["a", "a@b", "a@b..de", "a b@c.de", "a@b@c.de", "@b.de", "a@-b.de", "a@b.de\n"],
        ),
        (
            {"sdtype": "phone_number"},
            ["112", "+49 (0)30 901820", "001-555-123-4567x12345", "555.123.4567 ext. 12", "1/2-3"],
            ["12", "CALL-ME", "1" * 19, "+", "5+5555", "555 x"],
        ),
        ({"sdtype": "phone_number", "storage": "int64"}, [5551234], [12, -5]),
        (
            {"sdtype": "ipv4_address"},
            ["0.0.0.0", "255.255.255.255"],
            ["256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4.5"],
        ),
        (
            {"sdtype": "ipv6_address"},
            ["::", "2001:db8::1", "::ffff:1.2.3.4", "FE80::A"],
            ["1.2.3.4", "2001:db8", ":::", "12345::", "::g", "a\x00"],
        ),
        ({"sdtype": "mac_address"}, ["00:1a:2B:3c:4d:5e", "00-1A-2B-3C-4D-5E"], ["00:1a", "x"]),
        (
            {"sdtype": "uuid4"},
            ["123e4567-e89b-12d3-a456-426614174000", "{123E4567e89b12d3a456426614174000}"],
            ["123e4567-e89b-12d3-a456-42661417400", "g23e4567-e89b-12d3-a456-426614174000"],
        ),
        ({"format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000"], ["1"]),
        ({"format": "json"}, ['{"a": [1, null]}', "1"], ["{", "nope"]),
        ({"sdtype": "url"}, ["https://a.b/c?d=e#f", "ftp://x"], ["a.b", "http://", "http://a b"]),
        (
            {"sdtype": "iban"},
            [
                "DE89370400440532013000",
                "GB82 WEST 1234 5698 7654 32",
                "fr1420041010050500013m02606",
            ],
            ["DE88370400440532013000", "DE89", "89370400440532013000DE", "DE89-3704"],
        ),
    ],
)
def test_forms_and_ranges_of_columns(
    column: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    described = Column(name="c", **column)
    assert one(described, [*good, None, *good]) == []
    for value in bad:
        ((_, count, rows),) = one(described, [*good, None, value, value])
        at = len(good) + 2
        assert (count, rows) == (2, (at, at + 1)), value


def test_a_pattern_that_is_none_is_the_schema_s_fault() -> None:
    assert one(Column(name="c", sdv={"regex_format": "("}), ["("]) == [("schema", 0, ())]


@pytest.mark.parametrize(
    ("a", "b", "count", "rows"),
    [
        (["x", "y", "x", "y"], [1, 2, 1, 2], 0, ()),
        (["x", "x", "x", "y"], [1, 2, 1, 1], 1, (2,)),
        (["x", "x", "y", "y"], [1, 2, 4, 3], 2, (2, 4)),
        (["x", "x", "x", "x"], [2, 1, 1, 3], 2, (1, 4)),
        (["x", "x", None, None], [None, None, 1, 1], 0, ()),
        (["x", "x", "x", "y"], [1, 1, None, None], 1, (3,)),
        (["x", "y", None, None, None], [1, 2, 1, 1, 2], 1, (5,)),
    ],
)
def test_a_dependency_counts_the_rows_that_stand_against_it(
    a: list[Any], b: list[Any], count: int, rows: tuple[int, ...]
) -> None:
    schema = Schema(
        tables=(Table(name="t", columns=(Column(name="a"), Column(name="b", storage="int64"))),),
        rules=(Dependency(table="t", determinant=("a",), dependent="b"),),
    )
    expected = [("dependency", "t: a determines b", count, rows)] if count else []
    assert several(schema, {"t": {"a": a, "b": b}}) == expected


def test_a_dependency_on_two_columns() -> None:
    columns = (Column(name="a"), Column(name="b"), Column(name="c"))
    schema = Schema(
        tables=(Table(name="t", columns=columns),),
        rules=(Dependency(table="t", determinant=("a", "b"), dependent="c"),),
    )
    data = {"t": {"a": list("xxyyx"), "b": list("12121"), "c": list("pqrsp")}}
    assert several(schema, data) == []
    data["t"]["c"][4] = "q"
    assert several(schema, data) == [("dependency", "t: a, b determines c", 1, (5,))]


def pair(low: str, high: str, strict: bool = False) -> Schema:
    columns = (Column(name="low", storage=low), Column(name="high", storage=high))
    rule = Inequality(table="t", low="low", high="high", strict=strict)
    return Schema(tables=(Table(name="t", columns=columns),), rules=(rule,))


@pytest.mark.parametrize(
    ("schema", "count"),
    [(pair("int64", "double"), 1), (pair("int64", "double", strict=True), 2)],
)
def test_inequalities_hold_where_both_sides_are_there(schema: Schema, count: int) -> None:
    data: Data = {"t": {"low": [1, 1, 1, None], "high": [0.5, 1.0, 1.5, 0.0]}}
    ((kind, _, found, _),) = several(schema, data)
    assert (kind, found) == ("inequality", count)


def test_what_cannot_be_compared_is_the_schema_s_fault() -> None:
    found = several(pair("int64", "date32[day]"), {"t": {"low": [1], "high": [DAY]}})
    assert found == [("schema", "t.low <= t.high", 0, ())]


def test_a_rule_without_a_foreign_key_is_the_schema_s_fault() -> None:
    schema = SHOP.model_copy(update={"foreign_keys": ()})
    assert several(schema, shop()) == [("schema", "customers.born <= orders.placed", 0, ())]


def test_the_parent_may_be_the_greater_side() -> None:
    rule = Inequality(
        table="orders",
        low="paid",
        high="born",
        parent="customers",
        parent_side="high",
        foreign_key=("customer",),
    )
    schema = SHOP.model_copy(update={"rules": (rule,)})
    data = shop()
    assert several(schema, data) == [("inequality", "orders.paid <= customers.born", 2, (1, 4))]
    data["customers"]["born"][0] = dt.date(2024, 3, 1)
    assert several(schema, data) == [("inequality", "orders.paid <= customers.born", 1, (4,))]


def read_as(values: pa.Array) -> Any:
    def read(table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        yield pa.table({"c": pa.array([None, None], values.type)})
        yield pa.table({"c": values})

    return read


def test_columns_of_another_type_are_converted_or_reported() -> None:
    table = Table(name="t", columns=(Column(name="c", storage="int64"),), primary_key=("c",))
    schema = Schema(tables=(table,))
    fitting = validate(schema, read_as(pa.array(["1", "2"]).dictionary_encode()))
    assert [(v.kind, v.count) for v in fitting.violations] == [("null", 2)]
    result = validate(schema, read_as(pa.array([None, "x", "3", None, "4"])))
    assert [(v.kind, v.count, v.rows) for v in result.violations] == [("type", 3, (4, 5, 7))]
    assert "x" not in result.violations[0].message.replace("text", "")


def test_a_column_that_is_not_there_is_an_error() -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="C"),)),))
    with pytest.raises(DataError, match="table 't', column 'C': it is not in the data") as caught:
        validate(schema, read_as(pa.array(["x"])))
    assert caught.value.hint == "Did you mean 'c'?"


def test_tables_without_rows_or_columns_are_valid() -> None:
    schema = SHOP.model_copy(update={"tables": (*SHOP.tables, Table(name="none", columns=()))})
    empty: Data = {
        table.name: {column.name: [] for column in table.columns} for table in schema.tables
    }
    result = check(schema, empty)
    assert result.ok
    assert result.row_counts == {"customers": 0, "orders": 0, "none": 0}


def test_the_size_of_chunks_changes_nothing() -> None:
    data = shop()
    data["orders"]["customer"] = [1, 9, None, 9, 2]
    data["customers"]["email"] = ["x", "a@b.org", "a@b.org"]
    assert check(SHOP, data, 1) == check(SHOP, data, 2) == check(SHOP, data, 100)


def test_no_message_holds_a_value() -> None:
    secret = "Agent 47"
    columns = (
        Column(name="a", sdtype="email", sdv={"regex_format": "x", "range_values": ["y"]}),
        Column(name="b", sdv={"range_max": "A"}),
    )
    schema = Schema(
        tables=(Table(name="t", columns=columns, primary_key=("a",)),),
        foreign_keys=(ForeignKey(table="t", columns=("b",), parent="t", parent_columns=("a",)),),
        rules=(
            Dependency(table="t", determinant=("b",), dependent="a"),
            Inequality(table="t", low="b", high="a", strict=True),
        ),
    )
    result = check(schema, {"t": {"a": [secret, secret, secret + "!"], "b": [secret] * 3}})
    assert {violation.kind for violation in result.violations} == {
        *("duplicate", "circle", "inequality", "dependency", "range", "form")
    }
    assert "47" not in str(result.to_dict())


def test_kinds_are_as_documented() -> None:
    assert (
        *("schema", "type", "null", "duplicate", "orphan", "shared_parent", "circle"),
        *("inequality", "equality", "formula", "balance", "unique", "dependency", "range", "form"),
    ) == KINDS
    assert str(Violation("null", "t", "t.c", "is empty", 1)) == "t.c: is empty"


def repeated(kind: str = "string", *, key: bool = True) -> Schema:
    """Return invoices that repeat the city of their customer."""
    link = ForeignKey(table="b", columns=("a",), parent="a", parent_columns=("id",))
    rule = Equality(table="b", column="city", equals="city", parent="a", foreign_key=("a",))
    whole, text = Column(name="id", storage="int64"), Column(name="city", storage=kind)
    return Schema(
        tables=(
            Table(name="a", columns=(whole, Column(name="city")), primary_key=("id",)),
            Table(name="b", columns=(Column(name="a", storage="int64"), text)),
        ),
        foreign_keys=(link,) if key else (),
        rules=(rule,),
    )


def test_what_is_repeated_is_equal_and_null_where_the_parent_is() -> None:
    data: Data = {
        "a": {"id": [1, 2, 3], "city": ["Ulm", None, "Bonn"]},
        "b": {"a": [1, 2, 3, None, 1, 2], "city": ["Ulm", None, None, "Rom", "Bonn", "Ulm"]},
    }
    assert several(repeated(), data) == [("equality", "b.city = a.city", 3, (3, 5, 6))]
    assert several(Schema(tables=repeated().tables), data) == []


def test_equality_within_a_table() -> None:
    rule = Equality(table="t", column="c", equals="d")
    columns = (Column(name="c", storage="int64"), Column(name="d", storage="int64"))
    schema = Schema(tables=(Table(name="t", columns=columns),), rules=(rule,))
    data: Data = {"t": {"c": [1, 2, None, None], "d": [1, 3, None, 4]}}
    assert several(schema, data) == [("equality", "t.c = t.d", 2, (2, 4))]


@pytest.mark.parametrize(
    ("schema", "part"),
    [(repeated(key=False), "no foreign key"), (repeated("bool"), "cannot be compared")],
)
def test_an_equality_that_cannot_be_checked_says_why(schema: Schema, part: str) -> None:
    data: Data = {"a": {"id": [1], "city": ["Ulm"]}, "b": {"a": [1], "city": [None]}}
    (found,) = check(schema, data).violations
    assert (found.kind, found.subject) == ("schema", "b.city = a.city")
    assert part in found.message


def bills(rule: Rule, **storages: str) -> Schema:
    columns = tuple(Column(name=name, storage=kind) for name, kind in storages.items())
    return Schema(tables=(Table(name="t", columns=columns),), rules=(rule,))


def test_a_formula_holds_where_nothing_is_missing() -> None:
    rule = Formula(table="t", formula="total = price * count - cut")
    schema = bills(rule, total="double", price="double", count="int64", cut="double")
    data: Data = {
        "t": {
            "total": [0.3, 0.3, None, 1.0, 5.0],
            "price": [0.1, 0.1, 0.1, None, 2.0],
            "count": [3, 3, 3, 3, 3],
            "cut": [0.0, 0.1, 0.0, 0.0, 1.0],
        }
    }
    subject = "t: total = price * count - cut"
    assert several(schema, data) == [("formula", subject, 1, (2,))]


def test_a_formula_is_rounded_to_what_its_column_holds() -> None:
    rule = Formula(table="t", formula="share = part / whole")
    schema = bills(rule, share="decimal128(6, 2)", part="int64", whole="int64")
    shares = [Decimal(text) for text in ("0.33", "0.34", "0.12", "0.13", "9.99")]
    data: Data = {"t": {"share": shares, "part": [1, 1, 1, 1, 1], "whole": [3, 3, 8, 8, 0]}}
    assert several(schema, data) == [("formula", "t: share = part / whole", 1, (2,))]
    rounded = Formula(table="t", formula="share = part / whole", decimals=1)
    data = {"t": {"share": shares[:2], "part": [1, 1], "whole": [3, 3]}}
    plain = bills(rounded, share="decimal128(6, 2)", part="int64", whole="int64")
    assert several(plain, data) == []


def test_a_formula_of_what_is_no_number_is_at_fault() -> None:
    schema = bills(Formula(table="t", formula="a = b + 1"), a="int64", b="string")
    (found,) = check(schema, {"t": {"a": [1], "b": ["x"]}}).violations
    assert (found.kind, found.count) == ("schema", 0)
    assert "b holds string" in found.message


def test_values_that_are_unique_together() -> None:
    schema = bills(UniqueTogether(table="t", columns=("a", "b")), a="int64", b="string")
    data: Data = {"t": {"a": [1, 1, 1, None, None, 1], "b": ["x", "y", "x", "x", "x", None]}}
    assert several(schema, data) == [("unique", "t: (a, b) unique", 1, (3,))]


def test_data_cannot_break_fixed_combinations() -> None:
    schema = bills(FixedCombinations(table="t", columns=("a", "b")), a="int64", b="string")
    assert several(schema, {"t": {"a": [1, 2], "b": ["x", None]}}) == []
