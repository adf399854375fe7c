"""Format, lint and strict types, checked by the tools themselves with pyproject's settings."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "--output-format", "concise", "."),
        ("mypy",),
    ],
    ids=["format", "lint", "types"],
)
def test_the_code_is_clean(command: tuple[str, ...], repository: Path) -> None:
    result = run(*command, cwd=repository)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("command", "source", "found"),
    [
        (("ruff", "format", "--check"), "x = {  'a':1 }\n", "would be reformatted"),
        (("ruff", "check"), '"""One."""\n\nprint("x")\n', "T201"),
        (("mypy",), "def f(x):\n    return x\n", "no-untyped-def"),
    ],
    ids=["format", "lint", "types"],
)
def test_the_tools_find_what_is_wrong(
    command: tuple[str, ...], source: str, found: str, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text((repository / "pyproject.toml").read_text())
    (tmp_path / "module.py").write_text(source)
    result = run(*command, "module.py", cwd=tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout + result.stderr


def test_types_are_checked_in_every_plugin_package(repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["mypy"]
    sources = {str(path.relative_to(repository)) for path in (repository / "plugins").glob("*/src")}
    assert set(settings["mypy_path"]) == {f"$MYPY_CONFIG_FILE_DIR/{path}" for path in sources}
    assert set(settings["files"]) == {"synthkit", *sources}
