"""What is compiled is found again: by another process, in a read-only installation too."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthkit.compiled import COMPILING
from synthkit.processors import cores

SOURCE = """
import numpy as np
from synthkit.compiled import compiled, is_compiled

@compiled
def double(x):
    return 2 * x

if __name__ == "__main__":
    import double as module
    before = module.is_compiled(module.double)
    assert module.double(4) == 8
    print(before, module.is_compiled(module.double), module.double.stats.cache_path)
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Path]:
    """A folder with a module that has something to compile; writable again in the end."""
    folder = tmp_path / "installed"
    folder.mkdir()
    (folder / "double.py").write_text(SOURCE)
    yield folder
    folder.chmod(stat.S_IRWXU)


def run(module: Path, **environment: str) -> list[str]:
    """Return whether it was compiled before and after the call, and where that is kept."""
    done = subprocess.run(
        [sys.executable, str(module / "double.py")],
        env={**{k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"}, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_next_process_does_not_compile(module: Path) -> None:
    first, second = run(module), run(module)
    assert first[:2] == ["False", "True"]
    assert second[:2] == ["True", "True"]
    assert Path(second[2]).parent == module


def test_what_changed_is_compiled_anew(module: Path) -> None:
    run(module)
    source = module / "double.py"
    later = source.stat().st_mtime + 60
    source.write_text(SOURCE.replace("2 * x", "x + x"))
    os.utime(source, (later, later))
    assert run(module)[0] == "False"


def test_another_folder_may_be_named(module: Path, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    assert run(module, NUMBA_CACHE_DIR=kept)[0] == "False"
    found = run(module, NUMBA_CACHE_DIR=kept)
    assert found[0] == "True"
    assert found[2].startswith(kept)


def blocked(module: Path) -> None:
    """Put a file where the compiled code would go: no folder is made there, not even by root."""
    (module / "__pycache__").write_text("in the way")


def test_a_read_only_installation_keeps_it_in_the_users_folder(
    module: Path, tmp_path: Path
) -> None:
    blocked(module)
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    assert run(module, **places)[0] == "False"
    found = run(module, **places)
    assert found[0] == "True"
    assert found[2].startswith(str(home))


def test_with_no_folder_at_all_it_works_in_each_process(module: Path, tmp_path: Path) -> None:
    blocked(module)
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    places = {"HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere), "LOCALAPPDATA": str(nowhere)}
    for _ in range(2):
        assert run(module, **places)[:2] == ["False", "True"]


JOB = """
import pyarrow as pa
import synthkit
from synthkit.synthesizers.relational.drawing import kernel
from synthkit.synthesizers.relational.trees import grow
from synthkit.contracts import Dataset, Silent
from synthkit.schema import Column, Schema, Table

class Told(Silent):
    def start(self, task, total=None):
        print(task)

column = Column(name="n", storage="int64", nullable=False)
schema = Schema(tables=(Table(name="t", columns=(column,)),))
data = Dataset.in_memory(schema, {"t": pa.table({"n": list(range(60))})})
model = synthkit.fit(data, seed=1, progress=Told())
for each in (grow._grow, kernel._draw):
    print("compiled here" if each.stats.cache_misses else "compiled ahead")
list(model.sample(seed=1, progress=Told()).stream())
for asked in ({"where": ["n>=30"]}, {"given": {"t": pa.table({"n": [3, 4]}).to_pandas()}}):
    print("conditions")
    list(model.sample(seed=1, progress=Told(), **asked).stream())
"""


def tasks(job: str, cache: Path) -> list[str]:
    """Return the tasks that a job's progress tells of, by a process with a cache of its own."""
    done = subprocess.run(
        [sys.executable, "-c", job],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_progress_tells_of_compiling_once_on_a_machine(tmp_path: Path) -> None:
    first, second = (tasks(JOB, tmp_path) for _ in range(2))
    place = first.index(COMPILING)
    assert first[place + 1] == "learning tables"
    assert first[first.index("comparing samples with learned rows") - 1] == COMPILING
    told = ["conditions", COMPILING, "sampling"]
    assert first.count("compiled ahead") == (2 if cores() > 1 else 0)
    assert "compiled here" not in second
    assert first[-7:] == ["sampling", *told, *told]
    assert first.count(COMPILING) == 4
    assert COMPILING not in second
    assert second[-5:] == ["sampling", "conditions", "sampling", "conditions", "sampling"]
