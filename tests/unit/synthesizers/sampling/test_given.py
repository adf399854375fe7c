"""Rows that are given are read into the storages of the columns, or refused with their place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthkit.errors import DataError, UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.sampling.conditions import read_conditions
from synthkit.synthesizers.sampling.given import read_given

SCHEMA = Schema(
    tables=(
        Table(
            name="people",
            columns=(
                Column(name="id", storage="int64", nullable=False),
                Column(name="code", storage="string"),
                Column(name="born", storage="date32[day]", format="%d.%m.%Y"),
            ),
            primary_key=("id",),
        ),
        Table(name="shops", columns=(Column(name="name", storage="string"),)),
    )
)
ROWS = {"id": [7, 8], "code": ["007", None], "born": [date(1990, 5, 1), None]}


def test_a_csv_file_keeps_leading_zeros_and_gaps(tmp_path: Path) -> None:
    path = tmp_path / "roots.csv"
    path.write_text("born,code,id\n01.05.1990,007,7\n,,8\n")
    for given in (str(path), path, {"people": path}, [f"people={path}"]):
        assert read_given(SCHEMA, "people", given)["people"].to_pydict() == ROWS


def test_frames_and_parquet_files_are_as_good(tmp_path: Path) -> None:
    pq.write_table(pa.table(ROWS), tmp_path / "roots.parquet")
    for given in (tmp_path / "roots.parquet", pa.table(ROWS), pd.DataFrame(ROWS)):
        assert read_given(SCHEMA, "people", given)["people"].to_pydict() == ROWS


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("nowhere.csv", UsageError),
        ({"plants": pa.table({"id": [1]})}, UsageError),
        (pa.table({"idd": [1]}), UsageError),
        (pa.table({"id": pa.array([], pa.int64())}), UsageError),
        (5, UsageError),
        (pa.table({"id": [1, 1]}), DataError),
        (pa.table({"id": [1, None]}), DataError),
        (pa.table({"born": ["soon"]}), DataError),
        (pa.table({"id": ["x"]}), DataError),
    ],
)
def test_what_cannot_be_given_is_refused(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_given(SCHEMA, "people", given)


def test_rows_of_a_table_are_given_once_and_without_conditions(tmp_path: Path) -> None:
    path = tmp_path / "roots.csv"
    path.write_text("id\n7\n")
    with pytest.raises(UsageError, match="twice"):
        read_given(SCHEMA, "people", [str(path), f"people={path}"])
    with pytest.raises(UsageError, match="conditions"):
        read_conditions(SCHEMA, "people", where=["code=007"], given=path)
