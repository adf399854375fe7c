"""The main job on real data sets, through the command line: fit, sample, and what must hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from synthkit.schema import Schema, files

NAMES = ["adult", "baseball", "chinook", "lahman_ck", "sakila"]


def run(*arguments: str | Path, cwd: Path, code: int = 0, hash_seed: str = "1") -> str:
    """Run the command line in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "synthkit", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))
    }


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest, repository: Path) -> Path:
    folder = repository.parent / "shared" / "data" / request.param / "train"
    if not folder.exists():
        pytest.skip(f"no real data set at {folder}")
    return folder


@pytest.fixture(scope="module")
def job(real: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Fit a data set and sample it at its own size; the folder holds model and sample."""
    work = tmp_path_factory.mktemp(real.parent.name)
    run("fit", real, "--seed", 1, cwd=work)
    run("sample", "--seed", 1, cwd=work)
    return real, work


@pytest.mark.parametrize("real", NAMES, indirect=True)
def test_keys_and_references_hold(job: tuple[Path, Path]) -> None:
    """Checked with pandas against SDV's metadata, independently of synthkit's own checks."""
    real, work = job
    metadata = json.loads((real / "metadata.json").read_text())
    made = {
        name: pd.read_csv(work / "synthetic" / f"{name}.csv", dtype=str)
        for name in metadata["tables"]
    }
    for name, table in metadata["tables"].items():
        key = table.get("primary_key")
        if key:
            columns = [key] if isinstance(key, str) else key
            assert not made[name].duplicated(columns).any(), name
            assert made[name][columns].notna().all().all(), name
    for link in metadata["relationships"]:
        child, parent = link["child_foreign_key"], link["parent_primary_key"]
        child = [child] if isinstance(child, str) else child
        parent = [parent] if isinstance(parent, str) else parent
        rows = made[link["child_table_name"]][child].dropna()
        known = made[link["parent_table_name"]][parent].set_axis(child, axis=1).drop_duplicates()
        assert len(rows.merge(known, on=child)) == len(rows), link


@pytest.mark.parametrize("real", NAMES, indirect=True)
def test_columns_and_dtypes_are_those_of_the_real_files(job: tuple[Path, Path]) -> None:
    real, work = job
    for path in sorted(real.glob("*.csv")):
        before, after = pd.read_csv(path), pd.read_csv(work / "synthetic" / path.name)
        assert list(before.columns) == list(after.columns)
        assert before.dtypes.to_dict() == after.dtypes.to_dict(), path.name
        assert len(before) == len(after)


@pytest.mark.parametrize("real", NAMES, indirect=True)
def test_the_bytes_depend_on_the_seed_alone(job: tuple[Path, Path]) -> None:
    _, work = job
    for out, options in {
        "small": ["--chunk-rows", 7, "--seed", 1],
        "large": ["--chunk-rows", 1_000_000, "--seed", 1],
        "other": ["--seed", 2],
    }.items():
        run("sample", "--out", out, *options, cwd=work, hash_seed="77")
    expected = digests(work / "synthetic")
    assert digests(work / "small") == digests(work / "large") == expected
    assert digests(work / "other") != expected


@pytest.mark.parametrize("real", ["sakila"], indirect=True)
def test_the_sample_fits_its_own_schema(job: tuple[Path, Path]) -> None:
    """Keys and references must be right; rules between columns are not the baseline's promise."""
    _, work = job
    described = files.load(work / "synthetic" / "schema.yaml")
    without_rules = Schema(tables=described.tables, foreign_keys=described.foreign_keys)
    files.dump(without_rules, work / "synthetic" / "schema.yaml", overwrite=True)
    found = json.loads(run("validate", "synthetic", "--json", cwd=work))
    assert found["violations"] == []
