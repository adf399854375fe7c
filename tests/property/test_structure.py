"""Keys and references are exact for any foreign key graph, at any size, block by block."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthkit.contracts import RowTargets, Streams
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.profile import learn_profile
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.skeleton import Skeleton


class NoValues:
    """There are no value providers."""

    def has(self, kind: str) -> bool:
        return False


@st.composite
def data_sets(draw: st.DrawFn) -> Dataset:
    """A data set of up to five tables with any foreign keys between them, cycles included."""
    count = draw(st.integers(1, 5))
    sizes = draw(st.lists(st.integers(1, 40), min_size=count, max_size=count))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    columns: list[dict[str, pa.Array]] = [{"id": pa.array(range(size))} for size in sizes]
    keys: list[ForeignKey] = []
    for child, parent, gaps in draw(
        st.lists(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.booleans()),
            max_size=8,
        )
    ):
        name = f"key{len(keys)}"
        targets = rng.integers(0, sizes[parent], sizes[child])
        missing = (rng.random(sizes[child]) < 0.3) | (child == parent)
        columns[child][name] = pa.array(targets, mask=missing if gaps or child == parent else None)
        keys.append(
            ForeignKey(table=f"t{child}", columns=name, parent=f"t{parent}", parent_columns="id")
        )
    tables = {f"t{number}": pa.table(made) for number, made in enumerate(columns)}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=c, storage="int64", nullable=made.column(c).null_count > 0)
                    for c in made.column_names
                ),
                primary_key="id",
            )
            for name, made in tables.items()
        ),
        foreign_keys=tuple(keys),
    )
    return Dataset.in_memory(schema, tables)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data_sets(), st.sampled_from([0.2, 1.0, 3.7]), st.integers(0, 2**40))
def test_any_graph(data: Dataset, scale: float, seed: int) -> None:
    profile = learn_profile(data, NoValues())  # type: ignore[arg-type]
    plan = plan_rows(profile.forest, profile.row_counts, RowTargets(scale=scale))
    skeleton = Skeleton(profile, plan, Streams(seed), NoValues())  # type: ignore[arg-type]
    for table in data.schema.tables:
        root = skeleton.forest.root_of(table.name)
        seen = 0
        for number in range(skeleton.layout.block_count(root)):
            rows = skeleton.rows(table.name, number)
            assert rows.start == seen
            seen = rows.stop
            made = skeleton.key_columns(rows)
            assert len(set(made["id"].to_pylist())) == rows.count
            for key, parents in rows.parents.items():
                assert len(parents) == rows.count
                assert parents.max(initial=-1) < plan[key.parent]
                required = not table.column(key.columns[0]).nullable
                assert not required or (parents >= 0).all()
        assert seen == plan[table.name]


@given(st.integers(1, 5000), st.integers(0, 2**63 - 1))
def test_a_permutation_is_one(size: int, key: int) -> None:
    moved = Permutation(size, key)(np.arange(size))
    assert np.array_equal(np.sort(moved), np.arange(size))
