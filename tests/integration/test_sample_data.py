"""The committed sample data: what its README says, and the bytes that its command makes."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

import synthkit
from synthkit import pipeline

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data"
LARGEST = 5_000_000
"""Bytes: what a clone should not be asked to download more than."""


def test_it_is_small_and_has_no_metadata() -> None:
    files = {path.name: path.stat().st_size for path in SAMPLE.iterdir()}
    told = re.findall(r"(\w+\.csv)", (SAMPLE / "README.md").read_text())
    assert set(files) == {"README.md", *told}
    assert sum(files.values()) < LARGEST


def test_its_shape_is_what_real_databases_have() -> None:
    """Ten tables and more, a bridge, a self reference, two parents, a chain of four."""
    schema = pipeline.read(SAMPLE).schema
    parents = {
        name: [k.parent for k in schema.foreign_keys_of(name)] for name in schema.table_names
    }
    assert len(parents) >= 10
    assert "employees" in parents["employees"]
    assert {"articles", "tags"} == set(parents["article_tags"])
    assert schema.table("article_tags").primary_key == ("article_id", "tag_id")
    assert set(parents["purchase_items"]) == {"purchases", "products"}
    assert "purchases" in parents["purchase_items"]
    assert "customers" in parents["purchases"]
    assert {"page_views", "content_videos"} == set(parents["watches"])
    assert "sessions" in parents["page_views"]
    assert "visitors" in parents["sessions"]
    assert "customers" in parents["visitors"]


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
        r"synthkit generate ([a-z ]+?)((?: --rows \w+=\d+)+) --seed (\d+) --out sample_data",
        re.sub(r"\s*\\\n\s*", " ", (SAMPLE / "README.md").read_text()),
    )
    assert command
    rows = {table: int(count) for table, count in re.findall(r"(\w+)=(\d+)", command[2])}
    data = synthkit.generate(*command[1].split(), rows=rows, seed=int(command[3]))
    synthkit.write(data, tmp_path / "again")
    for name in data.schema.table_names:
        made = (tmp_path / "again" / f"{name}.csv").read_bytes()
        assert made == (SAMPLE / f"{name}.csv").read_bytes(), f"{name}.csv: run its command again"
