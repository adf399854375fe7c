"""What is drawn to be compared with learned rows: once for all tables, and without rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, Silent, Streams
from synthkit.schema import Column, ForeignKey, Inequality, Schema, Table, UniqueTogether
from synthkit.synthesizers.relational import agreement
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

COUNT = 400


class NoValues:
    """No value providers."""

    def has(self, kind: str) -> bool:
        return False


def rows(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 40, COUNT)
    return {
        "weight": weight,
        "height": weight // 2 + rng.integers(0, 8, COUNT),
        "born": 1900 + rng.geometric(0.05, COUNT).clip(1, 60),
        "hand": rng.integers(0, 3, COUNT),
    }


def people_and_visits() -> Dataset:
    """People no two of whom are alike in two columns, each with a visit after their birth."""
    people = {"id": np.arange(COUNT), **rows(1)}
    people["pair"], people["other"] = np.divmod(np.arange(COUNT), 20)
    visits = {"id": np.arange(COUNT), "person": np.arange(COUNT), **rows(2)}
    visits["born"] = people["born"] + visits["born"] - 1900
    tables = {"people": pa.table(people), "visits": pa.table(visits)}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=each, storage="int64", nullable=False)
                    for each in table.column_names
                ),
                primary_key="id",
            )
            for name, table in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="visits", columns="person", parent="people", parent_columns="id"),
        ),
        rules=(
            UniqueTogether(table="people", columns=("pair", "other")),
            Inequality(
                table="visits", low="born", high="born", parent="people", foreign_key=("person",)
            ),
        ),
    )
    return Dataset.in_memory(schema, tables)


def test_tables_of_one_size_are_measured_in_one_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Drawing] = []

    def counted(*arguments: Any) -> Drawing:
        made.append(Drawing(*arguments))
        return made[-1]

    monkeypatch.setattr(agreement, "Drawing", counted)
    values: Any = NoValues()
    settings = RelationalSettings(trees=2, penalty=2.0, least=2)
    RelationalSynthesizer(settings).fit(people_and_visits(), Streams(1), Silent(), values)
    assert len(made) == 1
    people = made[0].beside("people", 0).table("people", 0)
    assert people.num_rows == made[0].skeleton.plan["people"] > COUNT
    pairs = people.select(["pair", "other"]).group_by(["pair", "other"]).aggregate([])
    assert pairs.num_rows <= COUNT  # there are no more, so that the rule cannot hold
