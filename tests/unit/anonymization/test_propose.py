"""What is proposed for columns that no recognizer knows by a form, beside names of people."""

from __future__ import annotations

import pyarrow as pa
import pytest

import synthkit
from synthkit import extract

SURNAMES = ["Weber", "Novak", "Smith", "Rossi"]


def plan_of(**columns: list[str]) -> dict[str, tuple[str | None, str]]:
    """Return operation (or domain) and reason of each column of a table of 300 patients."""
    count = 300
    people = {
        "id": list(range(1, count + 1)),
        "email": [f"p{number}@mail.example" for number in range(count)],
        **columns,
    }
    plan = extract.make_plan(synthkit.read({"patients": pa.table(people)}))
    found = {name: plan.resolved("patients", name) for name in people}
    return {name: (each.op, each.because) for name, each in found.items() if each is not None}


def test_a_number_that_no_two_people_share_is_replaced_and_told() -> None:
    numbers = [f"{number * 7919 % 1_000_003:010}" for number in range(300)]
    plan = plan_of(nhs=numbers, ward=["a", "b", "c"] * 100)
    assert plan["nhs"][0] == "digits"
    assert "please review" in plan["nhs"][1]
    assert plan["id"][0] == plan["ward"][0] == "keep"


@pytest.mark.parametrize(
    ("values", "op"),
    [
        ([f"Dr. {name}" for name in SURNAMES], "pool"),
        ([f"Frau Prof. Dr. Anna {name}" for name in SURNAMES], "pool"),
        (["Co. Weber", "Lot Smith", "Mr. Bean", "St. Rossi"], "keep"),
        (["Dr.", "Mr.", "Mrs.", "Prof."], "keep"),
    ],
)
def test_few_names_are_told_by_their_titles(values: list[str], op: str) -> None:
    assert plan_of(handled_by=values * 75)["handled_by"][0] == op
