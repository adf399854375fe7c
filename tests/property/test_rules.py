"""Rules that are found in data are checked as strictly as they were found, gaps included."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkit.dataset import Dataset
from synthkit.schema import Column, Dependency, Inequality, Schema, Table
from synthkit.schema.infer import infer
from synthkit.schema.validate import validate

ROWS = 240
LABELS = ["a", "b", "c", "d", None]
COLUMNS = (
    Column(name="city", sdtype="categorical"),
    Column(name="state", sdtype="categorical"),
    Column(name="kind", sdtype="categorical"),
    Column(name="opened", sdtype="datetime", storage="date32[day]"),
    Column(name="closed", sdtype="datetime", storage="date32[day]"),
)

targets = st.lists(st.sampled_from(["p", "q", "r", None]), min_size=5, max_size=5)


def made(seed: int, states: list[str | None], flaws: int) -> pa.Table:
    """Draw a table in which the city, gap or not, settles the state but for some rows."""
    rng = np.random.default_rng(seed)
    city = rng.integers(0, len(LABELS), ROWS)
    state = [states[at] for at in city]
    for row in rng.integers(0, ROWS, flaws):
        state[row] = None if state[row] else "p"
    opened = rng.integers(10_000, 10_400, ROWS)
    closed = opened + rng.integers(0, 50, ROWS)
    gaps = rng.random((2, ROWS)) < 0.2
    return pa.table(
        {
            "city": pa.array([LABELS[at] for at in city]),
            "state": pa.array(state, pa.string()),
            "kind": pa.array(rng.choice(["x", "y", "z"], ROWS)),
            "opened": pa.array(opened.astype("datetime64[D]"), mask=gaps[0]),
            "closed": pa.array(closed.astype("datetime64[D]"), mask=gaps[1]),
        }
    )


def dataset(data: pa.Table, schema: Schema | None = None) -> Dataset:
    return Dataset.in_memory(
        schema or Schema(tables=(Table(name="t", columns=COLUMNS),)), {"t": data}
    )


def found(data: pa.Table) -> Schema:
    plain = dataset(data)
    return infer(plain.schema.tables, plain.arrow).schema


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), states=targets, flaws=st.integers(0, 2))
def test_what_is_found_holds(seed: int, states: list[str | None], flaws: int) -> None:
    data = made(seed, states, flaws)
    schema = found(data)
    assert Inequality(table="t", low="opened", high="closed") in schema.rules
    assert validate(schema, dataset(data, schema).chunks).violations == ()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), row=st.integers(0, ROWS - 1), gap=st.booleans())
def test_what_breaks_a_rule_is_neither_found_nor_passed(seed: int, row: int, gap: bool) -> None:
    """A gap where there is none elsewhere breaks a dependency as another value does."""
    data = made(seed, ["p", "q", "r", "p", None], 0)
    rule = Dependency(table="t", determinant=("city",), dependent="state")
    assert rule in found(data).rules
    states = data["state"].to_pylist()
    states[row] = "s" if not gap else ("p" if states[row] is None else None)
    broken = data.set_column(1, "state", pa.array(states, pa.string()))
    assert rule not in found(broken).rules
    schema = Schema(tables=(Table(name="t", columns=COLUMNS),), rules=(rule,))
    (violation,) = validate(schema, dataset(broken, schema).chunks).violations
    assert (violation.kind, violation.count) == ("dependency", 1)
