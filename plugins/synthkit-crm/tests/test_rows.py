"""Numbers of rows: exactly those asked for, sensible ones for the rest, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_crm import plan
from synthkit_crm.schema import SCHEMA

import synthkit
from synthkit import UsageError
from synthkit.dataset import Dataset

Make = Callable[..., dict[str, pa.Table]]


def counted(tables: dict[str, pa.Table]) -> dict[str, int]:
    return {name: table.num_rows for name, table in tables.items()}


ASKED = [
    {"customers": 700, "purchases": 4_000, "purchase_items": 4_000},
    {"customers": 300, "purchases": 50, "webinar_registrations": 900, "webinars": 20},
    {"customers": 1},
    {"customers": 3, "purchases": 40, "leads": 1, "form_submissions": 100},
    {"customers": 0, "leads": 50, "whitepaper_downloads": 20},
    {"customers": 40, "employees": 0, "leads": 0, "form_submissions": 9},
    {"customers": 40, "employees": 1, "webinars": 0, "whitepapers": 0},
    {"customers": 25, "products": 0},
    {"purchases": 500},
    {"purchase_items": 333},
    {"webinar_registrations": 100, "webinars": 1},
    {"employees": 300, "products": 1_000, "webinars": 200, "whitepapers": 100, "customers": 5},
]


@pytest.mark.parametrize("block", [plan.BLOCK_CUSTOMERS, 64])
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_what_was_asked_for_is_made_and_valid(
    make: Make, asked: dict[str, int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "BLOCK_CUSTOMERS", block)
    tables = make(asked)
    made = counted(tables)
    assert {name: made.get(name, 0) for name in asked} == asked
    empty = {
        table.name: pa.table({column.name: pa.array([], pa.null()) for column in table.columns})
        for table in SCHEMA.tables
    }
    whole = Dataset.in_memory(SCHEMA, {**empty, **tables})
    assert synthkit.validate(whole).ok


def test_tables_that_are_not_named_follow_the_customers(make: Make) -> None:
    small, large = counted(make({"customers": 200})), counted(make({"customers": 400}))
    assert {name for name in small if large[name] == 2 * small[name]} == set(plan.BLOCK_TABLES)


def test_scale_multiplies_the_default(make: Make) -> None:
    assert counted(make(scale=0.05))["customers"] == round(0.05 * plan.DEFAULT_CUSTOMERS)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"custmers": 5}, "customers"),
        ({"customers": -1}, "0 or more"),
        ({"customers": 0, "purchases": 5}, "customers=1"),
        ({"products": 0, "purchase_items": 5}, "products=1"),
        ({"leads": 0, "whitepaper_downloads": 5}, "leads=1"),
        ({"purchases": 10, "purchase_items": 9}, "as many purchase_items"),
        ({"purchases": 0, "purchase_items": 9}, "purchases"),
        ({"customers": 10, "webinars": 2, "webinar_registrations": 21}, "fewer registrations"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    make: Make, asked: dict[str, int], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        make(asked)
    assert said in str(caught.value.hint)
