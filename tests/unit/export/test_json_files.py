import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from synthkit.export.json_files import JsonFile
from synthkit.schema import Column, Table
from synthkit.schema.storage import storage_of


class Memory:
    """A sink that keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: Any) -> None:
        self.data += bytes(data)


def written(*blocks: pa.Table, lines: bool = True, **formats: str) -> str:
    columns = tuple(
        Column(name=field.name, storage=storage_of(field.type), format=formats.get(field.name))
        for field in blocks[0].schema
    )
    sink = Memory()
    file = JsonFile(sink, Table(name="t", columns=columns), lines=lines)  # type: ignore[arg-type]
    for block in blocks:
        if block.num_rows:
            for piece in file.rendered(block):
                file.write(piece)
    file.close()
    return sink.data.decode()


def test_each_storage_is_the_closest_kind_of_json() -> None:
    data = pa.table(
        {
            "bool": [True],
            "int": [2**63 - 1],
            "uint": pa.array([2**64 - 1], pa.uint64()),
            "double": [1.0],
            "decimal": [Decimal("12345678901234567890.10")],
            "text": ["a"],
            "bytes": [b"\x00\xff"],
            "date": [dt.date(2024, 2, 3)],
            "stamp": [dt.datetime(2024, 2, 3, 4, 5, 6)],
        }
    )
    assert written(data) == (
        '{"bool":true,"int":9223372036854775807,"uint":18446744073709551615,"double":1.0,'
        '"decimal":12345678901234567890.10,"text":"a","bytes":"AP8=","date":"2024-02-03",'
        '"stamp":"2024-02-03 04:05:06"}\n'
    )


def test_text_is_escaped_as_json_wants_it() -> None:
    texts = ['"', "\\", "\n\r\t", "\x00\x1f", "é😀\u2028", "/", "", "plain"]
    rows = written(pa.table({"a": texts})).split("\n")[:-1]
    assert len(rows) == len(texts)
    assert [json.loads(row)["a"] for row in rows] == texts


def test_nulls_and_numbers_that_are_none_are_null() -> None:
    data = pa.table({"a": [math.nan, math.inf, None, 1e300], "b": ["x", None, "y", "z"]})
    rows = [json.loads(row) for row in written(data).splitlines()]
    assert [row["a"] for row in rows] == [None, None, None, 1e300]
    assert [row["b"] for row in rows] == ["x", None, "y", "z"]


def test_numbers_ignore_their_text_format_and_dates_keep_theirs() -> None:
    data = pa.table({"price": [1234.5], "flag": [True], "day": [dt.date(2024, 2, 3)]})
    row = json.loads(written(data, price="${:,.2f}", flag="Y/N", day="%d/%m/%Y"))
    assert row == {"price": 1234.5, "flag": True, "day": "03/02/2024"}


def test_json_text_is_written_as_the_value_that_it_holds() -> None:
    data = pa.table({"a": ['{"x": [1, 2]}', "[\n1]", "no json", None, '"s"', "[NaN]"]})
    rows = written(data, a="json").splitlines()
    assert [json.loads(row)["a"] for row in rows] == [
        {"x": [1, 2]},
        [1],
        "no json",
        None,
        "s",
        "[NaN]",
    ]


def test_names_are_escaped() -> None:
    assert json.loads(written(pa.table({'a "b"\n': [1]}))) == {'a "b"\n': 1}


@pytest.mark.parametrize("cuts", [[3], [1, 2], [1, 1, 1], [0, 3]])
def test_an_array_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    whole, blocks, start = pa.table({"a": [1, 2, 3]}), [], 0
    for size in cuts:
        blocks.append(whole.slice(start, size))
        start += size
    assert written(*blocks, lines=False) == '[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n'


def test_no_rows() -> None:
    empty = pa.table({"a": pa.array([], pa.int64())})
    assert written(empty) == ""
    assert json.loads(written(empty, lines=False)) == []
