"""Functional dependencies: those that hold, are no accident and do not follow from others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Dependency


@pytest.fixture
def determined(database: Callable[..., Any]) -> Callable[..., list[str]]:
    """Return what determines what in a table of columns given as arrays."""

    def find(**columns: Any) -> list[str]:
        made = database("t 1\n  a: serial")
        made.data = {"t": pa.table(columns)}
        rules = made.infer().schema.rules
        pairs = [rule for rule in rules if isinstance(rule, Dependency)]
        return [f"{', '.join(rule.determinant)} -> {rule.dependent}" for rule in pairs]

    return find


def cities(rows: int, count: int = 40) -> np.ndarray[Any, Any]:
    return np.random.default_rng(3).integers(0, count, rows)


def names(codes: np.ndarray[Any, Any], prefix: str) -> pa.Array:
    return pa.array([f"{prefix} {code}" for code in codes])


def test_a_chain_is_told_link_by_link(determined: Callable[..., list[str]]) -> None:
    city = cities(2000)
    found = determined(
        city=names(city, "c"), state=names(city // 4, "s"), country=names(city // 20, "l")
    )
    assert sorted(found) == ["city -> state", "state -> country"]


def test_columns_that_say_the_same_determine_each_other(
    determined: Callable[..., list[str]],
) -> None:
    level = cities(2000, 8)
    found = determined(level=pa.array(level), label=names(level, "l"), kind=names(level // 4, "k"))
    assert sorted(found) == ["label -> level", "level -> kind", "level -> label"]


def test_one_exception_in_all_rows_breaks_it(determined: Callable[..., list[str]]) -> None:
    city = cities(50_000)
    country = city // 20
    country[-1] = 1 - country[-1]
    assert determined(city=names(city, "c"), country=names(country, "l")) == []


def test_few_rows_or_a_rare_exception_are_no_evidence(
    determined: Callable[..., list[str]],
) -> None:
    city = cities(60, 50)
    assert determined(city=names(city, "c"), country=names(city // 25, "l")) == []
    rare = np.zeros(2000, dtype=int)
    rare[np.flatnonzero(cities(2000) == 7)[0]] = 1
    assert determined(city=names(cities(2000), "c"), flag=names(rare, "f")) == []


def test_constants_keys_measures_and_dates_are_left_out(
    determined: Callable[..., list[str]],
) -> None:
    city = cities(900)
    found = determined(
        id=pa.array(np.arange(900)),
        constant=pa.array(["x"] * 900),
        city=names(city, "c"),
        price=pa.array(city * 1.5),
        day=pa.array(city.astype("datetime64[D]")),
    )
    assert found == ["city -> price"]


def test_a_gap_is_a_value(determined: Callable[..., list[str]]) -> None:
    city = cities(2000)
    gaps = names(city // 4, "s").to_pylist()
    known = pa.array(
        [None if code % 20 < 4 else text for code, text in zip(city, gaps, strict=True)]
    )
    assert determined(city=names(city, "c"), state=known) == ["city -> state"]
    assert determined(city=names(city, "c"), country=names(city // 20, "l"), state=known) == [
        "city -> country",
        "city -> state",
    ]


def test_what_a_parent_repeats_counts_once(database: Callable[..., Any]) -> None:
    made = database(
        "people 30\n  *id: serial\norders 600\n  *id: serial\n  person_id -> people(id)"
    )
    person = made.data["orders"].column("person_id").to_numpy()
    for column, of in (("city", np.minimum(person, 28)), ("country", person % 2)):
        made.data["orders"] = made.data["orders"].append_column(column, names(of, column))
    assert made.infer().schema.rules == ()
