"""Which locale the people of a data set are taken to be of, and what the plan says of it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from faker import Faker

from synthkit import extract
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.detect import Found
from synthkit.anonymization.locales import DEFAULT, guessed
from synthkit.contracts import Finding
from synthkit.dataset import Dataset
from synthkit.schema import Column, Schema, Table

ROWS = 200


def people(locale: str, country: str | None = None) -> tuple[Dataset, list[Found]]:
    made = Faker(locale)
    made.seed_instance(7)
    held = {"n": [f"{made.first_name()} {made.last_name()}" for _ in range(ROWS)]}
    found = [Found("t", "n", Finding("name", 0.9, "listed"))]
    if country is not None:
        held["land"] = [country] * (ROWS - 20) + ["FR"] * 20
        found.append(Found("t", "land", Finding("country", 0.9, "named")))
    columns = tuple(Column(name=name, storage="string") for name in held)
    schema = Schema(tables=(Table(name="t", columns=columns),))
    return Dataset.in_memory(schema, {"t": pa.table(held)}), found


@pytest.mark.parametrize("locale", "en_US en_GB de_DE fr_FR es_ES pt_BR pl_PL ja_JP tr_TR".split())
def test_names_say_which_locale(locale: str) -> None:
    best, because = guessed(*people(locale))
    assert best == locale
    assert because


@pytest.mark.parametrize(
    ("country", "locale"),
    [("AT", "de_AT"), ("aut", "de_AT"), ("Austria", "de_AT"), ("CA", "en_CA")],
)
def test_countries_count_for_more_than_names(country: str, locale: str) -> None:
    best, because = guessed(*people("en_US" if locale == "en_CA" else "de_DE", country))
    assert best == locale
    assert "90% of the rows of t.land" in because
    assert country not in because.split()


def test_without_people_it_is_the_usual_one() -> None:
    data, _ = people("de_DE")
    assert guessed(data, []) == (DEFAULT, "nothing in the data says which")
    strange = {"t": pa.table({"n": ["Xq Zzv", "Bbw Kkr"] * 50})}
    found = [Found("t", "n", Finding("name", 0.9, "listed"))]
    assert guessed(Dataset.in_memory(data.schema, strange), found)[0] == DEFAULT


def test_the_plan_says_why_and_what_is_named_counts() -> None:
    data, _ = people("de_DE")
    plan = extract.make_plan(data)
    assert plan.locales == ("de_DE",)
    text = plan_yaml.dumps(plan)
    assert "are in its lists\nlocales: [de_DE]" in text
    assert plan_yaml.loads(text).locales_because == plan.locales_because
    named = extract.make_plan(data, locales=["fr_FR"])
    assert (named.locales, named.locales_because) == (("fr_FR",), "")
