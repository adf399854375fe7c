"""A shop as real, held-out and synthetic data, scored once."""

import numpy as np
import pyarrow as pa
import pytest

from synthkit import pipeline
from synthkit.contracts.section import SectionInputs
from synthkit.dataset import Dataset
from synthkit.metrics import Query
from synthkit.schema import Column, ForeignKey, Schema, Table

SCHEMA = Schema(
    tables=(
        Table(
            name="customers",
            columns=(
                Column(name="id", sdtype="id", storage="int64"),
                Column(name="age", sdtype="numerical", storage="int64"),
                Column(name="spent", sdtype="numerical", storage="double"),
                Column(name="region", sdtype="categorical"),
                Column(name="nickname", sdtype="categorical", pii=True),
                Column(name="joined", sdtype="datetime", storage="timestamp[us]"),
            ),
            primary_key="id",
        ),
        Table(
            name="orders",
            columns=(
                Column(name="customer", sdtype="id", storage="int64"),
                Column(name="amount", sdtype="numerical", storage="double"),
                Column(name="channel", sdtype="categorical"),
            ),
        ),
    ),
    foreign_keys=(
        ForeignKey(table="orders", columns="customer", parent="customers", parent_columns="id"),
    ),
)


def shop(seed, shift=0.0, count=200):
    """Return a shop of one population; ``shift`` moves what customers spent."""
    rng = np.random.Generator(np.random.Philox(seed))
    age = rng.integers(18, 80, count)
    owner = np.repeat(np.arange(count), rng.integers(1, 5, count))
    seconds = rng.integers(1_600_000_000, 1_650_000_000, count)
    rare = np.where(np.arange(count) < 3, "Atlantis", rng.choice(["north", "south"], count))
    tables = {
        "customers": pa.table(
            {
                "id": np.arange(count),
                "age": age,
                "spent": age * 2 + rng.normal(size=count) * 9 + shift,
                "region": rare,
                "nickname": [f"secretname{each % 9}" for each in range(count)],
                "joined": pa.array(seconds * 1_000_000).cast(pa.timestamp("us")),
            }
        ),
        "orders": pa.table(
            {
                "customer": owner,
                "amount": age[owner] + rng.normal(size=len(owner)),
                "channel": rng.choice(["web", "shop"], len(owner)),
            }
        ),
    }
    return Dataset.in_memory(SCHEMA, tables)


@pytest.fixture(scope="session")
def standing():
    query = Query("by channel", "SELECT channel, sum(amount) FROM orders GROUP BY 1")
    return pipeline.score(shop(1), shop(2, shift=60), holdout=shop(3), seed=1, queries=[query])


@pytest.fixture(scope="session")
def inputs(standing):
    """Inputs whose synthetic customers spent too much."""
    return SectionInputs(
        shop(1),
        shop(2, shift=60),
        shop(3),
        standing.scores,
        standing.ceiling,
        standing.floor,
        {"synthesizer": "relational", "seed": 7, "settings": {"protect": "5"}},
    )


@pytest.fixture(scope="session")
def alone():
    """Inputs of a single data set."""
    return SectionInputs(shop(1))
