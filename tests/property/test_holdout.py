"""Whatever the keys: no reference of a part points at nothing, and no entity is in both parts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkit.dataset import Dataset
from synthkit.metrics import hold_out
from synthkit.metrics.sides import parent_rows
from synthkit.randomness import Streams
from synthkit.schema import Column, ForeignKey, Schema, Table


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Return up to five tables with keys between any of them, circles and composite keys too."""
    rng = np.random.Generator(np.random.Philox(draw(st.integers(0, 2**32))))
    names = [f"t{number}" for number in range(draw(st.integers(1, 5)))]
    rows = {name: draw(st.sampled_from([3, 20, 60, 200])) for name in names}
    wide = {name: draw(st.booleans()) for name in names}
    keys = {name: ("k1", "k2") if wide[name] else ("k1",) for name in names}
    columns = {name: [_column(each, nullable=False) for each in keys[name]] for name in names}
    values = {
        name: {each: np.arange(rows[name]) * (at + 1) for at, each in enumerate(keys[name])}
        for name in names
    }
    links = []
    for number in range(draw(st.integers(0, 7))):
        child, parent = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        nullable = draw(st.booleans())
        at = rng.integers(0, rows[parent], rows[child])
        gaps = rng.random(rows[child]) < (0.2 if nullable else 0)
        own = tuple(f"f{number}_{each}" for each in keys[parent])
        for name, above in zip(own, keys[parent], strict=True):
            columns[child].append(_column(name, nullable=nullable))
            values[child][name] = pa.array(np.asarray(values[parent][above])[at], mask=gaps)
        links.append(
            ForeignKey(table=child, columns=own, parent=parent, parent_columns=keys[parent])
        )
    tables = tuple(
        Table(
            name=name,
            columns=tuple(columns[name]),
            primary_key=keys[name],
            reference=draw(st.integers(0, 5)) == 0,
        )
        for name in names
    )
    schema = Schema(tables=tables, foreign_keys=tuple(links))
    return Dataset.in_memory(schema, {name: pa.table(values[name]) for name in names})


def _column(name: str, *, nullable: bool) -> Column:
    return Column(name=name, sdtype="id", storage="int64", nullable=nullable)


def orphans(data: Dataset) -> int:
    """Return the number of references whose columns are all there and that point at nothing."""
    count = 0
    for key in data.schema.foreign_keys:
        below = data.arrow(key.table, key.columns)
        found = parent_rows(below, data.arrow(key.parent, key.parent_columns))
        there = np.all([~column.is_null().to_numpy() for column in below.columns], axis=0)
        count += int((there & (found < 0)).sum())
    return count


@settings(max_examples=60, deadline=None)
@given(datasets(), st.sampled_from([0.2, 0.5]), st.integers(0, 99))
def test_the_parts_are_whole_data_sets_without_a_common_entity(
    data: Dataset, share: float, seed: int
) -> None:
    large = [
        table.name
        for table in data.schema.tables
        if not table.reference and data.row_counts[table.name] >= 20
    ]
    if not large:
        return
    assert orphans(data) == 0
    found = hold_out(data, share, Streams(seed))
    assert orphans(found.train) == orphans(found.holdout) == 0
    for root in found.entities:
        parts = [set(part.arrow(root)["k1"].to_pylist()) for part in (found.train, found.holdout)]
        assert not parts[0] & parts[1]
        assert len(parts[0]) + len(parts[1]) + found.dropped.get(root, 0) == data.row_counts[root]
    for table in data:
        kept = set(found.train.arrow(table)["k1"].to_pylist())
        kept |= set(found.holdout.arrow(table)["k1"].to_pylist())
        assert len(kept) + found.dropped.get(table, 0) == data.row_counts[table]
    for table in found.shared:
        assert found.train.row_counts[table] == found.holdout.row_counts[table]
    assert hold_out(data, share, Streams(seed)).digest == found.digest
