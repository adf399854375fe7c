"""Baseline data in parts: the values of one stream whoever makes them, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import synthkit
from synthkit.cli import cli
from synthkit.dataset import Dataset
from synthkit.errors import PluginError, UnsupportedError, UsageError
from synthkit.generators import Baseline, Stretches
from synthkit.parts import generated, run, write_parts
from synthkit.plugins import installed_plugins
from synthkit.workflow.replay import Means, replay
from tests.integration.parts.conftest import contents
from tests.integration.parts.killing import Killer
from tests.integration.parts.test_anonymized import wait_for_a_part

PART_ROWS = 1_000
"""Each block of the recipes is a part."""
SHOP = """recipe: 1
tables:
  customers:
    rows: 300000
    key: code
    columns:
      code: {code: 'A######', unique: true}
      kind: {choice: [new, old]}
  visits:
    rows: 500000
    columns:
      id: sequence
      customer: {references: customers}
      pages: {poisson: {mean: 3}}
"""
SITE = """recipe: 1
outside:
  customers: [code]
tables:
  accounts:
    rows: 140000
    columns:
      id: sequence
      customer: {references: customers, unique: true}
"""


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("recipes")
    for name, text in {"shop": SHOP, "site": SITE}.items():
        (folder / f"{name}.yaml").write_text(text)
    return [str(folder / "site.yaml"), str(folder / "shop.yaml")]


def data(recipes: list[str]) -> Dataset:
    return synthkit.generate(*recipes, seed=3)


@pytest.fixture(scope="module")
def alone(recipes: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process writes; its values are those of the stream."""
    out = tmp_path_factory.mktemp("alone") / "out"
    write_parts(data(recipes), out, part_rows=PART_ROWS, jobs=1)
    streamed = data(recipes).load()
    for table in streamed:
        assert pq.read_table(out / table).equals(streamed.arrow(table)), table
    return out


@pytest.fixture(scope="module")
def expected(alone: Path) -> dict[str, str]:
    return contents(alone)


def command(recipes: list[str], out: Path, *more: str) -> list[str]:
    arguments = ["generate", *recipes, "--part-rows", str(PART_ROWS), "--out", str(out), "--quiet"]
    return [sys.executable, "-m", "synthkit", *arguments, *more]


def test_processes_write_what_one_does_though_one_is_killed(
    recipes: list[str], tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    killer = Killer(out)
    write_parts(data(recipes), out, part_rows=PART_ROWS, jobs=2, progress=killer)
    assert killer.killed is not None
    assert contents(out) == expected
    assert len([name for name in expected if name.startswith("visits/")]) == 4


def test_a_run_that_is_killed_goes_on_with_its_seed(
    recipes: list[str], tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(command(recipes, out, "--jobs", "2", "--seed", "3")) as process:
        wait_for_a_part(out)
        process.kill()
    assert [path.name for path in out.iterdir()] == [".parts"]
    kept = [path.stem for path in out.glob(".parts/receipts/*.json")]
    beside = tmp_path / "beside"
    shutil.copytree(out, beside, copy_function=os.link)
    runner = CliRunner()
    again = runner.invoke(cli, [*command(recipes, out)[3:], "--seed", "4", "--resume"])
    assert isinstance(again.exception, UsageError)
    assert "parts of another run" in str(again.exception)
    again = runner.invoke(cli, [*command(recipes, out)[3:], "--resume"])
    assert again.exit_code == 0, again.output
    assert contents(out) == expected
    for number in kept:
        (part,) = beside.glob(f".parts/tables/*/part-{number}.parquet")
        assert part.samefile(out / part.parent.name / part.name)


def test_a_store_is_written_to(
    recipes: list[str], tmp_path: Path, expected: dict[str, str]
) -> None:
    fsspec = pytest.importorskip("fsspec")
    write_parts(data(recipes), f"memory://{tmp_path.name}/made", part_rows=PART_ROWS)
    files = fsspec.filesystem("memory")
    files.get(f"/{tmp_path.name}/made", str(tmp_path / "got"), recursive=True)
    files.rm(f"/{tmp_path.name}", recursive=True)
    assert contents(tmp_path / "got") == expected


def test_replayed_parts_are_the_same(
    alone: Path, tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "cores", lambda: 1)
    replay(str(alone), str(tmp_path / "again"), Means({}))
    assert contents(tmp_path / "again") == expected


def test_edge_cases_are_not_written_in_parts(recipes: list[str], tmp_path: Path) -> None:
    odd = synthkit.with_edge_cases(data(recipes), 0.1, seed=1)
    with pytest.raises(UnsupportedError, match="Edge cases are not written in parts"):
        write_parts(odd, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_rows_that_are_missing_stop_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = synthkit.generate("social", rows={"people": 20}, seed=1)
    chunks = Stretches.chunks
    monkeypatch.setattr(
        Stretches, "chunks", lambda *a: (c for c in chunks(*a) if c.table != "people")
    )
    with pytest.raises(PluginError, match="made 0 rows of 'people' where 20 are due"):
        write_parts(made, tmp_path / "out", jobs=1)


def test_settings_may_be_other_than_text(tmp_path: Path) -> None:
    made = synthkit.generate(
        "crm", rows={"customers": 30}, settings={"start": date(2024, 1, 1)}, seed=1
    )
    write_parts(made, tmp_path / "out", jobs=1)
    read = synthkit.read(tmp_path / "out")
    assert all(read.arrow(table).equals(made.arrow(table)) for table in made)


def test_nothing_is_written_whole(recipes: list[str], tmp_path: Path) -> None:
    none = {"customers": 0, "visits": 0}
    write_parts(synthkit.generate(recipes[1], rows=none, seed=1), tmp_path / "out")
    assert synthkit.read(tmp_path / "out").row_counts == none


def test_another_version_of_a_generator_makes_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = synthkit.generate("social", rows={"people": 20}, seed=1)
    assert isinstance(made, Baseline)
    told = generated.GeneratedParts(made, 10).describe(tmp_path)
    assert set(told["owners"]) == {"social"}
    told["owners"]["social"] = "synthkit-social 0.0.1"
    with pytest.raises(UsageError, match=r"not of synthkit-social 0\.0\.1"):
        generated.opened(told, tmp_path, installed_plugins())
