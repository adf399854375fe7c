"""Requests, rows and errors cross to another process and back as what they were."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synthkit import errors
from synthkit.contracts import SampleRequest, Silent, Streams, TableChunk
from synthkit.contracts.conditions import Condition, Conditions, Weighting
from synthkit.errors import DataError, PluginError, SynthkitError
from synthkit.synthesizers.sampling.parallel.messages import (
    described_error,
    described_request,
    error_of,
    read_rows,
    request_of,
    write_rows,
)


def crossed(error: BaseException) -> Exception:
    return error_of(json.loads(json.dumps(described_error(error))))


def test_a_request_is_the_same_elsewhere(tmp_path: Path) -> None:
    values: Any = object()
    ages = pa.table({"id": [4, 5], "age": pa.array([30, None], pa.int16())})
    conditions = Conditions(
        where=(
            Condition("t", "kind", "not in", pa.array(["a", None])),
            Condition("t", "day", ">=", pa.array([date(2024, 2, 29)])),
        ),
        weights=(Weighting("ü", "n", pa.array([1, 2], pa.int32()), (0.1, 0.7), 0.2),),
        given={"t": ages, "none": ages.slice(0, 0)},
    )
    streams = Streams(2**200 + 7).under("sample", 5)
    request = SampleRequest({"t": 3, "ü": 4}, streams, values, conditions=conditions)
    told = json.loads(json.dumps(described_request(request, tmp_path)))
    other = request_of(told, tmp_path, values, Silent())
    assert other.plan == request.plan
    assert other.streams.integer("x") == request.streams.integer("x")
    assert other.conditions == conditions


def test_all_of_a_request_is_told() -> None:
    """A new field has to be told too; ``values``, ``progress`` and ``kept`` are each process's.

    What the lineage says of conditions (``Conditions.told``) is written by the first process alone.
    """
    told = {"plan", "streams", "conditions", "blocks"}
    own = {"values", "progress", "kept"}
    assert {each.name for each in fields(SampleRequest)} == told | own
    assert {each.name for each in fields(Conditions)} == {"where", "weights", "given", "told"}


@pytest.mark.parametrize("kind", [name for name in errors.__all__ if name.endswith("Error")])
def test_errors_keep_kind_message_hint_and_exit_code(kind: str) -> None:
    made = getattr(errors, kind)("What.", hint="Do.")
    back = crossed(made)
    assert type(back) is type(made)
    assert str(back) == str(made)


def test_an_error_of_a_plugin_comes_back_as_the_nearest_of_ours() -> None:
    class WorseError(DataError):
        pass

    back = crossed(WorseError("What.", table="t", row=3, hint="Do."))
    assert type(back) is DataError
    assert str(back) == "table 't', row 3: What.\nHint: Do."


def test_errors_of_the_machine_come_back() -> None:
    assert isinstance(crossed(MemoryError()), MemoryError)
    back = crossed(OSError(28, "No space left on device"))
    assert isinstance(back, OSError)
    assert (back.errno, back.strerror) == (28, "No space left on device")


@pytest.mark.parametrize(
    "error", [ValueError("a secret"), KeyError("a secret"), OSError("a secret")]
)
def test_of_other_errors_only_the_kind_is_told(error: Exception) -> None:
    back = crossed(error)
    assert type(back) is SynthkitError
    assert type(error).__name__ in str(back)
    assert "secret" not in str(back)


def test_rows_come_back_table_by_table(tmp_path: Path) -> None:
    kinds = pa.array(["a", "b", "a"]).dictionary_encode()
    one = pa.table({"n": [1, None, 3], "kind": kinds})
    both = pa.concat_tables([one, one.slice(1)])
    chunks = [TableChunk("one", one.slice(1)), TableChunk("ü", pa.table({"x": [2.5]}))]
    chunks += [TableChunk("one", both), TableChunk("one", one.slice(0, 0))]
    names = write_rows(tmp_path / "rows", iter(chunks))
    assert names == ["one", "ü", "one", "one"]
    for before, after in zip(chunks, read_rows(tmp_path / "rows", names), strict=True):
        assert before.table == after.table
        assert before.data.equals(after.data)
        assert before.data.schema == after.data.schema


def test_an_error_while_rows_are_drawn_is_not_lost(tmp_path: Path) -> None:
    def chunks() -> Any:
        yield TableChunk("t", pa.table({"x": [1]}))
        raise PluginError("It broke.")

    with pytest.raises(PluginError):
        write_rows(tmp_path / "rows", chunks())
