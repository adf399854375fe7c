"""Drafts from data: distributions that fit, and no value that few rows share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import synthkit
from synthkit.generators.recipes.drafts.data import from_data
from synthkit.generators.recipes.drafts.described import Described
from synthkit.generators.recipes.drafts.write import draft
from synthkit.recipes import draft as draft_recipe
from synthkit.schema import Column, Inequality, Schema, Table

Make = Callable[..., dict[str, pa.Table]]


def written(folder: Path) -> Path:
    rng = np.random.default_rng(5)
    cities = np.where(rng.random(500) < 0.5, "Ulm", "Bern").astype(object)
    cities[7] = "Secretville"
    lines = ["id,city,salary,contact"]
    for row, (city, salary) in enumerate(zip(cities, rng.lognormal(8, 0.5, 500), strict=True)):
        name = f"person{row}@private.test"
        lines.append(f"{row},{city},{salary:.2f},{name}")
    lines[9] = "8,Ulm,9999999.99,the.boss@private.test"
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    orders = ["id,person_id,at"]
    for number in range(1500):
        person = int(rng.integers(0, 500))
        orders.append(f"{number},{person},2024-0{1 + number % 9}-15 10:00:00")
    (folder / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    return folder


def test_a_draft_fits_and_holds_no_rare_value(tmp_path: Path, make: Make) -> None:
    text = draft_recipe(written(tmp_path))
    assert "Ulm" in text
    for rare in ("Secretville", "private.test", "9999999", "boss"):
        assert rare not in text
    tables = make(text)
    assert tables["people"].num_rows == 500
    assert tables["orders"].num_rows == 1500
    salaries = np.asarray(tables["people"]["salary"].cast(pa.float64()))
    # The median of 500 lognormal draws (sigma 0.5) has a standard error of 0.028 in the logarithm;
    # two medians differ by 5 of those with a probability under 1e-6.
    assert abs(np.log(np.median(salaries)) - 8) < 5 * 0.028 * 2**0.5


def test_labels_of_few_rows_would_be_seen_without_the_limit(tmp_path: Path) -> None:
    data = synthkit.read(written(tmp_path))
    made = from_data(data).made["people", "city"]
    assert set(made["choice"]) == {"Ulm", "Bern"}
    assert "Secretville" in data["people"]["city"].tolist()
    assert "recipe: 1" in draft(from_data(data))


def test_names_with_dots_and_numbers_of_any_size_are_drafted(tmp_path: Path, make: Make) -> None:
    rng = np.random.default_rng(2)
    lines = ["id,place.city,place.zone,wide,huge,later"]
    for row in range(60):
        wide, huge = rng.integers(-(2**62), 2**62), rng.choice([1e300, -1e300, 0.5])
        lines.append(f"{row},{'Ulm' if row % 2 else 'Bern'},{row % 3},{wide},{huge},{row + 7}")
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = make(draft_recipe(tmp_path))["t"]
    assert set(table["place.city"].to_pylist()) == {"Ulm", "Bern"}
    assert pc.max(pc.abs_checked(table["wide"])).as_py() > 2**55
    assert pc.max(table["huge"]).as_py() > 1e290


def test_rules_over_names_with_dots_are_left_out(make: Make) -> None:
    columns = tuple(
        Column(name=name, sdtype="datetime", storage="timestamp[us]") for name in ("a.from", "a.to")
    )
    table = Table(name="t", columns=columns)
    rule = Inequality(table="t", low="a.from", high="a.to")
    described = Described(Schema(tables=(table,), rules=(rule,)), {}, {}, {}, {})
    assert make(draft(described))["t"].num_rows == 1_000
