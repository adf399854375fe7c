"""What names people is not learned, though it repeats and its column's name says nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faker import Faker

import synthkit
from synthkit.anonymization.protect import protected
from synthkit.contracts import Silent
from synthkit.plugins import Plugins


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Faker("de_DE")
    made.seed_instance(4)
    names = [f"{made.first_name()} {made.last_name()}" for _ in range(12)]
    rng = np.random.default_rng(0)
    lines = ["c1,c2,c3"]
    lines += [f"{n},{names[rng.integers(12)]},{'abc'[rng.integers(3)]}" for n in range(600)]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_repeated_names_are_made_anew(folder: Path) -> None:
    data = synthkit.read(folder)
    assert data.schema.table("t").column("c2").sdtype == "categorical"
    column = protected(data, Plugins(), Silent()).schema.table("t").column("c2")
    assert (column.sdtype, column.pii) == ("name", True)
    synthetic = synthkit.fit(data, seed=1).sample(seed=1)
    assert not set(synthetic["t"]["c2"]) & set(data["t"]["c2"])
    assert set(synthetic["t"]["c3"]) == {"a", "b", "c"}


def test_what_a_schema_file_says_counts(folder: Path) -> None:
    from synthkit.schema import files

    files.dump(synthkit.read(folder).schema, folder / "schema.yaml")
    told = synthkit.read(folder)
    assert protected(told, Plugins(), Silent()).schema == told.schema
