"""Rows as text of COPY and as literals; the databases' own reading is in the integration tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from synthkit.errors import DataError
from synthkit.export.sql.dialects import DIALECTS
from synthkit.export.sql.rows import copy_rows, insert_statements
from synthkit.schema import Column, Table
from synthkit.schema.storage import arrow_type


def given(storage: str, *values: Any) -> tuple[pa.Table, Table]:
    column = Column(name="a", storage=storage, format="%d.%m.%Y" if "date" in storage else None)
    return pa.table({"a": pa.array(values, arrow_type(storage))}), Table(
        name="t", columns=(column,)
    )


def copied(storage: str, *values: Any) -> str:
    rows = copy_rows(*given(storage, *values), DIALECTS["postgresql"])
    return b"".join(map(bytes, map(memoryview, rows))).decode()


def inserted(dialect: str, storage: str, *values: Any) -> str:
    made = list(insert_statements(*given(storage, *values), "t", DIALECTS[dialect]))
    assert len(made) == 1
    return bytes(made[0]).decode().partition("VALUES\n")[2]


def test_copy_tells_null_from_empty_text_and_escapes_what_it_reads_otherwise() -> None:
    assert copied("string", None, "", "a\tb", "\\N", "\\.", "x\ny\r") == (
        "\\N\n\na\\tb\n\\\\N\n\\\\.\nx\\ny\\r\n"
    )
    assert copied("binary", b"\x00a", b"", None) == "\\\\x0061\n\\\\x\n\\N\n"
    assert copied("bool", True, False, None) == "t\nf\n\\N\n"


def test_forms_of_text_files_do_not_matter_to_databases() -> None:
    assert copied("date32[day]", datetime(2024, 2, 1).date()) == "2024-02-01\n"


def test_moments_with_a_zone_are_told_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    moment = datetime(2024, 1, 1, 1, tzinfo=east)
    assert copied("timestamp[us, tz=Europe/Berlin]", moment) == "2023-12-31 23:00:00+00:00\n"
    told = inserted("mysql", "timestamp[us, tz=UTC]", datetime(2024, 1, 1, tzinfo=UTC))
    assert told == "('2024-01-01 00:00:00')"


def test_literals_of_each_dialect() -> None:
    assert (
        inserted("mysql", "string", "it's", "a\\b\n", None) == "('it''s'),\n('a\\\\b\\n'),\n(NULL)"
    )
    assert inserted("sqlite", "string", "it's", "a\\b\n", "\0") == (
        "('it''s'),\n('a\\b\n'),\n(CAST(X'00' AS TEXT))"
    )
    assert inserted("sqlite", "binary", b"\x01", None) == "(X'01'),\n(NULL)"
    assert inserted("sqlite", "double", float("-inf"), 1.5, float("nan")) == (
        "(- 9e999),\n(1.5),\n(NULL)"
    )
    assert inserted("mysql", "bool", True, False) == "(1),\n(0)"


def test_statements_are_cut_between_rows() -> None:
    block, table = given("string", *("x" * 1000 for _ in range(2000)), "y" * 2_000_000, "z")
    made = [bytes(each) for each in insert_statements(block, table, "t", DIALECTS["mysql"])]
    assert sum(each.count(b"('") for each in made) == 2002
    assert all(each.endswith(b"')") for each in made)
    assert max(map(len, made)) < 2_001_000
    assert sorted(map(len, made))[-2] < 600_000


@pytest.mark.parametrize(
    ("dialect", "storage", "value", "what"),
    [
        ("postgresql", "string", "a\0b", "NUL"),
        ("mysql", "double", float("inf"), "infinity"),
        ("mysql", "timestamp[ns]", 1, "finer than a microsecond"),
    ],
)
def test_what_a_database_cannot_hold_is_told_without_the_value(
    dialect: str, storage: str, value: Any, what: str
) -> None:
    block, table = given(storage, value)
    maker = DIALECTS[dialect]
    rows = (
        copy_rows(block, table, maker)
        if dialect == "postgresql"
        else insert_statements(block, table, "t", maker)
    )
    with pytest.raises(DataError, match=what) as caught:
        list(rows)
    assert caught.value.column == "a"
