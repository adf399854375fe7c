"""The committed sample data: what its README says, and the bytes that its command makes."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from synthkit_crm.schema import SCHEMA

import synthkit

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "sample_data"
LARGEST = 5_000_000
"""Bytes: what a clone should not be asked to download more than."""

pytestmark = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason=f"sample_data/ lies in the repository, not in {ROOT.name}/"
)


def test_it_is_small_and_has_no_metadata() -> None:
    files = {path.name: path.stat().st_size for path in SAMPLE.iterdir()}
    assert set(files) == {"README.md", *(f"{name}.csv" for name in SCHEMA.table_names)}
    assert sum(files.values()) < LARGEST


def test_the_command_of_its_readme_makes_it_again(tmp_path: Path) -> None:
    pins = dict(
        line.strip().split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    )
    for package in ("faker", "numpy", "pyarrow"):
        pinned = {name.lower(): pin for name, pin in pins.items()}[package]
        if version(package) != pinned:
            pytest.skip(f"the bytes belong to {package} {pinned}, not {version(package)}")
    command = re.search(
        r"synthkit generate crm --rows customers=(\d+) --seed (\d+) --out sample_data",
        (SAMPLE / "README.md").read_text(),
    )
    assert command
    data = synthkit.generate("crm", rows={"customers": int(command[1])}, seed=int(command[2]))
    synthkit.write(data, tmp_path / "again")
    for name in SCHEMA.table_names:
        made = (tmp_path / "again" / f"{name}.csv").read_bytes()
        assert made == (SAMPLE / f"{name}.csv").read_bytes(), f"{name}.csv: run its command again"
