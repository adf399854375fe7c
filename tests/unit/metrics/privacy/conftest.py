"""People whose columns hang together, and what they buy; learned, held out and made."""

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.metrics.privacy import privacy
from synthkit.metrics.privacy.records import views_of
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams
from synthkit.schema import Column, ForeignKey, Schema, Table

SCHEMA = Schema(
    tables=(
        Table(
            name="people",
            columns=(
                Column(name="id", sdtype="id", storage="int64"),
                Column(name="age", sdtype="numerical", storage="int64"),
                Column(name="income", sdtype="numerical", storage="double"),
                Column(name="height", sdtype="numerical", storage="double"),
                Column(name="region", sdtype="categorical"),
                Column(name="born", sdtype="datetime", storage="date32[day]"),
            ),
            primary_key="id",
        ),
        Table(
            name="purchases",
            columns=(
                Column(name="person", sdtype="id", storage="int64"),
                Column(name="amount", sdtype="numerical", storage="double"),
                Column(name="kind", sdtype="categorical"),
                Column(name="day", sdtype="datetime", storage="date32[day]"),
                Column(name="count", sdtype="numerical", storage="int64"),
            ),
        ),
    ),
    foreign_keys=(
        ForeignKey(table="purchases", columns="person", parent="people", parent_columns="id"),
    ),
)


def drawn(seed, count=300):
    """Return people of one population, and one to five purchases of each."""
    rng = np.random.Generator(np.random.Philox(seed))
    age = rng.integers(18, 90, count)
    wealth = rng.normal(size=count)
    owner = np.repeat(np.arange(count), rng.integers(1, 6, count))
    day = rng.integers(18_000, 19_000, count)[owner] + rng.integers(0, 200, len(owner))
    people = {
        "id": np.arange(count),
        "age": age,
        "income": np.round(np.exp(10 + 0.3 * wealth + age / 100), 2),
        "height": np.round(170 + 8 * rng.normal(size=count), 1),
        "region": rng.choice(["north", "south", "east", "west"], count),
        "born": pa.array(19_500 - age * 365 - rng.integers(0, 365, count), pa.int32()).cast(
            pa.date32()
        ),
    }
    purchases = {
        "person": owner,
        "amount": np.round(np.exp(3 + wealth[owner] + 0.5 * rng.normal(size=len(owner))), 2),
        "kind": rng.choice(["book", "food", "tool"], len(owner)),
        "day": pa.array(day, pa.int32()).cast(pa.date32()),
        "count": rng.integers(1, 9, len(owner)),
    }
    return {"people": pa.table(people), "purchases": pa.table(purchases)}


def blurred(tables, seed, share=0.03):
    """Return copies whose numbers are off by some percent: noise is no anonymization."""
    rng = np.random.Generator(np.random.Philox(seed))
    made = dict(tables)
    for table, column in (("people", "income"), ("people", "height"), ("purchases", "amount")):
        values = made[table].column(column).to_numpy()
        noisy = values * (1 + share * rng.normal(size=len(values)))
        at = made[table].column_names.index(column)
        made[table] = made[table].set_column(at, column, pa.array(noisy))
    return made


@pytest.fixture(scope="session")
def population():
    """Return what draws a data set of the population: (seed, people) -> Dataset."""
    return lambda seed, count=300: Dataset.in_memory(SCHEMA, drawn(seed, count))


@pytest.fixture(scope="session")
def noisy():
    """Return what makes noisy copies of a drawn data set: (seed, noise's seed) -> Dataset."""
    return lambda seed, other: Dataset.in_memory(SCHEMA, blurred(drawn(seed), other))


@pytest.fixture(scope="session")
def view(population):
    """Return what builds a view: (learned, held out, made as seeds, table, sizes) -> View."""

    def build(train, holdout, made, *, table="people", sizes=(300, 300, 300)):
        seeds = (train, holdout, made)
        sides = sides_of([population(*each) for each in zip(seeds, sizes, strict=True)])
        return next(each for each in views_of(sides, frozenset()) if each.table == table)

    return build


@pytest.fixture(scope="session")
def measured():
    """Return what measures privacy: (learned, made, held out, seed) -> Privacy."""

    def measure(train, made, holdout, seed=1):
        return privacy(*sides_of([train, made, holdout]), Streams(seed), frozenset())

    return measure
