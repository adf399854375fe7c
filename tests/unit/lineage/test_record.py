"""lineage.json: read as it was written, and found out where it was changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from synthkit.errors import DataError
from synthkit.lineage import record
from synthkit.lineage.record import InputRecord, Lineage, OutputRecord, TableRecord


def lineage(**changes: Any) -> Lineage:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    facts: dict[str, Any] = {
        "run_id": "8d0d6c3e-6a0b-4d07-a2a5-4c6c2f0b3c11",
        "step": "sample",
        "started_at": moment,
        "ended_at": moment,
        "seed": 7,
        "inputs": (InputRecord(role="model", location="deep/down/m.synthkit"),),
        "output": OutputRecord(
            location="out",
            format="csv",
            tables={"t": TableRecord(file="t.csv", rows=3, bytes=9, sha256="ab")},
        ),
        "schema": {},
        "versions": {"synthkit": "1"},
    }
    return record.sealed(Lineage(**{**facts, **changes}))


def test_what_is_written_is_read() -> None:
    made = lineage()
    assert record.loads(record.dumps(made)) == made
    assert json.loads(record.dumps(made))["schema"] == {}


def test_every_bit_that_flips_is_noticed() -> None:
    text = record.dumps(lineage()).encode()
    for position in range(0, len(text), 7):
        broken = bytearray(text)
        broken[position] ^= 1
        with pytest.raises(DataError):
            record.loads(broken.decode("utf-8", errors="replace"))


def test_a_later_version_may_say_more_but_not_be_another() -> None:
    content = json.loads(record.dumps(lineage()))
    with pytest.raises(DataError, match="lineage_version"):
        record.loads(json.dumps({**content, "lineage_version": 2}))
    with pytest.raises(DataError, match="x: "):
        record.loads("[]".replace("[]", '{"lineage_version": 1}'), "x")


def test_the_brief_tells_no_time_and_no_folder() -> None:
    brief = lineage().brief()
    later = lineage(started_at=datetime(2030, 1, 1, tzinfo=UTC), run_id="other").brief()
    assert brief == later
    assert brief.inputs[0].location == "m.synthkit"
    assert (
        brief.fingerprint
        != lineage(output=OutputRecord(location="o", format="csv", tables={})).brief().fingerprint
    )


def test_where_it_lies(tmp_path: Path) -> None:
    assert record.place_of(str(tmp_path)) is None
    assert record.place_of("postgresql://host/db") is None
    (tmp_path / "lineage.json").touch()
    (tmp_path / "t.csv.lineage.json").touch()
    assert record.place_of(str(tmp_path)) == tmp_path / "lineage.json"
    assert record.place_of(str(tmp_path / "t.csv")) == tmp_path / "t.csv.lineage.json"
