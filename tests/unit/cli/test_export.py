from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthkit.cli.export import command
from synthkit.errors import UsageError


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "customers.csv").write_text("id,city\n" + "".join(f"{n},B{n}\n" for n in range(9)))
    rows = "".join(f"{n},{n % 9},{n}.50\n" for n in range(20))
    (folder / "orders.csv").write_text("id,customer_id,amount\n" + rows)
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_plan_and_what_was_written_are_told(shop: Path, tmp_path: Path) -> None:
    told = run(shop, "--to", tmp_path / "o.sqlite")
    assert "customers     9" in told
    assert "Wrote 29 rows of 2 tables as sqlite" in told
    found = json.loads(run(shop, "--to", tmp_path / "o.duckdb", "--json"))
    assert {name: each["row_count"] for name, each in found["tables"].items()} == {
        "customers": 9,
        "orders": 20,
    }
    assert found["notes"] == []
    assert run(shop, "--to", tmp_path / "o.duckdb", "--overwrite", "--quiet") == ""


def test_statements_are_printed_and_nothing_is_written(shop: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    told = run(shop, "--ddl", "postgresql")
    assert told.startswith('CREATE TABLE "customers" (')
    assert 'REFERENCES "customers" ("id");\n' in told
    assert "FOREIGN" not in run(shop, "--ddl", "mysql", "--constraints", "keys")
    found = json.loads(run(shop, "--ddl", "sqlite", "--json"))
    assert found["dialect"] == "sqlite"
    assert len(found["statements"]) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_options_become_settings_of_the_exporter(shop: Path, tmp_path: Path) -> None:
    run(shop, "--to", tmp_path / "a.sql", "--dialect", "mysql", "--constraints", "none", "--quiet")
    text = (tmp_path / "a.sql").read_text()
    assert "ENGINE=InnoDB" in text
    assert "KEY" not in text
    run(shop, "--to", tmp_path / "csv", "--set", "delimiter=tab", "--quiet")
    assert (tmp_path / "csv" / "orders.tsv").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Where to?"),
        (["--to", "x", "--ddl", "sqlite"], "do not go together"),
        (["--to", "x", "--into-existing"], "no setting 'into_existing'"),
        (["--to", "x", "--format", "oracle"], "no exporter 'oracle'"),
    ],
)
def test_what_does_not_go_together_is_refused(options: list[str], told: str, shop: Path) -> None:
    with pytest.raises(UsageError, match=told):
        CliRunner().invoke(command, [str(shop), *options], catch_exceptions=False)
