"""The same request and seed give the same rows, however they are cut and wherever they are made."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_crm import plan

Make = Callable[..., dict[str, pa.Table]]

DIGEST = """
import hashlib, io
import pyarrow as pa, pyarrow.csv
import synthkit
data = synthkit.generate("crm", rows={"customers": 300}, seed=5)
for name in data:
    sink = io.BytesIO()
    pyarrow.csv.write_csv(data.arrow(name), sink)
    print(name, hashlib.sha256(sink.getvalue()).hexdigest())
"""


def digest(tables: dict[str, pa.Table]) -> str:
    found = hashlib.sha256()
    for name, table in tables.items():
        found.update(name.encode())
        for row in table.to_pylist():
            found.update(repr(row).encode())
    return found.hexdigest()


def test_the_chunk_size_changes_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK_CUSTOMERS", 100)
    whole = make({"customers": 300})
    for chunk_rows in (7, 100, 101):
        assert digest(make({"customers": 300}, chunk_rows=chunk_rows)) == digest(whole)


def test_the_seed_and_the_settings_change_the_rows(make: Make) -> None:
    rows = {"customers": 100}
    assert digest(make(rows, seed=1)) != digest(make(rows, seed=2))
    assert digest(make(rows, seed=1)) != digest(make(rows, seed=1, churn=0.6))


def test_one_table_more_leaves_the_others_alone(make: Make) -> None:
    less = make({"customers": 200, "form_submissions": 10})
    more = make({"customers": 200, "form_submissions": 400})
    for name in ("customers", "purchases", "purchase_items", "whitepaper_downloads"):
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
    assert len(printed[0].splitlines()) == 11
