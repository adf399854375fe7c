"""JSON rows are the same whether they are kept from the pass over types or decoded again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import synthkit
from synthkit.schema import Column
from synthkit.sources.files import json_rows
from synthkit.sources.files.json_table import JsonTable
from synthkit.sources.files.kept import Room
from synthkit.sources.files.places import tables_in
from synthkit.sources.files.table import Declared

MISSING = object()
"""The name is left out of the row."""

COLUMNS: dict[str, tuple[list[Any], str]] = {
    "whole": ([1, -(2**63), 2**63 - 1, None, 5], "int64"),
    "unsigned": ([2**64 - 1, 0, 1, 2, 3], "uint64"),
    "huge": ([10**25, 1, None, 3, 4], "decimal128(38, 0)"),
    "whole and broken": ([1, 2, 2.5, 1e300, None], "double"),
    "too exact for a double": ([2**53 + 1, 1, 2.5, 3, 4], "string"),
    "broken": ([0.1, -0.0, 5e-324, 1.0, 2.0], "double"),
    "flags": ([True, False, None, True, True], "bool"),
    "flags and numbers": ([True, 1, 0, False, None], "string"),
    "text": (["a", "", " null ", None, 'x"\n'], "string"),
    "digits": (["01", "2", "3", "4", "5"], "string"),
    "dates": (["2024-01-02", None, None, "2024-02-29", "2024-01-01"], "date32[day]"),
    "json in text": (['{"a": 1}', "[1]", "{}", "[]", None], "string"),
    "nested": ([{"a": 1}, [1], None, "x", 1], "string"),
    "nothing": ([None, None, None, None, None], "string"),
    "late": ([MISSING, MISSING, MISSING, 1, 2], "int64"),
    "early": (["x", "y", "z", MISSING, MISSING], "string"),
    "text after a while": ([None, None, None, "x", "y"], "string"),
    "numbers after a while": ([None, None, None, 1, 2], "int64"),
}


def write(path: Path, values: list[Any], *, as_lines: bool) -> Path:
    rows = [
        {"id": at, **({} if value is MISSING else {"c": value})} for at, value in enumerate(values)
    ]
    file = path / ("t.jsonl" if as_lines else "t.json")
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    file.write_text(lines if as_lines else json.dumps(rows))
    return file


@pytest.mark.parametrize("as_lines", [True, False], ids=["lines", "array"])
@pytest.mark.parametrize("chunk_rows", [2, 3, 100])
@pytest.mark.parametrize("case", COLUMNS)
def test_what_is_kept_is_what_is_decoded_again(
    case: str, chunk_rows: int, as_lines: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "CHUNK_ROWS", chunk_rows)
    values, storage = COLUMNS[case]
    (files,) = tables_in(str(write(tmp_path, values, as_lines=as_lines)))
    table = JsonTable(files, Room())
    described = table.describe(Declared())
    column = described.columns[1]
    assert column.storage == storage
    absent = {MISSING, None} & {value for value in values if value in (MISSING, None)}
    assert column.nullable == bool(absent)
    first, second = (pa.concat_tables(table.read(described.columns)) for _ in range(2))
    assert first == second
    plain = [None if value is MISSING else value for value in values]
    if storage.startswith(("int", "uint", "double", "bool")):
        assert first["c"].to_pylist() == plain
    if storage.startswith("decimal"):
        assert first["c"].to_pylist() == [None if v is None else Decimal(v) for v in plain]


def test_the_first_reading_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, ["a", None, "b"], as_lines=True)
    (files,) = tables_in(str(file))
    table = JsonTable(files, Room())
    columns = table.describe(Declared()).columns
    file.unlink()
    assert pa.concat_tables(table.read(columns))["c"].to_pylist() == ["a", None, "b"]


def test_what_is_declared_is_read_as_declared(tmp_path: Path) -> None:
    """A decimal keeps every digit, though a number of JSON was taken for a double before."""
    (files,) = tables_in(str(write(tmp_path, [0.1, 12.30, None], as_lines=True)))
    price = Column(name="c", storage="decimal128(10, 2)")
    table = JsonTable(files, Room())
    described = table.describe(Declared({"c": price}))
    assert described.columns[1] == price
    made = pa.concat_tables(table.read(described.columns))
    assert made["c"].to_pylist() == [Decimal("0.10"), Decimal("12.30"), None]


def test_a_name_that_later_rows_lack_may_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    lines = [{"a": at, "b": "x"} for at in range(50_000)] + [{"a": at} for at in range(10)]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    data = synthkit.read(file)
    nullable = {column.name: column.nullable for column in data.schema.table("t").columns}
    assert nullable == {"a": False, "b": True}
    assert data.arrow("t")["b"].null_count == 10
