"""A clock's time lies where its code says, in order, however it was reached."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

OPEN_DAY = 900
"""The day that the data was taken: what is lent on it has not come back."""


def _loans() -> Dataset:
    """Members who borrow over 300 days; one in four has a loan much later, not yet returned."""
    rng = np.random.default_rng(3)
    owner, day = [], []
    for member in range(400):
        days = np.sort(rng.integers(0, 300, 2 + rng.poisson(6)))
        days = np.append(days, OPEN_DAY) if rng.random() < 0.25 else days
        owner += [member] * len(days)
        day += list(days)
    lent = np.asarray(day)
    back = np.where(lent == OPEN_DAY, np.nan, lent + rng.integers(1, 10, len(lent)))
    tables = {
        "members": pa.table({"id": np.arange(400), "tier": rng.choice(["a", "b"], 400)}),
        "loans": pa.table(
            {
                "id": np.arange(len(lent)),
                "member_id": np.asarray(owner),
                "lent": pa.array(lent.astype(np.int32)).cast(pa.date32()),
                "kept": pa.array(back - lent, from_pandas=True),
            }
        ),
    }
    storages = {"tier": "string", "lent": "date32[day]", "kept": "double"}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=c, storage=storages.get(c, "int64"), nullable=c == "kept")
                    for c in table.column_names
                ),
                primary_key="id",
            )
            for name, table in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="loans", columns="member_id", parent="members", parent_columns="id"),
        ),
    )
    return Dataset.in_memory(schema, tables)


@pytest.fixture(scope="module")
def loans() -> pa.Table:
    """Loans of ten times as many members."""

    class NoValues:
        def has(self, kind: str) -> bool:
            return False

    none: Any = NoValues()
    fitted = RelationalSynthesizer(RelationalSettings()).fit(_loans(), Streams(1), Silent(), none)
    request = SampleRequest(fitted.plan(RowTargets(scale=10.0)), Streams(2), none)
    return pa.concat_tables([c.data for c in fitted.sample(request) if c.table == "loans"])


def test_times_stay_out_of_stretches_in_which_there_were_none(loans: pa.Table) -> None:
    days = loans["lent"].cast(pa.int32()).to_numpy()
    assert ((days < 310) | (days == OPEN_DAY)).all()
    assert 0.015 < (days == OPEN_DAY).mean() < 0.045  # 100 of about 3,300 in the data: .03


def test_siblings_come_in_order(loans: pa.Table) -> None:
    days = loans["lent"].cast(pa.int32()).to_numpy()
    owner = loans["member_id"].to_numpy()
    assert (np.diff(days)[np.diff(owner) == 0] >= 0).all()


def test_what_happens_on_one_day_only_happens_there(loans: pa.Table) -> None:
    last = loans["lent"].cast(pa.int32()).to_numpy() == OPEN_DAY
    missing = loans["kept"].is_null().to_numpy()
    assert missing[last].mean() > 0.95
    assert missing[~last].mean() < 0.005
