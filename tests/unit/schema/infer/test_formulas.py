"""Formulas that are found in data, and those that are not because they would be accidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column, Dependency, Equality, ForeignKey, Rule, Schema, Table
from synthkit.schema.infer.formulas import Formulas, find_formulas
from synthkit.schema.infer.profiles import Columns
from synthkit.schema.validate import validate

ROWS = 400


def found_in(
    data: Mapping[str, Any], rules: tuple[Rule, ...] = (), key: str | None = None
) -> Formulas:
    rows = pa.table({name: pa.array(values) for name, values in data.items()})
    columns = tuple(
        Column(name=name, sdtype="numerical", storage=str(values.type))
        for name, values in zip(rows.column_names, rows.columns, strict=True)
    )
    table = Table(name="t", columns=columns, primary_key=key)
    schema = Schema(tables=(table,))
    found = find_formulas(schema, rules, Columns(lambda _, names: rows.select(list(names))))
    kept = schema.model_copy(update={"rules": found.rules})
    result = validate(kept, lambda _, names: [rows.select(list(names))])
    assert "formula" not in [violation.kind for violation in result.violations]
    return found


def formulas(data: Mapping[str, Any], rules: tuple[Rule, ...] = ()) -> list[tuple[str, int | None]]:
    return [(rule.formula, rule.decimals) for rule in found_in(data, rules).rules]


@pytest.fixture
def parts() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    cut = np.round(rng.uniform(0, 5, ROWS), 2) * (rng.random(ROWS) < 0.3)
    return {
        "count": rng.integers(1, 9, ROWS),
        "price": np.round(rng.uniform(1, 99, ROWS), 2),
        "cut": cut,
        "rate": rng.choice([0.0, 0.05, 0.1, 0.25], ROWS),
        "percent": rng.choice([0, 5, 10, 25], ROWS),
        "won": rng.integers(0, 30, ROWS),
        "drawn": rng.integers(0, 30, ROWS),
        "lost": rng.integers(0, 30, ROWS),
    }


@pytest.mark.parametrize(
    ("named", "computed", "formula", "decimals"),
    [
        ("won drawn", lambda p: p["won"] + p["drawn"], "x = won + drawn", None),
        ("won drawn", lambda p: p["won"] - p["drawn"], "x = won - drawn", None),
        ("won drawn", lambda p: p["won"] * p["drawn"], "x = won * drawn", None),
        ("won drawn lost", lambda p: p["won"] + p["drawn"] - p["lost"],
         "x = won + drawn - lost", None),
        ("won count", lambda p: np.round(p["won"] / p["count"], 3), "x = won / count", 3),
        ("count price", lambda p: np.round(p["count"] * p["price"], 2), "x = count * price", 2),
        ("price rate", lambda p: np.round(p["price"] * (1 + p["rate"]), 2),
         "x = price * (1 + rate)", 2),
        ("count price cut", lambda p: np.round(p["count"] * p["price"] - p["cut"], 2),
         "x = count * price - cut", 2),
        ("count price rate", lambda p: np.round(p["count"] * p["price"] * (1 - p["rate"]), 2),
         "x = count * price * (1 - rate)", 2),
        ("count price percent",
         lambda p: np.round(p["count"] * p["price"] * (1 - p["percent"] / 100), 2),
         "x = count * price * (1 - percent / 100)", 2),
        ("price percent", lambda p: np.round(p["price"] * p["percent"] / 100, 2),
         "x = price * percent / 100", 2),
        ("count won lost", lambda p: p["count"] * p["won"] * p["lost"],
         "x = count * won * lost", None),
    ],
)  # fmt: skip
def test_sums_products_and_ratios_are_found(
    parts: dict[str, Any], named: str, computed: Any, formula: str, decimals: int | None
) -> None:
    data = {name: parts[name] for name in named.split()} | {"x": computed(parts)}
    assert formulas(data) == [(formula, decimals)]


def test_the_reason_counts_rows_and_names_no_value(parts: dict[str, Any]) -> None:
    total = (parts["won"] + parts["lost"]).astype(float)
    total[:50] = np.nan
    data = {"won": parts["won"], "lost": parts["lost"], "x": pa.array(total, from_pandas=True)}
    (reason,) = found_in(data).reasons
    assert (reason.subject, reason.decision) == ("t.x", "computed, x = won + lost")
    assert reason.because == "so in all 350 rows where nothing of it is missing"


def test_chains_are_found_each_part_once_and_without_circles(parts: dict[str, Any]) -> None:
    net = np.round(parts["count"] * parts["price"], 2)
    gross = np.round(net + parts["cut"], 2)
    data = {
        "gross": gross, "count": parts["count"], "price": parts["price"],
        "cut": parts["cut"], "net": net,
    }  # fmt: skip
    made = {rule.column: rule.operands for rule in found_in(data).rules}
    assert made == {"net": ("count", "price"), "cut": ("gross", "net")}


def test_one_row_that_differs_is_enough(parts: dict[str, Any]) -> None:
    total = parts["won"] + parts["lost"]
    total[123] += 1
    assert formulas({"won": parts["won"], "lost": parts["lost"], "x": total}) == []


@pytest.mark.parametrize("neutral", [0, 1])
def test_operands_that_never_matter_make_no_formula(parts: dict[str, Any], neutral: int) -> None:
    other = np.full(ROWS, neutral)
    other[7] = 1 - neutral
    made = parts["won"] + other if not neutral else parts["won"] * other
    assert formulas({"won": parts["won"], "other": other, "x": made}) == []


def test_few_different_rows_make_no_formula() -> None:
    few = np.arange(29) % 7
    assert formulas({"a": few, "b": few[::-1] * 3, "x": few + few[::-1] * 3}) == []
    rows = np.tile(np.array([[1, 2], [2, 5], [4, 1], [0, 3]]), (100, 1))
    assert formulas({"a": rows[:, 0], "b": rows[:, 1], "x": rows.sum(1)}) == []


def test_keys_repeats_and_what_is_determined_are_not_computed(parts: dict[str, Any]) -> None:
    data = {"won": parts["won"], "lost": parts["lost"], "x": parts["won"] + parts["lost"]}
    settled = Dependency(table="t", determinant=("won",), dependent="x")
    assert formulas(data, (settled,)) == [("lost = x - won", None)]
    assert formulas(data, (Equality(table="t", column="x", equals="won"),)) == []
    assert found_in(data, key="x").rules == ()


def test_keys_that_are_pointed_at_take_no_part(parts: dict[str, Any]) -> None:
    names = ("won", "lost", "x")
    columns = tuple(Column(name=name, sdtype="numerical", storage="int64") for name in names)
    schema = Schema(
        tables=(Table(name="t", columns=columns), Table(name="u", columns=columns)),
        foreign_keys=(ForeignKey(table="u", columns=("lost",), parent="t", parent_columns=("x",)),),
    )
    rows = pa.table({"won": parts["won"], "lost": parts["lost"], "x": parts["won"] + parts["lost"]})
    assert find_formulas(schema, (), Columns(lambda _, names: rows.select(names))).rules == ()


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_found_where_nothing_is(seed: int) -> None:
    """Small numbers meet by accident all the time: birthdays, counts, ratings, running numbers."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(30, 600))
    data: dict[str, Any] = {}
    for place in range(int(rng.integers(3, 10))):
        most = int(rng.choice([1, 2, 3, 5, 10, 100]))
        data[f"c{place}"] = [
            rng.integers(0, most + 1, rows),
            np.round(rng.random(rows) * most, int(rng.integers(0, 3))),
            rng.poisson(0.1 * most, rows),
            np.cumsum(rng.integers(0, 2, rows)),
        ][int(rng.integers(0, 4))]
    assert formulas(data) == []
