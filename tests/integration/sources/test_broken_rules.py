"""Rules of a schema file that the rows break: told when reading, fitting, validating."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

import synthkit
from synthkit import pipeline
from synthkit.cli import cli
from synthkit.contracts.progress import Silent
from synthkit.dataset import Dataset
from synthkit.schema import Column, Range, Schema, Table

SCHEMA = """\
version: 1
tables:
  people:
    primary_key: id
    columns:
      id: {sdtype: id, storage: int64}
      age: {sdtype: numerical, storage: int64}
      born: {storage: "date32[day]"}
      seen: {storage: "date32[day]"}
rules:
  - {rule: range, table: people, column: age, low: 18}
  - {rule: inequality, table: people, low: born, high: seen}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["id,age,born,seen"]
    rows += [f"{n},{n + 10},2000-01-{n % 28 + 1:02},2001-01-{n % 27 + 1:02}" for n in range(1, 101)]
    rows[5] = "5,15,2005-05-05,2001-01-01"
    (tmp_path / "people.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "schema.yaml").write_text(SCHEMA)
    return tmp_path


def test_reading_counts_the_rows_and_names_no_value(folder: Path) -> None:
    notices = {notice.subject: notice for notice in synthkit.read(folder).notices}
    assert {name: notice.count for name, notice in notices.items()} == {
        "people.age": 7,
        "people.born <= people.seen": 1,
    }
    told = str(notices["people.born <= people.seen"])
    assert "a rule that 1.0% of the rows break (1 rows)" in told
    assert "2005" not in told


@pytest.mark.parametrize("command", ["inspect", "validate", "fit"])
def test_commands_say_so(folder: Path, command: str) -> None:
    arguments = [command, str(folder)]
    arguments += ["--out", str(folder / "model.synthkit")] if command == "fit" else []
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == (3 if command == "validate" else 0), result.output
    assert "people.age" in result.output
    assert "people.born <= people.seen" in result.output


def test_samples_keep_the_rules(folder: Path) -> None:
    model = synthkit.fit(folder, seed=1)
    assert pipeline.validate(model.sample(seed=2)).ok
    assert min(model.sample(seed=2).arrow("people")["age"].to_pylist()) >= 18


def test_rules_that_are_said_to_be_none_are_not_looked_for(folder: Path) -> None:
    text = SCHEMA.partition("rules:")[0]
    (folder / "schema.yaml").write_text(text)
    rows = (folder / "people.csv").read_text().replace("2005-05-05", "2000-05-05")
    (folder / "people.csv").write_text(rows)
    assert synthkit.read(folder).schema.rules
    (folder / "schema.yaml").write_text(text + "rules: []\n")
    assert synthkit.read(folder).schema.rules == ()


def test_fitting_tables_in_memory_says_so_too() -> None:
    class Told(Silent):
        said: list[str] = []  # noqa: RUF012

        def say(self, text: str) -> None:
            self.said.append(text)

    columns = (Column(name="age", sdtype="numerical", storage="int64"),)
    rule = Range(table="t", column="age", low=3)
    schema = Schema(tables=(Table(name="t", columns=columns),), rules=(rule,))
    data = Dataset.in_memory(schema, {"t": pa.table({"age": list(range(40))})})
    told = Told()
    synthkit.fit(data, seed=1, progress=told)
    assert told.said == ["Note: t.age: is below its least value (3 of 40 rows)."]
