"""Keys of real data sets from their CSV files alone: 95% of them or more, 5% wrong or less."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.sources import read

LEAST_FOUND = 0.95
MOST_WRONG = 0.05
"""Both as the project's goals ask for."""

Key = tuple[str, ...]


def names(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def declared_keys(metadata: Path) -> set[Key]:
    declared = json.loads(metadata.read_text(encoding="utf-8"))
    own = {
        (name, names(table["primary_key"]))
        for name, table in declared["tables"].items()
        if table.get("primary_key")
    }
    return own | {
        (
            one["child_table_name"],
            names(one["child_foreign_key"]),
            one["parent_table_name"],
            names(one["parent_primary_key"]),
        )
        for one in declared.get("relationships", [])
    }


def keys_of(schema: Schema) -> set[Key]:
    own = {(one.name, ", ".join(one.primary_key)) for one in schema.tables if one.primary_key}
    return own | {
        (one.table, ", ".join(one.columns), one.parent, ", ".join(one.parent_columns))
        for one in schema.foreign_keys
    }


def infer_alone(folder: Path, hidden: Path) -> Schema:
    """Infer a schema from a copy of a folder's tables without what it says of them."""
    hidden.mkdir()
    for file in sorted(folder.glob("*.csv")):
        shutil.copy(file, hidden)
    return read(str(hidden), Plugins()).schema


@pytest.fixture(scope="session")
def real_data(repository: Path) -> Path:
    folder = repository.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not at {folder}")
    return folder


@pytest.mark.parametrize("half", ["train", "holdout"])
@pytest.mark.parametrize("name", ["chinook", "sakila", "lahman_ck", "baseball", "adult"])
def test_nearly_all_keys_of_real_data_are_found_and_hardly_a_wrong_one(
    real_data: Path, name: str, half: str, tmp_path: Path
) -> None:
    folder = real_data / name / half
    true = declared_keys(folder / "metadata.json")
    found = keys_of(infer_alone(folder, tmp_path / name))
    assert len(true & found) >= LEAST_FOUND * len(true), f"missed: {sorted(true - found)}"
    assert len(found - true) <= MOST_WRONG * len(found), f"wrong: {sorted(found - true)}"


def test_the_keys_of_the_sample_data_are_found(repository: Path, tmp_path: Path) -> None:
    folder = repository / "sample_data"
    if not folder.is_dir():
        pytest.skip(f"there is no sample data at {folder}")
    true = keys_of(read(str(folder), Plugins()).schema)
    found = keys_of(infer_alone(folder, tmp_path / "hidden"))
    assert len(true & found) >= LEAST_FOUND * len(true), f"missed: {sorted(true - found)}"
    assert len(found - true) <= MOST_WRONG * len(found), f"wrong: {sorted(found - true)}"


@pytest.mark.parametrize(
    ("name", "half", "references"),
    [
        ("sakila", "train", {"category", "country", "language"}),
        ("chinook", "holdout", {"Genre", "MediaType"}),
    ],
)
def test_tables_of_fixed_meaning_are_known(
    real_data: Path, name: str, half: str, references: set[str], tmp_path: Path
) -> None:
    schema = infer_alone(real_data / name / half, tmp_path / name)
    assert {table.name for table in schema.tables if table.reference} == references


def test_rules_of_real_data(real_data: Path, tmp_path: Path) -> None:
    sakila = infer_alone(real_data / "sakila" / "train", tmp_path / "sakila")
    assert [str(rule) for rule in sakila.rules] == [
        "rental.rental_date <= rental.return_date",
        "rental.rental_date <= payment.payment_date",
    ]
    adult = infer_alone(real_data / "adult" / "train", tmp_path / "adult")
    assert [str(rule) for rule in adult.rules] == [
        "census: education determines education_num",
        "census: education_num determines education",
    ]
