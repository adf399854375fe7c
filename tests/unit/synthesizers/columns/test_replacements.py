"""Which columns are made anew, and that what says how survives a model file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter, ValidationError

from synthkit.schema import Column
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.columns.replacements import (
    Cells,
    CodeReplacement,
    JsonReplacement,
    ProviderReplacement,
    Replacement,
    WordReplacement,
    learn,
    made_anew,
)

ADAPTER: TypeAdapter[Replacement] = TypeAdapter(Replacement)
SEEN = {
    "provider": (["a@b.c", "d@e.f", None], {"sdtype": "email"}, ProviderReplacement),
    "codes": ([f"AB-{n}" for n in range(9)], {}, CodeReplacement),
    "words": (["please call back", "no answer"] * 9, {}, WordReplacement),
    "json": (['{"pay": 1.5, "who": "Ann"}'] * 9, {"format": "json"}, JsonReplacement),
}


def column(seen: pa.ChunkedArray, **facts: Any) -> Column:
    return Column(name="x", storage=storage_of(seen.type), **facts)


def chunked(values: list[object]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values)])


@pytest.mark.parametrize("name", list(SEEN))
def test_personal_text_is_made_anew(name: str, values: Any) -> None:
    rows, facts, kind = SEEN[name]
    seen = chunked(list(rows))
    part = learn(column(seen, pii=True, **facts), seen, values)
    assert isinstance(part, kind)
    cells = Cells(0, 200, np.random.default_rng(1), 7, values, "en_US")
    copy = ADAPTER.validate_json(json.dumps(part.model_dump(mode="json"), allow_nan=False))
    assert copy == part
    again = Cells(0, 200, np.random.default_rng(1), 7, values, "en_US")
    assert copy.make(again).equals(part.make(cells))
    if name != "json":
        stored = json.dumps(part.model_dump(mode="json"))
        assert not any(text in stored for text in rows if text)


@pytest.mark.parametrize("name", list(SEEN))
def test_what_is_not_personal_is_learned_unless_it_is_asked_for(name: str, values: Any) -> None:
    rows, facts, kind = SEEN[name]
    seen = chunked(list(rows))
    plain = column(seen, pii=False, **facts)
    assert learn(plain, seen, values) is None
    assert isinstance(made_anew(plain, seen, values), kind)


@pytest.mark.parametrize(
    ("rows", "facts"),
    [
        ([1.5, 2.5], {}),
        ([True, None], {}),
        ([3, 4], {"sdtype": "numerical"}),
        (["2020-01-01"], {"sdtype": "datetime"}),
    ],
)
def test_personal_values_that_are_no_text_are_learned(
    rows: list[object], facts: dict[str, str], values: Any
) -> None:
    seen = chunked(rows)
    assert learn(column(seen, pii=True, **facts), seen, values) is None


def test_an_unknown_kind_of_replacement_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        ADAPTER.validate_python({"kind": "magic"})
