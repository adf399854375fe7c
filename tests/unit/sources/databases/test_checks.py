"""Check constraints of each dialect, and the rules that they become."""

from __future__ import annotations

import pytest

from synthkit.schema import Column, Table
from synthkit.sources.databases.checks import read_checks

STORAGES = {
    "a": "int64",
    "p": "decimal128(10, 2)",
    "x": "double",
    "s": "string",
    "d": "date32[day]",
    "e": "date32[day]",
}
TABLE = Table(
    name="t", columns=tuple(Column(name=name, storage=kind) for name, kind in STORAGES.items())
)


@pytest.mark.parametrize(
    ("dialect", "check", "rules"),
    [
        ("postgres", "((a > 0) AND (a <= 10))", ["1 <= t.a <= 10"]),
        ("postgres", "(p > (0)::numeric)", ["t.p >= 0.01"]),
        ("postgres", "(d >= '2020-01-01'::date)", ["t.d >= 2020-01-01"]),
        ("postgres", "(d <= e)", ["t.d <= t.e"]),
        ("mysql", "`a` between -1 and 5", ["-1 <= t.a <= 5"]),
        ("mysql", "5 > `a`", ["t.a <= 4"]),
        ("sqlite", '"p" BETWEEN 0 AND 1.5', ["0 <= t.p <= 1.5"]),
        ("sqlite", "d < e", ["t.d < t.e"]),
        ("duckdb", "((a IS NOT NULL) AND (a >= 2))", ["t.a >= 2"]),
        ("postgres", "((e IS NULL) OR (e >= d))", ["t.d <= t.e"]),
        ("postgres", "((a > 0) AND (a <= 10)) OR (a IS NULL)", ["1 <= t.a <= 10"]),
        ("postgres", "(p = ((a)::numeric * x))", ["t: p = a * x"]),
        ("mysql", "`x` - 2 * (`a` + 1) = `p`", ["t: p = x - 2 * (a + 1)"]),
        ("sqlite", "p = round(a * (1 + x), 2)", ["t: p = a * (1 + x)"]),
    ],
)
def test_ranges_and_orders_become_rules(dialect: str, check: str, rules: list[str]) -> None:
    found = read_checks(TABLE, [check], dialect)
    assert [str(rule) for rule in found.rules] == rules
    assert found.reasons == []


@pytest.mark.parametrize(
    ("dialect", "check"),
    [
        ("postgres", "((s)::text = ANY ((ARRAY['x'::character varying, 'y'::text])::text[]))"),
        ("mysql", "`s` in ('x','y')"),
        ("sqlite", "s = 'x' OR s = 'y'"),
        ("sqlite", "s IS NULL OR s IN ('x', 'y')"),
    ],
)
def test_lists_become_the_values_of_a_column(dialect: str, check: str) -> None:
    assert read_checks(TABLE, [check], dialect).labels == {"s": ["x", "y"]}


def test_json_is_known_by_its_check() -> None:
    assert read_checks(TABLE, ["json_valid(`s`)"], "mysql").json == {"s"}


@pytest.mark.parametrize(
    "check",
    [
        "s ~ 'abc'",
        "length(s) > 3",
        "a + 1 > 2",
        "not sql at all (",
        "d IS NULL OR a > 3",
        "a = 1 OR e >= d",
        "p = a / 2",
        "p = p + 1",
        "p = a * (x)::integer",
        "s = s || 'x'",
        "(a = 3) = (e IS NULL)",
    ],
)
def test_what_says_more_is_left_to_the_database_and_told(check: str) -> None:
    found = read_checks(TABLE, [check], "postgres")
    assert found.rules == []
    assert [reason.decision for reason in found.reasons] == [f"check left to the database: {check}"]


def test_a_strict_bound_of_a_double_is_kept_as_far_as_it_goes_and_told() -> None:
    found = read_checks(TABLE, ["x > 0"], "sqlite")
    assert [str(rule) for rule in found.rules] == ["t.x >= 0"]
    assert len(found.reasons) == 1
