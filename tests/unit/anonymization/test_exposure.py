"""Which columns the risk report measures without a word of YAML."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from synthkit import extract
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Plan
from synthkit.dataset import Dataset
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import storage_of

FIRST = "Anna Bertram Clara Dietmar Elena Frank Greta Hans Ilse Jonas".split()
SDTYPES = {"id": "id", "plan": "categorical", "sex": "categorical", "born": "datetime"}


def people(**more: list[object]) -> Dataset:
    rows = 200
    held: dict[str, list[object]] = {
        "id": list(range(rows)),
        "first_name": [FIRST[n % 10] for n in range(rows)],
        "sex": ["fm"[n % 2] for n in range(rows)],
        "born": [dt.date(1950 + n % 40, 3, 1) for n in range(rows)],
        "plan": ["free", "paid"] * 100,
        **more,
    }
    table = pa.table(held)
    columns = tuple(
        Column(name=f.name, storage=storage_of(f.type), sdtype=SDTYPES.get(f.name, "unknown"))
        for f in table.schema
    )
    schema = Schema(tables=(Table(name="people", columns=columns, primary_key="id"),))
    return Dataset.in_memory(schema, {"people": table})


@pytest.fixture(scope="module")
def plan() -> Plan:
    return extract.make_plan(people())


def test_labels_that_many_share_are_sensitive_where_no_name_says_which(plan: Plan) -> None:
    assert plan.risk.quasi_ids == {"people": ("sex", "born")}
    assert plan.risk.sensitive == {"people": ("plan",)}


def test_columns_whose_names_speak_of_money_or_health_come_first() -> None:
    told = extract.make_plan(people(annual_salary=[float(n % 7) for n in range(200)]))
    assert told.risk.sensitive == {"people": ("annual_salary",)}


def test_the_report_measures_diversity_and_closeness_by_itself(plan: Plan) -> None:
    made = extract.anonymize(people(), key=MasterKey("k", b"k" * 32), plan=plan)
    [group] = extract.risk_report(made, made.data.load()).facts["groups"]
    assert group["k"] >= 1
    assert group["l"] == 1  # sex and plan go together: who knows one knows the other
    assert group["t"] == pytest.approx(0.5)
