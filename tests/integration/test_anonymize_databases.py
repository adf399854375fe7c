"""Anonymizing from and to databases: joins hold, nobody is left, the source is untouched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthkit import extract, pipeline
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.keys import MasterKey, new_key
from synthkit.anonymization.plan import Plan
from synthkit.cli import cli
from synthkit.dataset import Dataset
from synthkit.schema.validate import validate
from tests.servers import mariadb

ROOT = Path(__file__).parents[2]
KEY = MasterKey("k", b"k" * 32)
NAMING = ("first_name", "last_name", "email", "phone", "street_address")


@pytest.fixture(scope="module")
def sample() -> Dataset:
    return pipeline.read(ROOT / "sample_data").load()


@pytest.fixture(scope="module")
def plan(sample: Dataset) -> Plan:
    return extract.make_plan(sample)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Yield where the extract is and where to anonymize it to."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/real.db", f"sqlite:///{tmp_path}/clean.db"
        return
    if request.param == "mariadb":
        with mariadb.database(request.getfixturevalue("mariadb_server")) as clean:
            yield request.getfixturevalue("mariadb_url"), clean
        return
    url = request.getfixturevalue("postgresql_url")
    yield f"{url}?schema=real", f"{url}?schema=clean"


def joined_rows(data: Dataset) -> dict[str, int]:
    counts = {}
    for key in data.schema.foreign_keys:
        child = data[key.table].dropna(subset=list(key.columns))
        on = {"left_on": list(key.columns), "right_on": list(key.parent_columns)}
        counts[str(key)] = len(child.merge(data[key.parent], **on))
    return counts


def test_from_a_database_to_another(sample: Dataset, plan: Plan, places: tuple[str, str]) -> None:
    real, clean = places
    pipeline.write(sample, real)
    before = pipeline.read(real).load()
    written = pipeline.write(extract.anonymize(real, key=KEY, plan=plan).data, clean)
    assert written.row_count == sum(sample.row_counts.values())
    after = pipeline.read(clean).load()
    assert joined_rows(after) == joined_rows(before) == joined_rows(sample)
    assert not validate(after.schema, after.chunks).violations
    for table in before:
        for column in set(NAMING) & set(before[table]):
            assert not set(before[table][column].dropna()) & set(after[table][column].dropna())
    again = pipeline.read(real).load()
    assert all(again.arrow(table).equals(before.arrow(table)) for table in before)


def test_a_subset_on_the_command_line(sample: Dataset, plan: Plan, tmp_path: Path) -> None:
    plan_yaml.save(plan, tmp_path / "plan.yaml")
    real, clean = tmp_path / "real.db", tmp_path / "clean.db"
    pipeline.write(sample, f"sqlite:///{real}")
    arguments = ["anonymize", str(real), "--out", f"sqlite:///{clean}", "--report"]
    arguments += [str(tmp_path / "risk"), "--subset", "customers: id <= 20"]
    arguments += ["--with", str(tmp_path / "plan.yaml")]
    env = {"SYNTHKIT_KEY": new_key("one").text()}
    result = CliRunner().invoke(cli, arguments, env=env)
    assert result.exit_code == 0, result.output
    with sqlite3.connect(clean) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM customers").fetchall()
        assert count == 20
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        text = "\n".join(connection.iterdump())
    connection.close()
    for mail in sample["customers"]["email"].dropna():
        assert mail not in text
    assert (tmp_path / "risk" / "report.json").is_file()
