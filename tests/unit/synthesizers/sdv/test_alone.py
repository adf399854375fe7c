"""Columns that SDV does not see: drawn by themselves, the same after a round trip."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.randomness import Streams
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.sdv.alone import Alone, members, numbered
from synthkit.synthesizers.structure.skeleton import Rows

COLUMNS = {
    "ids": (Column(name="ids", sdtype="id", storage="int64"), pa.array([5, 6, 6, None])),
    "mail": (
        Column(name="mail", sdtype="email", pii=True),
        pa.array(["anna@home.example", "bob@home.example", None, "c@home.example"]),
    ),
    "raw": (Column(name="raw", storage="binary"), pa.array([b"a", b"b", None, b"b"])),
}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_column_comes_back_from_its_state_and_draws_the_same(name: str, values: Any) -> None:
    column, seen = COLUMNS[name]
    schema = Schema(tables=(Table(name="t", columns=(column,)),))
    other = Alone.learn("t", COLUMNS["ids"][0], pa.chunked_array([COLUMNS["ids"][1]]), values)
    learned = Alone.learn("t", column, pa.chunked_array([seen]), values)
    states = list(numbered({("t", "other"): other, ("t", name): learned}))
    arrays = {key: array for _, parts in states for key, array in parts.items()}
    data = json.loads(json.dumps(states[1][0]))
    copy = Alone.from_state(schema, data, members(arrays, 1))
    request = SampleRequest({"t": 30}, Streams(2), values)
    rows = Rows("t", 10, 40, {})
    drawn = learned.draw(rows, request, "en_US")
    assert drawn.equals(copy.draw(rows, request, "en_US"))
    assert len(drawn) == 30
    assert 0 < drawn.null_count < 30


def test_personal_data_is_not_drawn_from_what_was_seen(values: Any) -> None:
    column, seen = COLUMNS["mail"]
    learned = Alone.learn("t", column, pa.chunked_array([seen]), values)
    drawn = learned.draw(Rows("t", 0, 50, {}), SampleRequest({}, Streams(1), values), "en_US")
    assert not set(drawn.to_pylist()) & set(filter(None, seen.to_pylist()))
