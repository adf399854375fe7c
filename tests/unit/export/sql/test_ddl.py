"""Statements that make tables: types, keys, checks and names, in each dialect."""

from __future__ import annotations

import pytest

from synthkit.errors import UnsupportedError, UsageError
from synthkit.export import ddl
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import DIALECTS
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import (
    Dependency,
    Equality,
    Formula,
    Inequality,
    Range,
    UniqueTogether,
)

ALL = list(DIALECTS)
STORAGES = [
    *("bool", "int64", "uint64", "double", "string", "binary", "date32[day]", "time64[us]"),
    *("decimal128(9, 2)", "decimal128(38, 10)", "timestamp[s]", "timestamp[ms]", "timestamp[us]"),
    *("timestamp[ns]", "timestamp[us, tz=UTC]"),
]


def table(name: str, *columns: Column, **more: object) -> Table:
    return Table(name=name, columns=columns, **more)  # type: ignore[arg-type]


def text(schema: Schema, dialect: str) -> str:
    return "".join(f"{each};\n" for each in define(schema, DIALECTS[dialect]).statements)


def number(name: str, storage: str = "int64", *, nullable: bool = True) -> Column:
    return Column(name=name, storage=storage, nullable=nullable)


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("storage", STORAGES)
def test_every_storage_has_a_type(storage: str, dialect: str) -> None:
    made = DIALECTS[dialect].type_of(storage)
    assert made.isupper()


@pytest.mark.parametrize(
    ("storage", "types"),
    [
        ("uint64", ["NUMERIC(20, 0)", "BIGINT UNSIGNED", "TEXT", "UBIGINT"]),
        ("decimal128(9, 2)", ["DECIMAL(9, 2)"] * 4),
        # A number of SQLite is a double: more digits are kept as text.
        ("decimal128(38, 2)", ["DECIMAL(38, 2)", "DECIMAL(38, 2)", "TEXT", "DECIMAL(38, 2)"]),
        ("timestamp[us, tz=UTC]", ["TIMESTAMPTZ", "DATETIME(6)", "TIMESTAMPTZ", "TIMESTAMPTZ"]),
        ("timestamp[ns]", ["TIMESTAMP", "DATETIME(6)", "TIMESTAMP", "TIMESTAMP_NS"]),
    ],
)
def test_types_hold_what_the_storage_holds(storage: str, types: list[str]) -> None:
    assert [DIALECTS[dialect].type_of(storage) for dialect in ALL] == types


def test_a_type_that_a_database_lacks_is_told() -> None:
    with pytest.raises(UnsupportedError, match=r"MySQL or MariaDB has no type for decimal128"):
        DIALECTS["mysql"].type_of("decimal128(38, 35)")


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_keys_are_added_to_tables_that_are_there(dialect: str) -> None:
    schema = Schema(
        tables=(
            table("child", number("id"), number("of"), primary_key="id"),
            table("parent", number("id"), number("other"), primary_key="id"),
        ),
        foreign_keys=(ForeignKey(table="child", columns="of", parent="parent",
                                 parent_columns="other", unique=True),),
    )  # fmt: skip
    made = define(schema, DIALECTS[dialect])
    assert made.order == ("parent", "child")
    script = text(schema, dialect).replace("`", '"')
    # What is pointed at is unique, and so is what points one to one.
    assert script.index('"parent" ADD UNIQUE ("other")') < script.index("REFERENCES")
    assert 'ALTER TABLE "child" ADD UNIQUE ("of");' in script or (
        '"child" ADD UNIQUE ("of")' in script
    )
    assert 'ADD FOREIGN KEY ("of") REFERENCES "parent" ("other")' in script
    assert '"id" BIGINT NOT NULL' in script


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_databases_that_cannot_add_keys_get_them_with_the_table(dialect: str) -> None:
    schema = Schema(
        tables=(
            table("a", number("x"), number("y"), primary_key=("x", "y"), alternate_keys=("y",)),
            table("b", number("p"), number("q")),
        ),
        foreign_keys=(
            ForeignKey(table="b", columns=("q", "p"), parent="a", parent_columns=("y", "x")),
        ),
    )
    made = define(schema, DIALECTS[dialect])
    assert made.constraints == ()
    assert 'PRIMARY KEY ("x", "y")' in made.create[0]
    assert 'UNIQUE ("y")' in made.create[0]
    # In the order of the parent's key, which some databases insist on.
    assert 'FOREIGN KEY ("p", "q") REFERENCES "a" ("x", "y")' in made.create[1]


def test_a_circle_is_declared_where_keys_can_be_added_later() -> None:
    schema = Schema(
        tables=(
            table("staff", number("id"), number("store"), primary_key="id"),
            table("store", number("id"), number("manager"), primary_key="id"),
        ),
        foreign_keys=(
            ForeignKey(table="staff", columns="store", parent="store", parent_columns="id"),
            ForeignKey(table="store", columns="manager", parent="staff", parent_columns="id"),
        ),
    )
    for dialect in ("postgresql", "mysql", "sqlite"):
        assert text(schema, dialect).count("REFERENCES") == 2
    made = define(schema, DIALECTS["duckdb"])
    assert text(schema, "duckdb").count("REFERENCES") == 1
    assert [str(key) for key in made.left_out] == ["store(manager) -> staff(id)"]


def test_numbers_of_a_foreign_key_take_the_type_that_they_point_at() -> None:
    key = ForeignKey(table="b", columns="a", parent="a", parent_columns="id")
    schema = Schema(
        tables=(table("a", number("id", "uint64"), primary_key="id"), table("b", number("a"))),
        foreign_keys=(key,),
    )
    assert "`a` BIGINT UNSIGNED" in text(schema, "mysql")
    wrong = Schema(
        tables=(table("a", number("id", "string"), primary_key="id"), table("b", number("a"))),
        foreign_keys=(key,),
    )
    with pytest.raises(UnsupportedError, match="joins int64 to string"):
        text(wrong, "postgresql")


def test_text_in_keys_has_a_length_in_mysql_only() -> None:
    columns = [number(name, "string") for name in ("a", "b", "c", "d")]
    schema = Schema(tables=(table("t", *columns, primary_key=("a", "b", "c")),))
    assert text(schema, "mysql").count("VARCHAR(250)") == 3
    assert "`d` LONGTEXT" in text(schema, "mysql")
    assert text(schema, "postgresql").count("TEXT") == 4


RULED = table(
    "t",
    *(number(name, "decimal128(9, 2)") for name in ("price", "total")),
    *(number(name) for name in ("low", "high", "count")),
    *(number(name, "timestamp[us]") for name in ("begin", "end")),
    number("zoned", "timestamp[us, tz=UTC]"),
    number("day", "date32[day]"),
    number("name", "string"),
    number("again", "string"),
    number("wide", "decimal128(38, 2)"),
)


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        (Range(table="t", column="low", low=-1, high=10), '"low" >= -1 AND "low" <= 10'),
        (Range(table="t", column="price", low="0.50"), '"price" >= 0.50'),
        (Range(table="t", column="day", high="2024-02-29"), "\"day\" <= '2024-02-29'"),
        (Range(table="t", column="begin", low="2024-02-29"), "\"begin\" >= '2024-02-29 00:00:00'"),
        (Range(table="t", column="zoned", low="2024-02-29"), None),
        (Range(table="t", column="name", low="a"), None),
        (Inequality(table="t", low="begin", high="end", strict=True), '"begin" < "end"'),
        (Inequality(table="t", low="low", high="price"), '"low" <= "price"'),
        (Inequality(table="t", low="day", high="end"), None),
        (Inequality(table="t", low="name", high="again"), None),
        (Equality(table="t", column="name", equals="again"), '"name" IS NOT DISTINCT FROM "again"'),
        (Dependency(table="t", determinant=("name",), dependent="again"), None),
    ],
    ids=str,
)
def test_rules_become_checks_where_sql_says_the_same(rule: object, condition: str | None) -> None:
    schema = Schema(tables=(RULED,), rules=(rule,))  # type: ignore[arg-type]
    script = text(schema, "duckdb")
    assert (f"CHECK ({condition})" in script) == (condition is not None)
    assert script.count("CHECK") == (condition is not None)


def test_a_number_that_sqlite_keeps_as_text_is_not_compared() -> None:
    schema = Schema(tables=(RULED,), rules=(Range(table="t", column="wide", low=0),))
    assert "CHECK" not in text(schema, "sqlite")
    assert "CHECK" in text(schema, "postgresql")


def test_a_formula_is_checked_within_its_rounding() -> None:
    rule = Formula(table="t", formula="total = price * count / high - 1")
    script = text(Schema(tables=(RULED,), rules=(rule,)), "sqlite")
    assert '(CAST("price" AS REAL) * CAST("count" AS REAL)) / NULLIF(CAST("high"' in script
    assert "<= 0.005 + 1e-12 *" in script


def test_what_is_unique_together_is_a_key_once() -> None:
    rules = (
        UniqueTogether(table="t", columns=("low", "high")),
        UniqueTogether(table="t", columns=("high", "low")),
    )
    assert text(Schema(tables=(RULED,), rules=rules), "postgresql").count("UNIQUE") == 1


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("postgresql", "é" * 32),
        ("mysql", "x" * 65),
        ("mysql", "ends in a space "),
        ("mysql", "\U0001f600"),
        ("sqlite", "sqlite_mine"),
        ("duckdb", ""),
        ("postgresql", "a\0b"),
    ],
)
def test_names_that_would_become_others_are_refused(dialect: str, name: str) -> None:
    with pytest.raises(UnsupportedError, match="cannot be made in"):
        text(Schema(tables=(table(name, number("a")),)), dialect)


@pytest.mark.parametrize(("dialect", "same"), [("sqlite", True), ("postgresql", False)])
def test_names_that_differ_in_case_are_one_in_some_databases(dialect: str, same: bool) -> None:
    schema = Schema(tables=(table("t", number("a"), number("A")),))
    if same:
        with pytest.raises(UnsupportedError, match="'a' and 'A'"):
            text(schema, dialect)
    else:
        assert '"A" BIGINT' in text(schema, dialect)


def test_hostile_names_stay_names() -> None:
    schema = Schema(tables=(table('a"; DROP TABLE b; --', number("or`der")),))
    assert 'CREATE TABLE "a""; DROP TABLE b; --" (' in text(schema, "postgresql")
    assert "`or``der` BIGINT" in text(schema, "mysql")


def test_fewer_constraints_can_be_asked_for() -> None:
    schema = Schema(
        tables=(table("t", number("id"), number("of"), primary_key="id"),),
        foreign_keys=(ForeignKey(table="t", columns="of", parent="t", parent_columns="id"),),
        rules=(Range(table="t", column="of", low=0),),
    )
    assert " ".join(ddl(schema, "postgresql")).count("ADD") == 3
    assert " ".join(ddl(schema, "postgresql", constraints="keys")).count("ADD") == 1
    assert " ".join(ddl(schema, "mariadb", constraints="none")).count("KEY") == 0
    required = Schema(tables=(table("t", number("n", nullable=False)),))
    assert '"n" INTEGER NOT NULL' in " ".join(ddl(required, "sqlite", constraints="keys"))
    assert '"n" INTEGER\n' in " ".join(ddl(required, "sqlite", constraints="none"))
    with pytest.raises(UsageError, match="no dialect 'oracle'"):
        ddl(schema, "oracle")
