"""Numbers of rows: exactly those asked for, at any size of block, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_interactions.generator import LAYOUT
from synthkit_interactions.schema import described

import synthkit
from synthkit import UsageError
from synthkit.dataset import Dataset

Make = Callable[..., dict[str, pa.Table]]


@pytest.mark.parametrize(
    "asked",
    [
        {"visitors": 200, "clicks": 3_000},
        {"visitors": 1},
        {"visitors": 0},
        {"visitors": 300, "sessions": 10, "page_views": 10},
        {"page_views": 50, "likes": 50, "watches": 50, "shares": 50},
        {"visitors": 500, "page_views": 90},
        {"sessions": 77},
        {"watches": 40},
    ],
    ids=str,
)
@pytest.mark.usefixtures("small_blocks")
def test_what_was_asked_for_is_made_and_valid(make: Make, asked: dict[str, int]) -> None:
    tables = make(asked)
    assert {name: tables[name].num_rows if name in tables else 0 for name in asked} == asked
    schema = described()
    empty = {
        table.name: pa.table({column.name: pa.array([], pa.null()) for column in table.columns})
        for table in schema.tables
    }
    assert synthkit.validate(Dataset.in_memory(schema, {**empty, **tables})).ok


def test_visitors_follow_the_customers_that_are_generated_together() -> None:
    few, many = (
        synthkit.generate("crm", "interactions", rows={"customers": count}, seed=1)
        for count in (20, 40)
    )
    assert len(many["visitors"]) == 2 * len(few["visitors"]) == 3 * 40


def test_tables_that_are_not_named_follow_the_visitors(make: Make) -> None:
    tables = make({"visitors": 400})
    assert {name: tables[name].num_rows for name in LAYOUT.per_root} == {
        name: round(400 * ratio) for name, ratio in LAYOUT.per_root.items()
    }


@pytest.mark.parametrize(
    "others",
    [["crm"], ["content"], ["crm", "content"]],
    ids=" ".join,
)
@pytest.mark.parametrize("rows", [{}, {"customers": 0, "articles": 0, "content_videos": 0}])
def test_any_of_the_others_may_be_there_even_empty(others: list[str], rows: dict[str, int]) -> None:
    tables = {"crm": ["customers"], "content": ["articles", "content_videos"]}
    known = {name for other in others for name in tables[other]}
    asked = {"visitors": 60, **{name: count for name, count in rows.items() if name in known}}
    data = synthkit.generate(*others, "interactions", rows=asked, scale=0.02, seed=3)
    assert synthkit.validate(data).ok
    assert len(data["visitors"]) == 60


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"visitor": 5}, "visitors"),
        ({"sessions": 9, "page_views": 8}, "as many page_views"),
        ({"page_views": 9, "likes": 10}, "fewer likes"),
        ({"visitors": 0, "sessions": 1}, "visitors=1"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    make: Make, asked: dict[str, int], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        make(asked)
    assert said in str(caught.value.hint)


@pytest.mark.parametrize(
    "settings",
    [{"start": "2024-01-01", "end": "2024-01-31"}, {"conversion": "2"}, {"growth": "-1"}],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        synthkit.generate("interactions", rows={"visitors": 5}, seed=1, settings=settings)
    assert caught.value.hint
