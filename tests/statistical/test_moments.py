"""Dates keep hour and weekday and are dates to later columns; parents' numbers are copied."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.schema import Column, ForeignKey, Inequality, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.relational.coding import table as table_coding
from synthkit.synthesizers.relational.coding.table import TableCoder
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

ALPHA = 1e-4
ROWS, OWNERS = 4_000, 400
MONDAY, DAYS = 19_359, 840
"""2 January 2023, and 120 weeks."""
DAY = 86_400_000_000
MONTH = 30


class NoValues:
    """No value providers."""

    def has(self, kind: str) -> bool:
        return False


def stamps(days: np.ndarray[Any, Any], hours: np.ndarray[Any, Any]) -> pa.Array:
    seconds = np.floor(hours * 3600).astype(np.int64) * 1_000_000
    return pa.array((MONDAY + days.astype(np.int64)) * DAY + seconds).cast(pa.timestamp("us"))


def workshop() -> Dataset:
    """Return owners, and their orders: on working days, at ten or three, later than they joined.

    An order is for its month's campaign; its fee is mostly the owner's, its price that of the
    owner or a tenth less.
    """
    rng = np.random.default_rng(3)
    joined = rng.integers(0, 600, OWNERS)
    owner = rng.integers(0, OWNERS, ROWS)
    first = joined[owner] + 1
    days = first + np.floor(rng.random(ROWS) * (DAYS - first)).astype(np.int64)
    days -= np.maximum(days % 7 - 4, 0)
    days = np.where(days < first, days + 7, days)
    hours = np.where(rng.random(ROWS) < 0.5, 10.0, 15.0) + rng.normal(0, 0.7, ROWS)
    fee = np.round(rng.lognormal(3, 0.5, OWNERS), 2)
    price = np.round(rng.lognormal(4, 0.5, OWNERS), 2)
    own = np.round(rng.lognormal(3, 0.5, ROWS), 2)
    tables = {
        "owners": pa.table(
            {
                "id": np.arange(OWNERS),
                "joined": stamps(joined, rng.uniform(8, 18, OWNERS)),
                "fee": fee,
                "price": price,
            }
        ),
        "orders": pa.table(
            {
                "id": np.arange(ROWS),
                "owner": owner,
                "placed": stamps(days, hours),
                "campaign": [f"month {day // MONTH}" for day in days.tolist()],
                "fee": np.where(rng.random(ROWS) < 0.7, fee[owner], own),
                "price": np.round(price[owner] * rng.choice([1.0, 0.9], ROWS), 2),
            }
        ),
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=f.name, storage=storage_of(f.type), nullable=False)
                    for f in data.schema
                ),
                primary_key=("id",),
            )
            for name, data in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="orders", columns=("owner",), parent="owners", parent_columns=("id",)),
        ),
        rules=(
            Inequality(
                table="orders",
                low="joined",
                high="placed",
                parent="owners",
                foreign_key=("owner",),
            ),
        ),
    )
    return Dataset.in_memory(schema, tables)


def sampled(data: Dataset) -> Dataset:
    values: Any = NoValues()
    model = RelationalSynthesizer(RelationalSettings()).fit(data, Streams(1), Silent(), values)
    plan = model.plan(RowTargets())
    chunks = list(model.sample(SampleRequest(plan, Streams(2), values)))
    made = {
        name: pa.concat_tables([chunk.data for chunk in chunks if chunk.table == name])
        for name in data
    }
    return Dataset.in_memory(data.schema, made)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return workshop()


@pytest.fixture(scope="module")
def made(data: Dataset) -> Dataset:
    return sampled(data)


@pytest.fixture(scope="module")
def broken(data: Dataset) -> Dataset:
    """Return a sample of a model without any of what is tested here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TableCoder, "_is_told", lambda *_: False)
        for name in ("best_origin", "best_ratio"):
            patch.setattr(table_coding, name, lambda *_: None)
        patch.setattr(table_coding, "moment_fields", lambda *_: [])
        return sampled(data)


def column(data: Dataset, name: str) -> np.ndarray[Any, Any]:
    values = data.arrow("orders").column(name)
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return np.asarray(values.to_pylist() if pa.types.is_string(values.type) else values.to_numpy())


def of_owner(data: Dataset, name: str) -> np.ndarray[Any, Any]:
    owners = data.arrow("owners")
    row = {key: place for place, key in enumerate(owners.column("id").to_pylist())}
    places = [row[key] for key in column(data, "owner").tolist()]
    values = owners.column(name)
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return np.asarray(values.to_numpy())[places]


def apart(one: Dataset, two: Dataset) -> float:
    """Return the largest difference of two distributions of times of day."""
    times = [np.sort(column(each, "placed") % DAY) for each in (one, two)]
    points = np.concatenate(times)
    shares = [np.searchsorted(each, points, side="right") / len(each) for each in times]
    return float(np.abs(shares[0] - shares[1]).max())


# Dvoretzky, Kiefer and Wolfowitz for two samples of 4,000 rows.
CLOSE = math.sqrt(math.log(2 / ALPHA) / 2) * math.sqrt(2 / ROWS)


def test_the_hour_is_kept(data: Dataset, made: Dataset, broken: Dataset) -> None:
    assert apart(data, made) < CLOSE
    assert apart(data, broken) > CLOSE


def weekend(data: Dataset) -> float:
    weekday = (column(data, "placed") // DAY - MONDAY) % 7
    return float((weekday > 4).mean())


def hurried(data: Dataset) -> float:
    """Return the share of orders within a week of what comes before them."""
    owner, placed = column(data, "owner"), column(data, "placed")
    order = np.lexsort((placed, owner))
    first = np.append(True, np.diff(owner[order]) > 0)
    before = np.append(0, placed[order][:-1])
    before = np.where(first, of_owner(data, "joined")[order], before)
    return float((placed[order] - before < 7 * DAY).mean())


def test_the_weekday_is_kept(data: Dataset, made: Dataset, broken: Dataset) -> None:
    assert weekend(data) == 0
    # Dates less than a week after joining, or after the order before, are left as they come.
    assert weekend(made) < hurried(data)
    assert weekend(broken) > 0.2


def test_dates_are_later_than_what_bounds_them(made: Dataset) -> None:
    assert (column(made, "placed") >= of_owner(made, "joined")).all()
    assert column(made, "placed").max() < (MONDAY + DAYS) * DAY


def in_campaign(data: Dataset) -> float:
    month = (column(data, "placed") // DAY - MONDAY) // MONTH
    return float((column(data, "campaign") == [f"month {each}" for each in month]).mean())


def test_a_bounded_date_is_a_date_to_later_columns(
    data: Dataset, made: Dataset, broken: Dataset
) -> None:
    assert in_campaign(data) == 1
    # A code spans 3.4 of 30 days, and a weekday lies up to 3 days from the date drawn.
    assert in_campaign(made) > 1 - (3.4 + 3) / MONTH
    assert in_campaign(broken) < 0.5


def copied(data: Dataset) -> float:
    return float((column(data, "fee") == of_owner(data, "fee")).mean())


def test_what_is_mostly_the_parents_is_copied_as_often(
    data: Dataset, made: Dataset, broken: Dataset
) -> None:
    # Hoeffding, for two samples of 4,000 rows.
    bound = 2 * math.sqrt(math.log(2 / ALPHA) / (2 * ROWS))
    assert abs(copied(made) - copied(data)) < bound
    assert copied(broken) < copied(data) - bound


def multiples(data: Dataset) -> float:
    whole = of_owner(data, "price")
    known = [np.round(whole * each, 2) for each in (1.0, 0.9)]
    return float(np.isclose(column(data, "price"), known, rtol=0, atol=1e-9).any(0).mean())


def test_multiples_of_a_parents_number_stay_such(made: Dataset, broken: Dataset) -> None:
    # The ends of what is sampled cut off the prices of fewer than five owners each.
    assert multiples(made) > 1 - 10 / OWNERS
    assert multiples(broken) < 0.2
