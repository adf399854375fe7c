"""The baseline keeps keys, references and row counts exactly, on every shape of schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import arrow_schema
from synthkit.synthesizers.independent import IndependentModel, IndependentSynthesizer, restore
from synthkit.synthesizers.settings import IndependentSettings
from synthkit.synthesizers.structure.references import parent_rows


def fitted(data: Dataset, values: Any, protect: int = 5) -> IndependentModel:
    part = IndependentSynthesizer(IndependentSettings(protect=protect))
    part.check(data.schema)
    return part.fit(data, Streams(1), Silent(), values)


def sampled(
    model: IndependentModel, values: Any, scale: float = 1.0, seed: int = 5, parts: bool = False
) -> Dataset:
    plan = model.plan(RowTargets(scale=scale))
    request = SampleRequest(plan, Streams(seed), values)
    requests = model.partitions(request) if parts else [request]
    kinds = {
        table.name: arrow_schema(table.column_names, [c.storage for c in table.columns])
        for table in model.schema.tables
    }
    pieces = {name: [kind.empty_table()] for name, kind in kinds.items()}
    for each in requests:
        for chunk in model.sample(each):
            pieces[chunk.table].append(chunk.data.cast(kinds[chunk.table]))
    made = {name: pa.concat_tables(tables) for name, tables in pieces.items()}
    assert {name: table.num_rows for name, table in made.items()} == plan
    return Dataset.in_memory(model.schema, made)


def broken(data: Dataset) -> list[str]:
    """Name every key that is repeated or null, and every foreign key with orphans."""
    found = []
    for table in data.schema.tables:
        for key in (*((table.primary_key,) if table.primary_key else ()), *table.alternate_keys):
            rows = data.arrow(table.name, key)
            unique = rows.group_by(list(key)).aggregate([]).num_rows == rows.num_rows
            if not unique or any(rows.column(name).null_count for name in key):
                found.append(f"{table.name}{key}")
    for foreign in data.schema.foreign_keys:
        rows = data.arrow(foreign.table, foreign.columns)
        null = np.zeros(rows.num_rows, bool)
        for name in foreign.columns:
            null |= rows.column(name).is_null().to_numpy(zero_copy_only=False)
        if ((parent_rows(data, foreign) < 0) & ~null).any():
            found.append(str(foreign))
    return found


@pytest.mark.parametrize("scale", [0.3, 1.0, 7.5])
def test_keys_and_references_hold_at_any_scale(awkward: Dataset, values: Any, scale: float) -> None:
    assert broken(sampled(fitted(awkward, values), values, scale)) == []


def test_the_check_of_keys_can_fail(zoo: Mapping[str, Callable[[], Dataset]], values: Any) -> None:
    good = sampled(fitted(zoo["shop"](), values), values)
    tables = {name: good.arrow(name) for name in good}
    shuffled = tables["orders"].column("customer_id").combine_chunks().cast(pa.int64())
    beyond = pa.chunked_array([pa.compute.add(shuffled, 1_000_000)])
    tables["orders"] = tables["orders"].set_column(1, "customer_id", beyond)
    tables["lines"] = pa.concat_tables([tables["lines"], tables["lines"].slice(0, 1)])
    assert len(broken(Dataset.in_memory(good.schema, tables))) == 2


def test_same_seed_same_rows_in_parts_and_after_a_round_trip(awkward: Dataset, values: Any) -> None:
    model = fitted(awkward, values)
    state = model.state()
    copy = restore(State(json=json.loads(json.dumps(state.json)), arrays=state.arrays))
    whole = sampled(model, values, 3.0)
    for other in (sampled(copy, values, 3.0), sampled(model, values, 3.0, parts=True)):
        assert all(whole.arrow(name).equals(other.arrow(name)) for name in whole)


def test_another_seed_gives_other_rows(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any
) -> None:
    model = fitted(zoo["shop"](), values)
    one, two = sampled(model, values, seed=1), sampled(model, values, seed=2)
    assert not one.arrow("lines").equals(two.arrow("lines"))


@pytest.mark.parametrize("name", ["shop", "bridge", "two_to_one", "composite", "cycle"])
def test_child_counts_are_those_seen(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any, name: str
) -> None:
    """Counts are drawn from those seen and then meet the total, so their mean is exact.

    The share of childless parents: n parents, DKW at alpha 1e-6 bounds the difference of the
    distribution functions at zero by sqrt(log(2 / alpha) / (2 n)).
    """
    real = zoo[name]()
    made = sampled(fitted(real, values), values, 20.0)
    for key in real.schema.foreign_keys:
        before = np.bincount(
            np.maximum(parent_rows(real, key), -1) + 1, minlength=real.row_counts[key.parent] + 1
        )[1:]
        after = np.bincount(parent_rows(made, key) + 1, minlength=made.row_counts[key.parent] + 1)
        after = after[1:]
        if real.schema.table(key.parent).reference:
            continue
        bound = np.sqrt(np.log(2 / 1e-6) / (2 * len(after)))
        assert after.mean() == pytest.approx(before.mean(), abs=0.02 * before.mean() + 1e-9)
        assert abs((after == 0).mean() - (before == 0).mean()) <= bound


def test_ordinals_count_each_parents_rows(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any
) -> None:
    lines = sampled(fitted(zoo["shop"](), values), values, 4.0)["lines"]
    highest = lines.groupby("order_id")["line_no"].agg(["min", "max", "count"])
    assert (highest["min"] == 1).all()
    assert (highest["max"] == highest["count"]).all()


@pytest.mark.parametrize(
    ("name", "column", "rooted"), [("tree", "boss", False), ("self_rooted", "parent", True)]
)
def test_a_self_reference_is_a_forest(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any, name: str, column: str, rooted: bool
) -> None:
    made = sampled(fitted(zoo[name](), values), values, 30.0)
    frame = made.arrow(next(iter(made))).to_pydict()
    above = dict(zip(frame["id"], frame[column], strict=True))
    for start in above:
        at = start
        for _ in above:
            if above[at] is None or above[at] == at:
                break
            at = above[at]
        assert above[at] == (at if rooted else None)


def test_reference_tables_are_kept_word_for_word(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any
) -> None:
    real = zoo["shop"]()
    assert (
        sampled(fitted(real, values), values, 5.0)
        .arrow("countries")
        .equals(real.arrow("countries"))
    )


def test_each_column_has_the_values_seen_as_often(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any
) -> None:
    """DKW: n = 16,000 draws at alpha = 1e-6 stay within sqrt(log(2e6) / (2 n)) = .0213."""
    real = zoo["shop"]()
    made = sampled(fitted(real, values, 1), values, 400.0)["customers"]["age"].to_numpy()
    seen = np.sort(real["customers"]["age"].to_numpy())
    distance = max(abs((made <= at).mean() - (seen <= at).mean()) for at in np.unique(seen))
    assert len(made) == 16_000
    assert distance <= np.sqrt(np.log(2 / 1e-6) / (2 * len(made)))


def test_personal_data_is_made_anew(values: Any) -> None:
    emails = [f"real.person{i}@company.com" for i in range(50)]
    notes = [f"Call Mr Smith about order {i}" for i in range(50)]
    codes = [f"AB-{i:04d}" for i in range(50)]
    names = ["id", "email", "note", "code"]
    columns = tuple(
        Column(
            name=name,
            sdtype="email" if name == "email" else "unknown",
            storage="int64" if name == "id" else "string",
            pii=name != "id",
            nullable=False,
        )
        for name in names
    )
    schema = Schema(tables=(Table(name="people", columns=columns, primary_key=("id",)),))
    table = pa.table({"id": list(range(50)), "email": emails, "note": notes, "code": codes})
    made = sampled(fitted(Dataset.in_memory(schema, {"people": table}), values), values, 10.0)
    frame = made["people"]
    assert frame["email"].is_unique
    assert not set(frame["email"]) & set(emails)
    assert not set(frame["note"]) & set(notes)
    assert (frame["note"].str.split().str.len() == 6).all()
    assert frame["code"].str.fullmatch(r"[A-Z]B-00\d{2}").all()
