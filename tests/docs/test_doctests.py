"""Every example in a docstring runs and shows what it says."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def with_examples() -> Iterator[str]:
    """Yield the modules that have an example, of synthkit and of the plugin packages."""
    for root in (ROOT, *sorted((ROOT / "plugins").glob("*/src"))):
        for package in sorted(root.glob("synthkit*/")):
            for path in sorted(package.rglob("*.py")):
                if ">>> " in path.read_text(encoding="utf-8"):
                    parts = path.relative_to(root).with_suffix("").parts
                    yield ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("module", list(with_examples()))
def test_examples(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testmod(import_module(module))
    assert outcome.attempted
    assert not outcome.failed, f"see above; or: python -m doctest {module}"


def test_examples_were_found() -> None:
    assert "synthkit.errors" in set(with_examples())
