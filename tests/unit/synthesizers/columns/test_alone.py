"""Columns that stand alone: drawn by themselves, the same after a round trip."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.randomness import Streams
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.columns.alone import Alone, learn_alone
from synthkit.synthesizers.structure.skeleton import Rows

COLUMNS = {
    "ids": (Column(name="ids", sdtype="id", storage="int64"), pa.array([5, 6, 6, None])),
    "mail": (
        Column(name="mail", sdtype="email", pii=True),
        pa.array(["anna@home.example", "bob@home.example", None, "c@home.example"]),
    ),
    "raw": (Column(name="raw", storage="binary"), pa.array([b"a", b"b", None, b"b"])),
    "more": (
        Column(name="more", format="json", pii=True),
        pa.array(['{"pay": 1.25}', '{"pay": 2.5}', None, '{"pay": 7.75}']),
    ),
}


def learned(values: Any) -> Alone:
    columns = tuple(column for column, _ in COLUMNS.values())
    schema = Schema(
        tables=(Table(name="other", columns=columns[:1]), Table(name="t", columns=columns))
    )
    found = {
        ("t", name): learn_alone(column, pa.chunked_array([seen]), values)
        for name, (column, seen) in COLUMNS.items()
    }
    return Alone(schema, {("other", "ids"): found["t", "ids"], **found})


def test_columns_come_back_from_their_state_and_draw_the_same(values: Any) -> None:
    alone = learned(values)
    described, arrays = alone.to_state()
    copy = Alone.from_state(alone.schema, json.loads(json.dumps(described)), arrays)
    request = SampleRequest({"t": 40}, Streams(2), values)
    rows = Rows("t", 10, 50, {})
    drawn = alone.draw(rows, request, "en_US")
    again = copy.draw(rows, request, "en_US")
    assert list(drawn) == list(COLUMNS)
    for name, made in drawn.items():
        assert made.equals(again[name])
        assert len(made) == 40
        assert 0 < made.null_count < 40


def test_a_column_does_not_depend_on_which_others_there_are(values: Any) -> None:
    alone = learned(values)
    fewer = Alone(alone.schema, {("t", "raw"): alone.columns["t", "raw"]})
    request = SampleRequest({"t": 40}, Streams(2), values)
    rows = Rows("t", 0, 40, {})
    one = fewer.draw(rows, request, "en_US")
    assert list(one) == ["raw"]
    assert one["raw"].equals(alone.draw(rows, request, "en_US")["raw"])
    later = fewer.draw(Rows("t", 40, 80, {}), request, "en_US")
    assert not one["raw"].equals(later["raw"])


def test_personal_data_is_not_drawn_from_what_was_seen(values: Any) -> None:
    drawn = learned(values).draw(Rows("t", 0, 50, {}), SampleRequest({}, Streams(1), values), "")
    for name in ("mail", "more"):
        seen = set(COLUMNS[name][1].drop_null().to_pylist())
        made = set(drawn[name].drop_null().to_pylist())
        assert made
        assert not made & seen
    assert set(drawn["raw"].to_pylist()) <= {b"a", b"b", None}
