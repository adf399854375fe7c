"""The same request and seed give the same rows, however they are cut and wherever they are made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pyarrow as pa
import pytest

Make = Callable[..., dict[str, pa.Table]]

DIGEST = """
import hashlib, io
import pyarrow as pa, pyarrow.csv
import synthkit
data = synthkit.generate("crm", "content", "interactions", rows={"customers": 60}, seed=5)
for name in data:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(data.arrow(name), sink)
    print(name, hashlib.sha256(sink.getvalue()).hexdigest())
"""


def same(left: dict[str, pa.Table], right: dict[str, pa.Table]) -> bool:
    return left.keys() == right.keys() and all(left[name].equals(right[name]) for name in left)


@pytest.mark.usefixtures("small_blocks")
def test_the_chunk_size_changes_nothing(make: Make) -> None:
    whole = make({"visitors": 200})
    for chunk_rows in (7, 100):
        assert same(make({"visitors": 200}, chunk_rows=chunk_rows), whole)


def test_the_seed_and_the_settings_change_the_rows(make: Make) -> None:
    rows = {"visitors": 50}
    assert not same(make(rows, seed=1), make(rows, seed=2))
    assert not same(make(rows, seed=1), make(rows, seed=1, growth=0.6))


def test_more_of_one_table_leaves_the_others_alone(make: Make) -> None:
    less, more = make({"visitors": 200, "likes": 10}), make({"visitors": 200, "likes": 90})
    for name in ("visitors", "sessions", "page_views", "clicks", "shares", "watches"):
        assert less[name].equals(more[name])


def test_processes_with_other_hash_seeds_agree() -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert len(printed[0].splitlines()) == 28
