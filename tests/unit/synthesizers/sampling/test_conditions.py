"""What users write of conditions is read into the storages of the columns, or refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from synthkit.errors import UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.sampling.conditions import read_conditions

SCHEMA = Schema(
    tables=(
        Table(
            name="people",
            columns=(
                Column(name="country", storage="string"),
                Column(name="age", storage="int64"),
                Column(name="member", storage="bool", format="Y/N"),
                Column(name="born", storage="date32[day]", format="%d.%m.%Y"),
                Column(name="seen", storage="timestamp[us]"),
                Column(name="a.b", storage="string"),
            ),
        ),
        Table(name="orders", columns=(Column(name="total", storage="double"),)),
    )
)


def where(text: Any) -> tuple[str, str, str, list[Any]]:
    (found,) = read_conditions(SCHEMA, "people", where=text).where
    return found.table, found.column, found.operator, found.values.to_pylist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country=DE", ("people", "country", "in", ["DE"])),
        ("people.country = DE, FR", ("people", "country", "in", ["DE", "FR"])),
        ('country="Korea, South",FR', ("people", "country", "in", ["Korea, South", "FR"])),
        ("country!=DE", ("people", "country", "not in", ["DE"])),
        ("country=", ("people", "country", "in", [None])),
        ("country!=", ("people", "country", "not in", [None])),
        ("age>=30", ("people", "age", ">=", [30])),
        ("age < 30", ("people", "age", "<", [30])),
        ("member=true", ("people", "member", "in", [True])),
        ("member=N", ("people", "member", "in", [False])),
        ("born>1990-05-01", ("people", "born", ">", [date(1990, 5, 1)])),
        ("born>01.05.1990", ("people", "born", ">", [date(1990, 5, 1)])),
        ("seen<=2024-01-02", ("people", "seen", "<=", [datetime(2024, 1, 2)])),
        ("seen=2024-01-02 03:04", ("people", "seen", "in", [datetime(2024, 1, 2, 3, 4)])),
        ("a.b=x", ("people", "a.b", "in", ["x"])),
        ("orders.total>9.5", ("orders", "total", ">", [9.5])),
    ],
)
def test_a_condition_in_text(text: str, expected: tuple[Any, ...]) -> None:
    assert where([text]) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"country": "a=b"}, ("people", "country", "in", ["a=b"])),
        ({"people.age": [30, 31]}, ("people", "age", "in", [30, 31])),
        ({"country": None}, ("people", "country", "in", [None])),
        ({"born": date(2000, 1, 1)}, ("people", "born", "in", [date(2000, 1, 1)])),
        ({"orders.total": 3}, ("orders", "total", "in", [3.0])),
    ],
)
def test_a_condition_in_python(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert where(given) == expected


@pytest.mark.parametrize(
    "text",
    ["country", "nothing=5", "people.nothing=5", "shops.id=5", "age=many", "born>=soon", "age>="],
)
def test_what_cannot_be_a_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_conditions(SCHEMA, "people", where=[text])
    assert caught.value.hint


@pytest.mark.parametrize("text", ["country<DE", "member>=true"])
def test_labels_have_no_order(text: str) -> None:
    with pytest.raises(UsageError, match="no order"):
        read_conditions(SCHEMA, "people", where=[text])


def test_shares_add_up_to_one_whatever_was_written() -> None:
    (found,) = read_conditions(SCHEMA, "people", weights=["country=DE:2,FR:1,:0.5,*:0.5"]).weights
    assert found.values.to_pylist() == ["DE", "FR", None]
    assert found.shares == (0.5, 0.25, 0.125)
    assert found.rest == 0.125
    (same,) = read_conditions(
        SCHEMA, "people", weights={"people.country": {"DE": 2, "FR": 1, None: 0.5, "*": 0.5}}
    ).weights
    assert (same.values, same.shares, same.rest) == (found.values, found.shares, found.rest)


@pytest.mark.parametrize(
    "text",
    [
        "country",
        "country=DE",
        "country=DE:many",
        "country=DE:-1",
        "country=DE:0",
        "country=DE:inf",
        "country=DE:1,DE:2",
        "age=1:1,01:1",
    ],
)
def test_what_cannot_be_shares_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_conditions(SCHEMA, "people", weights=[text])
