"""A model of two tables that is quick to fit and to sample, and folders to compare."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import synthkit
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.model import Model

ROWS = {"orders": 500_000}
"""Sixteen blocks, and as many parts of `PART_ROWS`."""
PART_ROWS = 40_000


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted().save(tmp_path_factory.mktemp("model") / "shop.synthkit")


@pytest.fixture(scope="session")
def shop(model_file: Path) -> Model:
    return synthkit.load(model_file)


def fitted() -> Model:
    """Customers with orders, and a table of which a sample may have no row."""
    rng = np.random.default_rng(3)

    def column(name: str, storage: str = "int64") -> Column:
        return Column(name=name, storage=storage, nullable=False)

    schema = Schema(
        tables=(
            Table(
                name="customers",
                columns=(column("id"), column("country", "string")),
                primary_key="id",
            ),
            Table(
                name="orders",
                columns=(column("id"), column("customer"), column("amount", "double")),
                primary_key="id",
            ),
            Table(name="notes", columns=(column("n"),)),
        ),
        foreign_keys=(
            ForeignKey(table="orders", columns="customer", parent="customers", parent_columns="id"),
        ),
    )
    tables = {
        "customers": {"id": np.arange(90), "country": rng.choice(["DE", "FR"], 90).tolist()},
        "orders": {
            "id": np.arange(400),
            "customer": rng.integers(0, 90, 400),
            "amount": np.round(rng.gamma(2.0, 20.0, 400), 2),
        },
        "notes": {"n": np.arange(5)},
    }
    data = Dataset.in_memory(schema, {name: pa.table(rows) for name, rows in tables.items()})
    return synthkit.fit(data, synthesizer="independent", seed=1)


def contents(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, hidden ones too; lineage tells times."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lineage.json"
    }


@pytest.fixture(scope="session")
def expected(shop: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process writes."""
    from synthkit.parts import write_parts

    folder = tmp_path_factory.mktemp("alone") / "out"
    write_parts(shop.sample(rows=ROWS, seed=7), folder, part_rows=PART_ROWS, jobs=1)
    return contents(folder)
