"""Primary keys of one column: what is a key and what is unique by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthkit.schema import Column, ForeignKey, Schema, Table


def primary_key(made: Any, table: str = "things") -> tuple[str, ...] | None:
    key: tuple[str, ...] | None = made.infer().schema.table(table).primary_key
    return key


@pytest.mark.parametrize(
    "column",
    [
        "id: shuffled",
        "ID: gaps 50",
        "thing_id: code T",
        "ThingId: serial",
        "id_thing: serial",
        "thingNumber: serial 1000",
        "uuid: uuid",
        "things: letters 4",
        "code: letters 3",
        "external_id: uuid",
        "A1: serial",
    ],
)
def test_a_unique_column_that_is_named_or_placed_as_a_key(
    database: Callable[..., Any], column: str
) -> None:
    made = database(f"things 200\n  {column}\n  size: int 1 9")
    assert primary_key(made) == (column.partition(":")[0],)


@pytest.mark.parametrize(
    "column",
    [
        "measured: float 0 100000",
        "at: time 7000",
        "remark: prose",
        "title: words",
        "amount: gaps 90",
        "phone_number: gaps 9000",
        "id: pick 50",
        "other_id: int 1 50",
    ],
)
def test_a_column_that_is_unique_by_accident_or_not_at_all(
    database: Callable[..., Any], column: str
) -> None:
    made = database(f"things 60\n  size: int 1 9\n  {column}")
    assert primary_key(made) is None


def test_a_column_with_gaps_is_no_key(database: Callable[..., Any]) -> None:
    made = database("things 60\n  id: serial\nother 50\n  id -> things(id) unique null .1")
    assert primary_key(made, "other") is None


def test_of_several_unique_columns_the_table_s_own_name_wins(database: Callable[..., Any]) -> None:
    made = database("things 90\n  sku: code S\n  name: words\n  thing_id: shuffled")
    assert primary_key(made) == ("thing_id",)


def test_what_others_point_at_wins_where_names_say_nothing(database: Callable[..., Any]) -> None:
    made = database(
        "things 90\n  label: words\n  login: letters 8\nvisits 400\n  login -> things(login)"
    )
    assert primary_key(made) == ("login",)


def test_two_rows_make_no_key_of_a_foreign_key(database: Callable[..., Any]) -> None:
    made = database(
        "address 90\n  address_id: serial\nstore 2\n  address_id -> address(address_id) unique"
    )
    assert primary_key(made, "store") is None


def test_reasons_name_the_column_and_hold_counts_only(database: Callable[..., Any]) -> None:
    made = database("things 60\n  *id: code SECRET\n  size: int 1 9\nlogs 50\n  at: time")
    reasons = {one.subject: one for one in made.infer().reasons}
    assert reasons["things.id"].decision == "primary key"
    assert "60 values" in reasons["things.id"].because
    assert reasons["logs"].decision == "no primary key"
    assert not any("SECRET" in one.because for one in reasons.values())


def test_declared_keys_are_kept(database: Callable[..., Any]) -> None:
    made = database(
        """
people 50
  id: serial
  badge: shuffled
visits 300
  id: serial
  person_id -> people(id)
  seen_by -> people(id)
"""
    )
    people, visits = made.tables()
    link = ForeignKey(
        table="visits", columns=("person_id",), parent="people", parent_columns=("badge",)
    )
    people = people.model_copy(update={"primary_key": ("badge",)})
    schema = made.infer(Schema(tables=(people, visits), foreign_keys=(link,))).schema
    assert schema.table("people").primary_key == ("badge",)
    assert schema.table("visits").primary_key == ("id",)
    assert [str(key) for key in schema.foreign_keys] == [
        "visits(person_id) -> people(badge)",
        "visits(seen_by) -> people(badge)",
    ]


def test_key_columns_become_ids_on_both_sides(database: Callable[..., Any]) -> None:
    schema = (
        database("people 50\n  id: serial\nvisits 300\n  person_id -> people(id)\n  cost: int 1 9")
        .infer()
        .schema
    )
    visits = schema.table("visits")
    assert schema.table("people").column("id").sdtype == "id"
    assert visits.column("person_id").sdtype == "id"
    assert visits.column("cost").sdtype == "numerical"


def test_a_key_of_personal_data_stays_personal_on_both_sides(
    database: Callable[..., Any],
) -> None:
    made = database(
        "people 50\n  email: words\n  age: int 1 9\nvisits 300\n  email -> people(email)"
    )
    email = Column(name="email", sdtype="email", pii=True)
    people, visits = made.tables()
    typed = Schema(
        tables=(people.model_copy(update={"columns": (email, people.column("age"))}), visits)
    )
    schema = made.infer(typed).schema
    assert schema.table("people").primary_key == ("email",)
    for table in ("people", "visits"):
        column = schema.table(table).column("email")
        assert (column.sdtype, column.pii) == ("email", True)


def test_no_rows_no_keys(database: Callable[..., Any]) -> None:
    made = database("things 0\n  id: serial\n  size: int 1 9")
    assert primary_key(made) is None
    assert made.infer(Schema(tables=(Table(name="things", columns=()),))).schema.foreign_keys == ()
