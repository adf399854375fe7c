"""``synthkit --help`` and a plain import load nothing heavy and cost little."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

HEAVY = {
    "faker",
    "matplotlib",
    "pandas",
    "presidio_analyzer",
    "phonenumbers",
    "pyarrow",
    "scipy",
    "sdv",
    "sklearn",
    "spacy",
    "sqlalchemy",
    "torch",
}
CPU_SECONDS = 0.25  # of the whole process, from the start of the interpreter (issue: done when)
HELP = [str(Path(sys.executable).with_name("synthkit")), "--help"]


def heavy_modules(statement: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after a statement."""
    return {name.partition(".")[0] for name in modules(statement)} & HEAVY


def modules(statement: str) -> set[str]:
    """Return what a fresh interpreter has loaded after a statement."""
    code = (
        f"import sys\ntry:\n    {statement}\nexcept SystemExit:\n    pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(result.stdout.splitlines()[-1].split())


def cpu_seconds(command: Sequence[str], runs: int = 5) -> float:
    """Return the least processor time of several runs, so that the first may fill caches."""
    spent = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(spent)


@pytest.mark.parametrize(
    "statement",
    ["import synthkit", "import synthkit.cli; synthkit.cli.main(['--help'])"],
    ids=["import", "help"],
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    assert heavy_modules(statement) == set()


def test_what_all_commands_share_is_light() -> None:
    loaded = modules("import synthkit.pipeline")
    assert not {name.partition(".")[0] for name in loaded} & HEAVY - {"pyarrow"}
    assert not {"synthkit.metrics", "synthkit.reports"} & loaded  # only reports measure


def test_help_is_quick() -> None:
    assert cpu_seconds(HELP) < CPU_SECONDS


def test_the_checks_find_what_is_heavy_and_slow() -> None:
    assert "pandas" in heavy_modules("import pandas; sys.exit(0)")
    assert cpu_seconds([sys.executable, "-c", "import pandas"], runs=2) > CPU_SECONDS
