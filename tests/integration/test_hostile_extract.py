"""Extracts that are made to harm: they end in bounded time and memory, and leave nothing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthkit import extract, pipeline
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Decision, Plan, TablePlan
from synthkit.dataset import Dataset
from synthkit.errors import DataError, UnsupportedError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.files import dump

KEY = MasterKey("k", b"k" * 32)
CELL = 10_000_000
SECONDS, MEGABYTES = 60, 1_500
"""CPU and memory that one hostile file may take: some times what it was measured at."""
_MEASURED = """
import pathlib, sys
from synthkit import pipeline
from synthkit.errors import DataError
try:
    print(sum(chunk.num_rows for chunk in pipeline.read(sys.argv[1], check=False).chunks("t")))
except DataError as error:
    print(error)
marks = pathlib.Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) // 1024 for line in marks if line.startswith("VmHWM")))
"""


def read_apart(path: Path) -> tuple[str, int, float]:
    """Read a file in a process of its own: what it says, its memory in MB, its CPU seconds."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    *told, most = done.stdout.splitlines()
    after = os.times()
    spent = after.children_user - before.children_user
    return "\n".join(told), int(most), spent + after.children_system - before.children_system


def repeated(cell: str, rows: int) -> pa.Table:
    """Return a column that holds one cell many times, stored once."""
    codes = pa.array(np.zeros(rows, np.int32))
    return pa.table({"c": pa.DictionaryArray.from_arrays(codes, pa.array([cell]))})


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_parquet_file_that_unpacks_to_terabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(repeated("a" * 900_000, 2_000_000), path, compression="zstd")
    assert path.stat().st_size < 100_000
    told, most, seconds = read_apart(path)
    assert "unpacks to more than" in told
    assert most < MEGABYTES
    assert seconds < SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_long_values_are_read_few_at_a_time(tmp_path: Path) -> None:
    """With a schema beside it: looking for keys without one holds whole columns."""
    path = tmp_path / "t.parquet"
    schema = Schema(
        tables=(Table(name="t", columns=(Column(name="c", storage="string"),)),), rules=()
    )
    dump(schema, tmp_path / "schema.yaml")
    pq.write_table(repeated("a" * 100_000, 20_000), path, compression="zstd")  # 2 GB unpacked
    told, most, seconds = read_apart(tmp_path)
    assert told == "20000"
    assert most < MEGABYTES
    assert seconds < SECONDS


HOSTILE = {
    "text": ["a" * CELL + "@", "1 " * (CELL // 20), "A. " * (CELL // 30), "Rue " * (CELL // 40)],
    "json": ['{"a":' * (CELL // 5), '{"a": "' + "x" * CELL + '"}', "[" * CELL],
    "phone": ["1" * CELL, "+" * CELL + "1"],
    "card": ["4 " * (CELL // 2)],
    "iban": ["DE00 " * (CELL // 5)],
    "digits": ["A1" * (CELL // 2)],
    "email": ["a" * CELL],
    "hash": ["a" * CELL],
    "pool": ["Aa " * (CELL // 3)],
    "encrypt": ["a" * CELL],
}


@pytest.mark.parametrize("op", HOSTILE)
def test_cells_of_ten_megabytes_end_in_bounded_time(op: str) -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="c", storage="string"),)),))
    data = Dataset.in_memory(schema, {"t": pa.table({"c": HOSTILE[op]})})
    began = time.process_time()
    plan = Plan({"t": TablePlan({"c": Decision(op)})})
    made = extract.anonymize(data, key=KEY, plan=plan)
    with contextlib.suppress(DataError):  # refusing them is an end too
        assert made.data["t"].shape == (len(HOSTILE[op]), 1)
    assert time.process_time() - began < SECONDS


def test_what_is_spoken_of_often_in_one_text_takes_as_long_as_in_many() -> None:
    """Twin of the quadratic search that this replaced: it took minutes for this text."""
    from synthkit.anonymization.spans import find_spans

    once = "Anna Smith lives at 12 Main Street, mail a@b.de. "
    find_spans(once, lambda _: False)
    began = time.process_time()
    found = find_spans(once * 5_000, lambda _: False)
    assert len(found) >= 10_000
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", ["../evil", "/evil", "..", "a/b", "a\\b", "a\0b", "x" * 300])
def test_a_table_named_like_a_path_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    schema = Schema(tables=(Table(name=name, columns=(Column(name="c", storage="string"),)),))
    data = Dataset.in_memory(schema, {name: pa.table({"c": ["anna@mail.test"]})})
    out = tmp_path / "inner" / "out"
    out.parent.mkdir()
    plan = Plan({name: TablePlan({"c": Decision("email")})})
    with pytest.raises(UnsupportedError, match="no usable name"):
        pipeline.write(extract.anonymize(data, key=KEY, plan=plan).data, out)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
