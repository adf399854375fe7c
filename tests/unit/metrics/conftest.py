"""A shop of customers, orders and items, drawn so that everything hangs together."""

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table

SCHEMA = Schema(
    tables=(
        Table(
            name="customers",
            columns=(
                Column(name="id", sdtype="id", storage="int64"),
                Column(name="age", sdtype="numerical", storage="int64"),
                Column(name="region", sdtype="categorical"),
                Column(name="email", sdtype="email", pii=True),
            ),
            primary_key="id",
        ),
        Table(
            name="orders",
            columns=(
                Column(name="id", sdtype="id", storage="int64"),
                Column(name="customer", sdtype="id", storage="int64"),
                Column(name="placed", sdtype="datetime", storage="timestamp[us]"),
                Column(name="amount", sdtype="numerical", storage="double"),
                Column(name="channel", sdtype="categorical"),
            ),
            primary_key="id",
        ),
    ),
    foreign_keys=(
        ForeignKey(table="orders", columns="customer", parent="customers", parent_columns="id"),
    ),
)


def shop(seed, customers=300):
    """Return a sample of one fixed distribution: the amount of an order grows with age."""
    rng = np.random.Generator(np.random.Philox(seed))
    age = rng.integers(18, 80, customers)
    south = rng.random(customers) < np.where(age > 50, 0.8, 0.2)
    counts = rng.poisson(np.where(south, 5, 1))
    owner = np.repeat(np.arange(customers), counts)
    habit = rng.normal(size=customers)
    amount = age[owner] + 5 * habit[owner] + rng.normal(size=len(owner))
    start = rng.integers(0, 300, customers)[owner]
    step = np.concatenate([np.arange(count) for count in counts]) if len(owner) else owner
    seconds = (start + step * 7) * 86_400 + rng.integers(8, 20, len(owner)) * 3600
    web = rng.random(len(owner)) < np.where(habit[owner] > 0, 0.9, 0.1)
    return {
        "customers": pa.table(
            {
                "id": np.arange(customers) + 1,
                "age": age,
                "region": np.where(south, "south", "north"),
                "email": [f"c{each}@example.org" for each in range(customers)],
            }
        ),
        "orders": pa.table(
            {
                "id": np.arange(len(owner)) + 1,
                "customer": owner + 1,
                "placed": pa.array(seconds * 1_000_000, pa.timestamp("us")),
                "amount": amount,
                "channel": np.where(web, "web", "shop"),
            }
        ),
    }


def with_column(tables, table, column, values):
    """Return tables with one column replaced."""
    data = tables[table]
    at = data.column_names.index(column)
    changed = data.set_column(at, column, pa.array(values, data.column(column).type))
    return {**tables, table: changed}


def shuffled(tables, table, column, seed=5):
    """Return tables with one column in another order: drawn alone, whatever it hung on is gone."""
    rng = np.random.Generator(np.random.Philox(seed))
    values = tables[table].column(column)
    return with_column(
        tables, table, column, values.take(pa.array(rng.permutation(len(values)))).to_pylist()
    )


@pytest.fixture(scope="session")
def real():
    return Dataset.in_memory(SCHEMA, shop(1))


@pytest.fixture(scope="session")
def second():
    """Another sample of the same distribution."""
    return Dataset.in_memory(SCHEMA, shop(2))


@pytest.fixture(scope="session")
def shuffled_keys():
    """The second sample with its orders given to any customers."""
    return Dataset.in_memory(SCHEMA, shuffled(shop(2), "orders", "customer"))


@pytest.fixture(scope="session")
def column_alone():
    """The second sample with the customers' ages drawn alone."""
    return Dataset.in_memory(SCHEMA, shuffled(shop(2), "customers", "age"))


@pytest.fixture(scope="session")
def make():
    """Build a data set of tables with the shop's schema, or another."""

    def build(tables, schema=SCHEMA):
        return Dataset.in_memory(schema, tables)

    return build


@pytest.fixture(scope="session")
def change():
    """Replace a column of the shop's second sample."""

    def build(table, column, values):
        return Dataset.in_memory(SCHEMA, with_column(shop(2), table, column, values))

    return build
