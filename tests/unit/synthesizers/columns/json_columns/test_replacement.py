"""Columns of documents made anew: valid JSON, in the structure seen, without a real value."""

from __future__ import annotations

import json
from math import log, sqrt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column
from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.json_columns.replacement import JsonReplacement, learn_json
from synthkit.synthesizers.columns.replacements import learn


def made(part: JsonReplacement, values: Any, count: int = 200, seed: int = 1) -> list[str | None]:
    rng = np.random.default_rng(seed)
    return part.make(Cells(0, count, rng, 7, values, "en_US")).to_pylist()


def documents(count: int = 200) -> list[dict[str, Any]]:
    rng = np.random.default_rng(4)
    found = []
    for number in range(count):
        value: dict[str, Any] = {
            "id": 10_000 + 37 * number,
            "name": f"Secret{number} Person",
            "active": bool(rng.random() < 0.25),
            "balance": round(float(rng.normal(0, 1000)), 2),
            "address": {"street": f"{number} Hidden Road", "geo": {"lat": 50 + number / 1000}},
            "orders": [{"at": f"2023-05-{1 + number % 28:02d}"}] * (number % 3),
            "note": None if number % 2 else f'it\'s {number} "quoted"',
        }
        if number % 4 == 0:
            value["vip"] = True
        found.append(value)
    return found


def column(seen: list[Any], **style: Any) -> pa.ChunkedArray:
    texts = [None if each is None else json.dumps(each, **style) for each in seen]
    return pa.chunked_array([pa.array(texts, pa.string())])


def test_documents_keep_structure_and_no_value_of_their_own(values: Any) -> None:
    seen = documents()
    part = learn_json(column(seen), values)
    real = {each["name"] for each in seen} | {each["address"]["street"] for each in seen}
    shapes = {tuple(each) for each in seen}
    for text in made(part, values):
        assert text is not None
        value = json.loads(text)
        assert json.dumps(value) == text
        assert tuple(value) in shapes
        assert list(value["address"]) == ["street", "geo"]
        assert value["name"] not in real
        assert value["address"]["street"] not in real
        assert (value["id"] - 10_000) % 37 == 0
        assert value["balance"] == round(value["balance"], 2)
        assert 50 <= value["address"]["geo"]["lat"] <= 50.2
        assert all("2023-05-01" <= order["at"] <= "2023-05-28" for order in value["orders"])
        assert value["note"] is None or isinstance(value["note"], str)


def test_shares_are_those_seen(values: Any) -> None:
    seen = [*documents(), *[None] * 50]
    count = 20_000
    found = [
        json.loads(each) for each in made(learn_json(column(seen), values), values, count) if each
    ]
    # Hoeffding (1963), theorem 2, alpha 1e-9.
    bound = sqrt(log(2 / 1e-9) / (2 * len(found)))
    assert abs(len(found) / count - 0.8) < sqrt(log(2 / 1e-9) / (2 * count))
    present = seen[:200]
    for share in (
        lambda value: value["active"],
        lambda value: value["note"] is None,
        lambda value: "vip" in value,
        lambda value: len(value["orders"]) == 2,
    ):
        one, two = (sum(map(share, each)) / len(each) for each in (present, found))
        assert abs(one - two) < bound


@pytest.mark.parametrize(
    ("style", "form"),
    [
        ({}, {"ensure_ascii": True}),
        ({"ensure_ascii": False}, {"ensure_ascii": False}),
        ({"separators": (",", ":")}, {"separators": (",", ":")}),
    ],
)
def test_documents_are_written_as_those_seen(
    style: dict[str, Any], form: dict[str, Any], values: Any
) -> None:
    part = learn_json(column([{"größe": "groß, größer: é"}] * 9, **style), values)
    for text in made(part, values, 5):
        assert text == json.dumps({"größe": "groß, größer: é"}, **form)


def test_the_same_numbers_make_the_same_documents(values: Any) -> None:
    part = learn_json(column(documents()), values)
    copy = JsonReplacement.model_validate_json(part.model_dump_json())
    assert made(part, values) == made(copy, values)
    assert made(part, values) != made(part, values, seed=2)
    assert made(part, values, 0) == []


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "{'a': 1}",
        "NaN",
        '{"a": Infinity}',
        "1e999",
        '"\\ud800"',
        "[" * 100_000,
        "1" * 5000,
        "",
    ],
)
def test_what_is_no_json_that_can_be_written_is_passed_over(text: str, values: Any) -> None:
    some = pa.chunked_array([pa.array(['{"a": true}'] * 6 + [text])])
    assert set(made(learn_json(some, values), values)) == {'{"a": true}'}
    alone = pa.chunked_array([pa.array([text] * 6)])
    assert set(made(learn_json(alone, values), values, 5)) == {"null"}


def test_no_documents_at_all(values: Any) -> None:
    assert made(learn_json(pa.chunked_array([], pa.string()), values), values, 2) == ["null"] * 2
    nothing = pa.chunked_array([pa.nulls(4, pa.string())])
    assert made(learn_json(nothing, values), values, 2) == [None, None]


def test_plain_values_are_documents_too(values: Any) -> None:
    part = learn_json(column([None, 1.5, *[True] * 8, *["x"] * 6, *[[]] * 5]), values)
    found = {json.dumps(json.loads(text)) for text in made(part, values) if text}
    assert found == {"true", '"x"', "[]"}


def test_learning_takes_documents_evenly(values: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthkit.synthesizers.columns.json_columns.replacement._ROWS", 50)
    part = learn_json(column([{"n": number} for number in range(1000)]), values)
    numbers = [json.loads(text)["n"] for text in made(part, values) if text]
    assert min(numbers) < 250
    assert max(numbers) > 750


def test_personal_columns_of_documents_are_made_anew_and_others_are_not(values: Any) -> None:
    seen = column(documents(20))
    personal = Column(name="about", format="json", pii=True)
    assert isinstance(learn(personal, seen, values), JsonReplacement)
    assert learn(personal.model_copy(update={"pii": False}), seen, values) is None
    assert not isinstance(learn(Column(name="about", pii=True), seen, values), JsonReplacement)
