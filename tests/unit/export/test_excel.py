"""Workbooks hold values, never formulas; what a sheet cannot hold is text or refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset, Streamed, TableChunk
from synthkit.errors import DataError, SynthkitError, UnsupportedError, UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import arrow_type


def one(storage: str, *values: Any, name: str = "t") -> Dataset:
    column = Column(name="a", storage=storage)
    schema = Schema(tables=(Table(name=name, columns=(column,)),))
    return Dataset.in_memory(schema, {name: pa.table({"a": pa.array(values, arrow_type(storage))})})


def cells(data: Dataset, folder: Path) -> list[tuple[Any, str]]:
    pipeline.write(data, folder / "book.xlsx", overwrite=True)
    sheet = openpyxl.load_workbook(folder / "book.xlsx").worksheets[0]
    assert sheet["A1"].value == "a"
    return [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows(min_row=2)]


def test_text_that_looks_like_a_formula_or_a_link_is_text(tmp_path: Path) -> None:
    texts = ["=1+1", "@SUM(A1)", "+1", "-1", "http://example.com", "{=1}", "007", "é\n😀"]
    assert cells(one("string", *texts), tmp_path) == [(text, "s") for text in texts]


@pytest.mark.parametrize(
    ("storage", "value", "shown", "kind"),
    [
        ("int64", 2**53, 2**53, "n"),
        ("int64", 2**53 + 1, str(2**53 + 1), "s"),
        ("double", 0.1, 0.1, "n"),
        ("double", float("inf"), "inf", "s"),
        ("bool", True, True, "b"),
        ("decimal128(9, 2)", Decimal("1.50"), 1.5, "n"),
        ("decimal128(30, 2)", Decimal("12345678901234567.89"), "12345678901234567.89", "s"),
        ("date32[day]", dt.date(2024, 2, 29), dt.datetime(2024, 2, 29), "d"),
        ("date32[day]", dt.date(1899, 1, 1), "1899-01-01", "s"),
        ("timestamp[s]", dt.datetime(2024, 1, 1, 1, 2, 3), dt.datetime(2024, 1, 1, 1, 2, 3), "d"),
        ("timestamp[us]", dt.datetime(2024, 1, 1, 0, 0, 0, 1), "2024-01-01 00:00:00.000001", "s"),
        ("timestamp[us, tz=UTC]", dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
         "2024-01-01 00:00:00+00:00", "s"),
        ("time64[us]", dt.time(1, 2, 3), dt.time(1, 2, 3), "d"),
        ("binary", b"\x01\xff", "01ff", "s"),
    ],
)  # fmt: skip
def test_values_are_those_that_excel_has_or_text(
    storage: str, value: Any, shown: Any, kind: str, tmp_path: Path
) -> None:
    assert cells(one(storage, value), tmp_path) == [(shown, kind)]


def test_nulls_are_empty_cells(tmp_path: Path) -> None:
    assert cells(one("int64", 1, None, 3), tmp_path) == [(1, "n"), (None, "n"), (3, "n")]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        pipeline.write(one("string", "x"), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(UsageError, match="there already"):
        pipeline.write(one("string", "x"), tmp_path / "a.xlsx")


def test_names_that_are_none_for_sheets_are_told(tmp_path: Path) -> None:
    long = "a/table: with a name that no sheet may have"
    written = pipeline.write(one("int64", 1, name=long), tmp_path / "b.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames
    assert len(sheet) == 31
    assert f"Sheet {sheet!r} holds the table {long!r}" in written.notes[0]


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    data = one("int64")
    big = pa.table({"a": pa.nulls(600_000, pa.int64())})
    many = Streamed(data.schema, lambda: iter([TableChunk("t", big), TableChunk("t", big)]))
    with pytest.raises(UnsupportedError, match="1,048,575"):
        pipeline.write(many, tmp_path / "b.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_text_too_long_for_a_cell_is_told_without_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="longer than a cell") as caught:
        pipeline.write(one("string", "a", "b" * 40_000), tmp_path / "b.xlsx")
    assert (caught.value.row, caught.value.column) == (2, "a")
    assert "bbb" not in caught.value.message


def test_the_package_is_named_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(SynthkitError) as caught:
        pipeline.write(one("int64", 1), tmp_path / "b.xlsx")
    assert "synthkit[excel]" in str(caught.value)
