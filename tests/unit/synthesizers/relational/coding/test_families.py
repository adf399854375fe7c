"""Parents are told of their children where families agree in more than is told otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.relational.coding.prepare import aggregated_keys, prepare
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.synthesizers.structure.profile import learn_profile

PARENTS, ROWS = 300, 8
Numbers = npt.NDArray[np.float64]
OWNER = np.repeat(np.arange(PARENTS), ROWS)
RNG = np.random.default_rng(3)
LEVEL = RNG.normal(0, 10, PARENTS)[OWNER]
NOISE = RNG.normal(0, 10, (4, len(OWNER)))


def walk() -> Numbers:
    """Return numbers that follow from the one before, and from nothing else."""
    found = NOISE[0].copy()
    for row in np.flatnonzero(np.arange(len(found)) % ROWS):
        found[row] += 0.9 * found[row - 1]
    return found


def data(visits: list[Numbers], notes: list[Numbers] | None = None) -> Dataset:
    """Return people with visits, and with notes if there are any."""
    tables = {"people": pa.table({"id": pa.array(range(PARENTS))})}
    for name, columns in (("visits", visits), ("notes", notes)):
        if columns is not None:
            numbers = {f"n{at}": np.round(each).astype(int) for at, each in enumerate(columns)}
            tables[name] = pa.table({"person": OWNER, **numbers})
    described = [
        Table(
            name=name,
            columns=tuple(
                Column(name=c, storage="int64", nullable=False) for c in rows.schema.names
            ),
            primary_key=("id",) if name == "people" else None,
        )
        for name, rows in tables.items()
    ]
    keys = [
        ForeignKey(table=name, columns=("person",), parent="people", parent_columns=("id",))
        for name in tables
        if name != "people"
    ]
    schema = Schema(tables=tuple(described), foreign_keys=tuple(keys))
    return Dataset.in_memory(schema, tables)


def told(dataset: Dataset, values: Any) -> set[str]:
    """Return the tables that parents are told of."""
    profile = learn_profile(dataset, values, 5)
    made = prepare(dataset, profile, values, 5, "en_US")
    found = {key.table for key in aggregated_keys(dataset, profile, made)}
    assert {key.table for key in made.untold} == {"visits", "notes"} & {*dataset} - found
    return found


def test_what_follows_from_the_row_before_is_left_out(values: Any) -> None:
    assert told(data([walk(), NOISE[1]], [LEVEL + NOISE[2]]), values) == {"notes"}


def test_what_families_have_in_common_is_told(values: Any) -> None:
    other = RNG.normal(0, 10, PARENTS)[OWNER]
    both = {"visits", "notes"}
    assert told(data([walk(), other + NOISE[1]], [LEVEL + NOISE[2]]), values) == both


def test_what_another_table_tells_of_the_family_is_left_out(values: Any) -> None:
    exact = LEVEL + NOISE[2] / 20
    assert told(data([LEVEL + NOISE[0], NOISE[1]], [exact]), values) == {"notes"}


def test_one_table_is_told_whatever_it_is_like(values: Any) -> None:
    assert told(data([walk(), NOISE[1]]), values) == {"visits"}
    assert told(data([walk(), NOISE[1]], [NOISE[2]]), values) == {"notes"}


@pytest.mark.parametrize("shuffled", [False, True])
def test_tables_still_agree_where_one_is_left_out(values: Any, *, shuffled: bool) -> None:
    exact = LEVEL + NOISE[2] / 20
    visits = LEVEL + NOISE[0]
    if shuffled:  # a twin that has nothing in common
        visits = np.random.default_rng(7).permutation(visits.reshape(PARENTS, ROWS)).ravel()
    part = RelationalSynthesizer(RelationalSettings())
    model = part.fit(data([visits, NOISE[1]], [exact]), Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(scale=1.0)), Streams(5), values)
    means: dict[str, Numbers] = {}
    for chunk in model.sample(request):
        rows = chunk.data.to_pandas()
        if chunk.table != "people":
            means[chunk.table] = rows.groupby("person")["n0"].mean().to_numpy()
    alike = float(np.corrcoef(means["visits"], means["notes"])[0, 1])
    # Fisher z, 300 families: from 0 and from .94 one sample in 1,000 comes so far by chance
    assert alike < 0.2 if shuffled else alike > 0.8
