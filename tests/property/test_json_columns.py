"""Whatever documents a column holds, what is made of them is JSON, and has keys of theirs only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.json_columns.replacement import JsonReplacement, learn_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.dates().map(str)
    | st.uuids().map(str),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("abc") | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


class Words:
    """There are words and nothing else."""

    def has(self, kind: str) -> bool:
        return kind == "word"

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return pa.array(['w"\\\n'] * count, pa.string())


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from keys(inner)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=12), st.booleans(), st.integers(1, 6))
def test_any_documents(documents: list[Any], ascii_only: bool, times: int) -> None:
    texts = [json.dumps(each, ensure_ascii=ascii_only) for each in documents] * times
    seen = pa.chunked_array([pa.array(texts, pa.string())])
    part = learn_json(seen, Words())  # type: ignore[arg-type]
    copy = JsonReplacement.model_validate_json(part.model_dump_json())
    cells = [
        Cells(0, 60, np.random.default_rng(1), 3, Words(), "en_US")  # type: ignore[arg-type]
        for _ in range(2)
    ]
    made = part.make(cells[0]).to_pylist()
    assert made == copy.make(cells[1]).to_pylist()
    known = {key for each in documents for key in keys(each)}
    for text in made:
        assert set(keys(json.loads(text))) <= known
