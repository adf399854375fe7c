"""Anonymizing from Parquet to Parquet, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthkit.anonymization.drawn import drawn
from synthkit.cache import FOLDER
from synthkit.contracts import Beside
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

PROGRAM = """
import sys
from synthkit import extract, pipeline
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Decision, Plan, TablePlan

columns = {
    "id": Decision("keep"),
    "name": Decision("pool", {"kind": "name", "scope": "subject"}),
    "email": Decision("email"),
    "phone": Decision("phone"),
    "street": Decision("address"),
}
for read, written in zip(sys.argv[1::2], sys.argv[2::2]):
    made = extract.anonymize(
        pipeline.read(read, check=False),
        key=MasterKey("test", b"t" * 32),
        plan=Plan({"people": TablePlan(columns, "id")}),
    )
    pipeline.write(made.data, written, format="parquet")
print("pandas" in sys.modules)
"""

SCHEMA = """
version: 1
tables:
  people:
    primary_key: id
    columns:
      id: {storage: int64}
      name: {storage: string}
      email: {storage: string}
      phone: {storage: string}
      street: {storage: string}
rules: []
"""


ROWS = 300_000
"""More than are held in memory, so that files are read anew, in their own dictionaries."""


def columns() -> dict[str, list[str | None] | range]:
    number = range(ROWS)
    return {
        "id": number,
        "name": [None if n % 9 == 0 else f"Anna {n % 50}" for n in number],
        "email": [f"anna{n}@mail.test" for n in number],
        "phone": [f"+1 212 555 {n // 100:04}" for n in number],
        "street": [f"{n % 70} Main Street" for n in number],
    }


def test_dictionaries_of_a_file_change_nothing_and_nothing_unneeded_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pandas takes half a second, as long as anonymizing a hundred thousand rows."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    for kind in ("name", "street_address", "user_name"):
        drawn(kind, "en_US", Beside(ValueRegistry(Plugins())))
    rows = pa.table(columns())
    for name, coded in (("coded", True), ("plain", False)):
        (tmp_path / name).mkdir()
        pq.write_table(rows, tmp_path / name / "people.parquet", use_dictionary=coded)
        (tmp_path / name / "schema.yaml").write_text(SCHEMA)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, "coded", "out", "plain", "other"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "False"
    made = pq.read_table(tmp_path / "out" / "people.parquet")
    assert made == pq.read_table(tmp_path / "other" / "people.parquet")
    assert made["id"].to_pylist() == list(range(ROWS))
    assert [n for n, name in enumerate(made["name"].to_pylist()) if name is None] == list(
        range(0, ROWS, 9)
    )
    for name in ("name", "email", "phone", "street"):
        assert not set(made[name].drop_null().to_pylist()) & set(rows[name].to_pylist())
