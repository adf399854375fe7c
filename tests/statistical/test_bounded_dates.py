"""Dates between bounds keep their distribution, whatever bounds are missing; nothing piles up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

ALPHA = 1e-4
START, DAYS = 1_672_531_200_000_000, 900


class NoValues:
    """No value providers."""

    def has(self, kind: str) -> bool:
        return False


def stamps(days: np.ndarray[Any, Any], mask: Any = None) -> pa.Array:
    seconds = np.round(np.nan_to_num(days) * 86_400).astype(np.int64) * 1_000_000
    return pa.array(START + seconds, pa.int64(), mask=mask).cast(pa.timestamp("us"))


def shop(rows: int = 4_000) -> Dataset:
    """Return staff hired at any time, and leads each taken later, a third of them converted."""
    rng = np.random.default_rng(8)
    hired = rng.uniform(-900, 600, 40)
    owner = rng.integers(0, 40, rows)
    created = np.fmax(hired[owner], 0) + rng.random(rows) * (DAYS - np.fmax(hired[owner], 0))
    converted = created + rng.exponential(30, rows)
    open_ = (rng.random(rows) < 0.7) | (converted > DAYS)
    tables = {
        "staff": pa.table({"id": np.arange(40), "hired": stamps(np.floor(hired))}),
        "leads": pa.table(
            {
                "id": np.arange(rows),
                "owner": owner,
                "created": stamps(created),
                "converted": stamps(converted, open_),
            }
        ),
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(
                        name=f.name,
                        storage=storage_of(f.type),
                        nullable=data.column(f.name).null_count > 0,
                    )
                    for f in data.schema
                ),
                primary_key=("id",),
            )
            for name, data in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="leads", columns=("owner",), parent="staff", parent_columns=("id",)),
        ),
        rules=(
            Inequality(table="leads", low="created", high="converted"),
            Inequality(
                table="leads", low="hired", high="created", parent="staff", foreign_key=("owner",)
            ),
        ),
    )
    return Dataset.in_memory(schema, tables)


def sampled(data: Dataset) -> Dataset:
    values: Any = NoValues()
    model = RelationalSynthesizer(RelationalSettings()).fit(data, Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(scale=1.0)), Streams(3), values)
    pieces: dict[str, list[pa.Table]] = {}
    for chunk in model.sample(request):
        pieces.setdefault(chunk.table, []).append(chunk.data.cast(data.arrow(chunk.table).schema))
    made = {name: pa.concat_tables(found) for name, found in pieces.items()}
    return Dataset.in_memory(data.schema, made)


def times(data: Dataset, column: str) -> np.ndarray[Any, Any]:
    values = data.arrow("leads").column(column).drop_null().cast(pa.int64())
    return np.sort(values.to_numpy())


def distance(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> float:
    grid = np.concatenate([one, two])
    ranks = [np.searchsorted(each, grid, side="right") / len(each) for each in (one, two)]
    return float(np.abs(ranks[0] - ranks[1]).max())


def allowed(*sizes: int) -> float:
    """Return the sum of the DKW bounds (Massart 1990) of samples of these sizes, at ALPHA each.

    Half as much again is for the 40 hirings, which are drawn anew.
    """
    return 1.5 * sum(float(np.sqrt(np.log(2 / ALPHA) / (2 * size))) for size in sizes)


@pytest.fixture(scope="module")
def pair() -> tuple[Dataset, Dataset]:
    real = shop()
    return real, sampled(real)


@pytest.mark.parametrize("column", ["created", "converted"])
def test_dates_between_bounds_keep_their_distribution(
    pair: tuple[Dataset, Dataset], column: str
) -> None:
    real, made = (times(each, column) for each in pair)
    limit = allowed(len(real), len(made))
    assert distance(real, made) < limit
    stuck = np.sort(np.where(np.arange(len(made)) < len(made) // 4, np.median(made), made))
    assert distance(real, stuck) > limit


@pytest.mark.parametrize("column", ["created", "converted"])
def test_no_time_is_that_of_many(pair: tuple[Dataset, Dataset], column: str) -> None:
    made = times(pair[1], column)
    # Of 4,000 seconds among 78 million hardly any repeat; ends may collect one row in fifty.
    assert np.unique(made, return_counts=True)[1].max() < len(made) / 50


def test_rules_hold_and_seconds_stay_whole(pair: tuple[Dataset, Dataset]) -> None:
    made = pair[1]
    assert not validate(made.schema, made.chunks).violations
    assert (times(made, "created") % 1_000_000 == 0).all()


def test_what_follows_from_labels_made_anew_stays_with_them() -> None:
    rng = np.random.default_rng(4)
    size = rng.choice(["small", "large"], 600)
    firm = rng.integers(0, 600, 2_000)
    private = rng.random(2_000) < 0.3
    data = pa.table(
        {
            "company": pa.array([f"Firm {n}" for n in firm], mask=private),
            "size": pa.array(size[firm], mask=private),
            "kind": pa.array(np.where(private, "person", "business")),
        }
    )
    columns = tuple(
        Column(name=f.name, storage="string", nullable=f.name != "kind") for f in data.schema
    )
    rules = (
        Dependency(table="t", determinant=("company",), dependent="size"),
        Dependency(table="t", determinant=("size",), dependent="kind"),
    )
    schema = Schema(tables=(Table(name="t", columns=columns),), rules=rules)

    class Companies(NoValues):
        def has(self, kind: str) -> bool:
            return kind == "company"

        def draw(self, kind: str, count: int, rng: Any, locale: str) -> pa.Array:
            return pa.array([f"new {n}" for n in rng.integers(0, 10**6, count)])

        def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
            return pa.array([f"new {n}" for n in range(start, start + count)], pa.string())

    values: Any = Companies()
    real = Dataset.in_memory(schema, {"t": data})
    model = RelationalSynthesizer(RelationalSettings()).fit(real, Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(scale=1.0)), Streams(3), values)
    rows = pa.concat_tables([chunk.data.cast(data.schema) for chunk in model.sample(request)])
    made = Dataset.in_memory(schema, {"t": rows})
    assert not validate(schema, made.chunks).violations
    # Shares of 2,000 rows each: five standard errors of their difference.
    for name, value in (("size", "small"), ("kind", "business")):
        one, two = (float((each["t"][name] == value).mean()) for each in (real, made))
        assert abs(one - two) < 5 * np.sqrt(2 * 0.25 / 2_000)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bounds_beyond_what_was_seen_count_for_more(seed: int) -> None:
    """Few leads register, so most other leads come and go before the first that is sampled."""
    rng = np.random.default_rng(seed)
    created = np.sort(rng.uniform(0, DAYS, 60))
    last = created + rng.uniform(1, 30, 60)
    lead = rng.permutation(60)[:14]
    tables = {
        "leads": pa.table({"id": np.arange(60), "created": stamps(created), "last": stamps(last)}),
        "forms": pa.table(
            {
                "id": np.arange(14),
                "lead": lead,
                "sent": stamps(created[lead] + rng.random(14) * (last - created)[lead]),
            }
        ),
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema),
                primary_key=("id",),
            )
            for name, data in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="forms", columns=("lead",), parent="leads", parent_columns=("id",)),
        ),
        rules=(
            Inequality(table="leads", low="created", high="last"),
            Inequality(
                table="forms", low="created", high="sent", parent="leads", foreign_key=("lead",)
            ),
            Inequality(
                table="forms",
                low="sent",
                high="last",
                parent="leads",
                parent_side="high",
                foreign_key=("lead",),
            ),
        ),
    )
    data = Dataset.in_memory(schema, tables)
    made = sampled(data)
    assert not validate(made.schema, made.chunks).violations
