"""Codes give SDV plain numbers and labels, and give back the storage, exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from synthkit.schema import Column
from synthkit.synthesizers.sdv.codes import (
    Code,
    ConstantCode,
    FloatCode,
    LabelCode,
    WholeCode,
    is_modelled,
    learn_code,
)

CODE: TypeAdapter[Any] = TypeAdapter(Code)

COLUMNS = {
    "integers": ("numerical", pa.array([3, 9, 6, 300], pa.int64())),
    "integers with gaps": ("numerical", pa.array([3, None, 6, 300], pa.int64())),
    "negative": ("numerical", pa.array([-(2**40), 0, 17], pa.int64())),
    "unsigned": ("numerical", pa.array([2**63 + 5, 2**63 + 900, None], pa.uint64())),
    "decimals": (
        "numerical",
        pa.array([Decimal("-1.25"), None, Decimal("900.00")], pa.decimal128(12, 2)),
    ),
    "dates": ("datetime", pa.array([dt.date(1900, 1, 1), None, dt.date(2024, 2, 29)])),
    "times": ("datetime", pa.array([dt.time(1), dt.time(23, 59, 59), None], pa.time64("us"))),
    "moments": (
        "datetime",
        pa.array([1_600_000_000, 1_700_000_000, None]).cast(pa.timestamp("s", tz="UTC")),
    ),
    "floats": ("numerical", pa.array([0.5, -3.25, None, 1e300])),
    "labels": ("categorical", pa.array(["b", None, "a", "", "b"])),
    "booleans": ("boolean", pa.array([True, False, None])),
    "numbers as labels": ("categorical", pa.array([10, 20, None, 10], pa.int64())),
    "bytes as labels": ("categorical", pa.array([b"\x00", b"z", None], pa.binary())),
    "years as text": ("datetime", pa.array(["1999", "2004", None])),
}


@pytest.mark.parametrize("name", list(COLUMNS))
def test_what_is_encoded_is_decoded_again(name: str) -> None:
    sdtype, values = COLUMNS[name]
    column = Column(name="x", sdtype=sdtype, storage=str(values.type))
    code = learn_code(column, pa.chunked_array([values.slice(0, 1), values.slice(1)]))
    assert not isinstance(code, ConstantCode | None)
    restored = CODE.validate_json(CODE.dump_json(code))
    decoded = restored.decode(code.encode(pa.chunked_array([values])))
    assert decoded.type == values.type
    assert decoded.to_pylist() == values.to_pylist()


def test_whole_numbers_count_steps_from_the_smallest() -> None:
    days = pa.array([dt.datetime(2020, 1, day) for day in (1, 8, 22)], pa.timestamp("us"))
    column = Column(name="at", sdtype="datetime", storage="timestamp[us]")
    code = learn_code(column, pa.chunked_array([days]))
    assert isinstance(code, WholeCode)
    assert code.encode(pa.chunked_array([days])).tolist() == [0, 1, 3]
    assert code.decode([1.6, -4.0, 99.0, np.nan]).to_pylist() == [
        dt.datetime(2020, 1, 15),
        dt.datetime(2020, 1, 1),
        dt.datetime(2020, 1, 22),
        None,
    ]


def test_numbers_past_what_a_float_holds_stay_in_range() -> None:
    values = pa.chunked_array([pa.array([-(2**63), 2**63 - 1], pa.int64())])
    code = learn_code(Column(name="x", sdtype="numerical", storage="int64"), values)
    assert isinstance(code, WholeCode)
    decoded = code.decode(np.asarray([0.0, 2.0**70])).to_pylist()
    assert decoded[0] == -(2**63)
    assert 0 < decoded[1] < 2**63


def test_floats_that_are_not_finite_count_as_missing() -> None:
    values = pa.chunked_array([pa.array([1.0, float("inf"), 2.0])])
    code = learn_code(Column(name="x", sdtype="numerical", storage="double"), values)
    assert isinstance(code, FloatCode)
    assert (code.low, code.high) == (1.0, 2.0)
    assert np.isnan(code.encode(values)[1])


@pytest.mark.parametrize(
    ("values", "repeated"),
    [
        (pa.array([7, 7], pa.int64()), 7),
        (pa.nulls(3, pa.int64()), None),
        (pa.array([], pa.int64()), None),
    ],
)
def test_a_column_of_one_value_is_not_modelled(values: pa.Array, repeated: int | None) -> None:
    column = Column(name="x", sdtype="numerical", storage="int64")
    code = learn_code(column, pa.chunked_array([values]))
    assert isinstance(code, ConstantCode)
    assert code.repeat(2).to_pylist() == [repeated, repeated]


def test_sdv_is_given_no_label_of_the_data() -> None:
    values = pa.chunked_array([pa.array(["secret", "other"])])
    code = learn_code(Column(name="x", sdtype="categorical"), values)
    assert isinstance(code, LabelCode)
    assert set(code.encode(values)) == {"0", "1"}


def test_wide_decimals_are_left_to_the_baseline() -> None:
    values = pa.chunked_array([pa.array([Decimal(1), Decimal(2)], pa.decimal128(30, 2))])
    column = Column(name="x", sdtype="numerical", storage="decimal128(30, 2)")
    assert learn_code(column, values) is None


@pytest.mark.parametrize(
    ("sdtype", "storage", "pii", "expected"),
    [
        ("numerical", "int64", False, True),
        ("unknown", "double", False, True),
        ("datetime", "date32[day]", False, True),
        ("categorical", "string", False, True),
        ("ordinal", "binary", False, True),
        ("numerical", "int64", True, False),
        ("unknown", "string", False, False),
        ("id", "int64", False, False),
        ("email", "string", False, False),
        ("unknown", "binary", False, False),
    ],
)
def test_which_columns_are_modelled(sdtype: str, storage: str, pii: bool, expected: bool) -> None:
    column = Column(name="x", sdtype=sdtype, storage=storage, pii=pii)
    assert is_modelled(column) is expected
