"""Anonymizing from Parquet to Parquet, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

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
made = extract.anonymize(
    pipeline.read("in", check=False),
    key=MasterKey("test", b"t" * 32),
    plan=Plan({"people": TablePlan(columns, "id")}),
)
pipeline.write(made.data, "out", format="parquet")
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


def test_nothing_that_is_not_needed_is_loaded(tmp_path: Path) -> None:
    """Pandas takes half a second, as long as anonymizing a hundred thousand rows."""
    number = range(6_000)
    columns = {
        "id": number,
        "name": [f"Anna {n % 50}" for n in number],
        "email": [f"anna{n}@mail.test" for n in number],
        "phone": [f"+1 212 555 {n % 1_000:04}" for n in number],
        "street": [f"{n % 70} Main Street" for n in number],
    }
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table(columns), tmp_path / "in" / "people.parquet")
    (tmp_path / "in" / "schema.yaml").write_text(SCHEMA)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
    made = pq.read_table(tmp_path / "out" / "people.parquet")
    assert made["id"].to_pylist() == list(number)
    assert not set(made["email"].to_pylist()) & set(columns["email"])
