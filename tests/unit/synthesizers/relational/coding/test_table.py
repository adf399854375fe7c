"""Fields have a memory of the sibling before where values recur more often than by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.relational.coding.prepare import prepare
from synthkit.synthesizers.structure.profile import learn_profile

PEOPLE, YEARS = 200, 6


def remembered(kinds: int, recurring: float, people: int, values: Any) -> bool:
    """Return whether a pay of so many kinds that recurs in such a share of years has a memory."""
    rng = np.random.default_rng(4)
    pay = rng.integers(0, kinds, (people, YEARS)) * 10 + 1_000
    for year in range(1, YEARS):
        same = rng.random(people) < recurring
        pay[same, year] = pay[same, year - 1]
    tables = {
        "people": pa.table({"id": np.arange(people)}),
        "pays": pa.table({"person": np.repeat(np.arange(people), YEARS), "pay": pay.ravel()}),
    }
    described = tuple(
        Table(
            name=name,
            columns=tuple(Column(name=c, storage="int64", nullable=False) for c in names),
            primary_key=("id",) if name == "people" else None,
        )
        for name, names in (("people", ("id",)), ("pays", ("person", "pay")))
    )
    key = ForeignKey(table="pays", columns=("person",), parent="people", parent_columns=("id",))
    data = Dataset.in_memory(Schema(tables=described, foreign_keys=(key,)), tables)
    made = prepare(data, learn_profile(data, values, 5), values, 5, "en_US")
    return "same" in {field.kind for field in made.fields["pays"]}


@pytest.mark.parametrize(
    ("kinds", "recurring", "people", "wanted"),
    [
        (5, 0.5, PEOPLE, True),
        (5, 0.1, PEOPLE, False),  # trees tell that of few kinds
        (5_000, 0.1, PEOPLE, True),  # bins do not tell that numbers of many kinds are equal
        (5_000, 0.0, PEOPLE, False),
        (5_000, 0.1, 40, False),  # some twenty rows are no evidence
    ],
)
def test_values_that_recur_are_remembered(
    kinds: int, recurring: float, people: int, wanted: bool, values: Any
) -> None:
    assert remembered(kinds, recurring, people, values) == wanted
