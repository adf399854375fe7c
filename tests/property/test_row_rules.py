"""Sampled rows keep every rule, found or written, of random small schemas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import synthkit
from synthkit.dataset import Dataset
from synthkit.pipeline import installed_plugins
from synthkit.schema import (
    Column,
    Dependency,
    FixedCombinations,
    ForeignKey,
    Formula,
    Inequality,
    Range,
    Rule,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.infer import complete
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate

LABELS = ["a", "b", "c"]


def rows(seed: int, count: int, gaps: float) -> dict[str, pa.Table]:
    """Draw parents and children: sums, products, orders, what settles what, and gaps."""
    rng = np.random.default_rng(seed)
    few = max(count // 4, 3)
    one, two = rng.integers(0, 20, count), np.round(rng.uniform(0.5, 9, count), 2)
    label, day = rng.integers(0, 3, count), rng.integers(0, 400, count)
    start = rng.integers(10_000, 10_200, few)
    parent = np.sort(rng.integers(0, few, count))
    missing = rng.random((3, count)) < gaps

    def days(values: np.ndarray[Any, Any], mask: Any = None) -> pa.Array:
        return pa.array(values.astype(np.int32), mask=mask).cast(pa.date32())

    return {
        "p": pa.table(
            {"id": np.arange(few), "start": days(start), "size": rng.integers(1, 9, few)}
        ),
        "c": pa.table(
            {
                "id": np.arange(count),
                "p": parent,
                "one": pa.array(one, mask=missing[0]),
                "two": two,
                "made": pa.array(np.round(one * two, 2), mask=missing[0] | missing[1]),
                "sum": pa.array(one + label, mask=missing[0]),
                "label": np.asarray(LABELS)[label],
                "code": np.asarray([10, 20, 20])[label],
                "from": days(start[parent] + day),
                "to": days(start[parent] + day + rng.integers(0, 30, count), missing[2]),
                "slot": rng.permutation(count),
            }
        ),
    }


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Choose rules of the user, some of which the data breaks."""
    possible: list[Rule] = [
        Formula(table="c", formula="made = one * two", decimals=2),
        Range(table="c", column="two", low=1, high=draw(st.integers(5, 9))),
        Range(table="c", column="from", low="1997-06-01"),
        Range(table="c", column="sum", high=18),
        Inequality(table="c", low="one", high="made"),
        Inequality(table="c", low="start", high="to", parent="p", foreign_key=("p",)),
        Inequality(table="c", low="from", high="to", strict=True),
        FixedCombinations(table="c", columns=("label", "code")),
        Dependency(table="c", determinant=("label", "code"), dependent="one"),
        UniqueTogether(table="c", columns=("label", "slot")),
        UniqueTogether(table="c", columns=("p", "two")),
    ]
    return tuple(draw(st.lists(st.sampled_from(possible), unique_by=str, max_size=5)))


@pytest.fixture(scope="module", autouse=True)
def plugins() -> None:
    installed_plugins()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 2**16),
    count=st.integers(60, 240),
    gaps=st.sampled_from([0.0, 0.1]),
    own=rules(),
    scale=st.sampled_from([0.05, 0.5, 2.0]),
)
def test_sampled_rows_keep_every_rule(
    seed: int, count: int, gaps: float, own: tuple[Rule, ...], scale: float
) -> None:
    data = rows(seed, count, gaps)
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(
                        name=field.name,
                        sdtype="id" if field.name in ("id", "p") else "unknown",
                        storage=storage_of(field.type),
                        nullable=bool(table[field.name].null_count),
                    )
                    for field in table.schema
                ),
                primary_key=("id",),
            )
            for name, table in data.items()
        ),
        foreign_keys=(ForeignKey(table="c", columns=("p",), parent="p", parent_columns=("id",)),),
    )
    found = complete(schema, lambda table, names: data[table].select(list(names))).schema
    kept = {str(rule): rule for rule in (*found.rules, *own)}
    schema = found.model_copy(update={"rules": tuple(kept.values())})
    model = synthkit.fit(Dataset.in_memory(schema, data), seed=seed, settings={"trees": 1})
    sample = model.sample(scale=scale, seed=seed).load()
    assert validate(schema, sample.chunks).violations == ()
