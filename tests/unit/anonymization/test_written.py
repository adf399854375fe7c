"""The schema that is written holds of the values that are, whatever the plan does to a column."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit import extract
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Decision, Plan, TablePlan
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate

ROWS = 40
_TEXTS = ("email", "phone", "ip", "uuid", "doc", "word")


def _data(*, child: bool = False) -> Dataset:
    rows = range(ROWS)
    people = pa.table(
        {
            "id": pa.array(rows),
            "email": [f"ann{row}@firm.com" for row in rows],
            "phone": [f"+1 212 555 {row + 1000}" for row in rows],
            "ip": [f"10.20.30.{row}" for row in rows],
            "uuid": [f"6f1b0c1e-2d3a-4b5c-8d7e-{row:012x}" for row in rows],
            "doc": [f'{{"a": {row}}}' for row in rows],
            "word": [f"w{row % 3}" for row in rows],
            "born": pa.array([row * 100 for row in rows], pa.int32()).cast(pa.date32()),
            "paid": [row / 4 for row in rows],
        }
    )
    sdtypes = {"email": "email", "phone": "phone_number", "ip": "ipv4_address"}
    table = Table(
        name="people",
        columns=tuple(
            Column(
                name=each.name,
                storage=storage_of(each.type),
                sdtype=sdtypes.get(each.name, "unknown"),
                format={"uuid": "uuid", "doc": "json"}.get(each.name),
                nullable=False,
            )
            for each in people.schema
        ),
        primary_key=("id",),
        alternate_keys=(("email",), ("uuid",)),
    )
    tables, keys = {"people": people}, []
    schema = Schema(tables=(table,))
    if child:
        tables["posts"] = pa.table({"by": people["email"]})
        posts = Table(name="posts", columns=(Column(name="by", storage="string"),))
        keys = [
            ForeignKey(table="posts", columns=("by",), parent="people", parent_columns=("email",))
        ]
        schema = Schema(tables=(table, posts), foreign_keys=tuple(keys))
    return Dataset.in_memory(schema, tables)


def _anonymized(decisions: dict[str, Decision]) -> Dataset:
    data = _data()
    columns = {name: Decision("keep") for name in data.schema.table("people").column_names}
    plan = Plan({"people": TablePlan({**columns, **decisions})})
    return extract.anonymize(data, key=MasterKey("test", b"t" * 32), plan=plan).data


@pytest.mark.parametrize("op", ["null", "redact", "mask", "hash", "digits", "encrypt", "pool"])
def test_what_is_written_keeps_its_own_schema(op: str) -> None:
    columns = (*_TEXTS, "born", "paid") if op in ("null", "redact") else _TEXTS
    made = _anonymized(dict.fromkeys(columns, Decision(op)))
    assert validate(made.schema, made.chunks).violations == ()


def test_what_still_holds_is_still_told() -> None:
    made = _anonymized({"email": Decision("email"), "uuid": Decision("uuid")})
    people = made.schema.table("people")
    assert people.alternate_keys == (("email",), ("uuid",))
    assert (people.column("email").sdtype, people.column("email").nullable) == ("email", False)
    assert people.column("uuid").format == "uuid"
    hashed = _anonymized({"uuid": Decision("hash"), "id": Decision("null")}).schema.table("people")
    assert hashed.alternate_keys == (("email",), ("uuid",))
    assert hashed.column("uuid").format is None
    assert hashed.primary_key is None


def test_a_key_that_is_pointed_at_stays_one() -> None:
    data = _data(child=True)
    pooled = Decision("pool", {"kind": "email"}, domain="who")
    keep = Decision("keep")
    people = {**dict.fromkeys(data.schema.table("people").column_names, keep), "email": pooled}
    plan = Plan(
        {"people": TablePlan(people), "posts": TablePlan({"by": pooled})}, domains={"who": pooled}
    )
    made = extract.anonymize(data, key=MasterKey("test", b"t" * 32), plan=plan).data
    assert ("email",) in made.schema.table("people").alternate_keys
