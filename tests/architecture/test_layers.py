"""The order of the layers, held by import-linter with the contract in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_no_module_imports_from_a_layer_above(repository: Path) -> None:
    result = lint(repository)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("errors.py", "synthkit.schema"), ("synthesizers/independent/fit.py", "synthkit.generators")],
    ids=["a layer above", "a stage by a stage"],
)
def test_a_wrong_import_breaks_the_contract(
    importer: str, imported: str, repository: Path, tmp_path: Path
) -> None:
    shutil.copytree(repository / "synthkit", tmp_path / "synthkit")
    shutil.copy(repository / "pyproject.toml", tmp_path)
    for stage in ("generators", "synthesizers/independent"):
        (tmp_path / "synthkit" / stage).mkdir(parents=True, exist_ok=True)
        (tmp_path / "synthkit" / stage / "__init__.py").touch()
    with (tmp_path / "synthkit" / importer).open("a") as file:
        file.write(f"\nimport {imported}\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    assert f"{imported} (l." in result.stdout or f"-> {imported}" in result.stdout, result.stdout
