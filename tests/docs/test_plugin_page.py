"""The plugin package of the how-to works as it stands there: installed, tested, generated from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def package(repository: Path, tmp_path: Path) -> Path:
    """The files of the page, and the record of an installation beside them."""
    page = (repository / "docs/how-to/write-a-plugin.md").read_text(encoding="utf-8")
    for name, text in FILE.findall(page):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]
    info = tmp_path / "src" / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    entries = "\n".join(f"{k} = {v}" for k, v in project["entry-points"]["synthkit"].items())
    (info / "entry_points.txt").write_text(f"[synthkit]\n{entries}\n")
    return tmp_path


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment in which the package is installed."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package / "src")},
        capture_output=True,
        check=False,
        text=True,
    )


def test_its_tests_pass_and_its_rows_are_valid(package: Path) -> None:
    tested = run(package, "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert tested.returncode == 0, tested.stdout
    assert "2 passed" in tested.stdout
    assert "synthkit-vet" in run(package, "synthkit", "plugins").stdout
    made = run(
        package, *"synthkit generate vet --rows owners=200 --set growth=0.5 --out vets".split()
    )
    assert made.returncode == 0, made.stderr
    checked = run(package, "synthkit", "validate", "vets")
    assert checked.returncode == 0, checked.stdout
    assert "2 tables, 1 foreign key" in checked.stdout


def test_its_tests_find_the_mistake_that_the_page_tells_of(package: Path) -> None:
    chips = package / "src/synthkit_vet/chips.py"
    chips.write_text(chips.read_text().replace("387_420_489", "400_000_000"))
    tested = run(package, "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", "chip_numbers")
    assert tested.returncode == 1
    assert "has repeats" in tested.stdout
