"""A process compiles what another will need: it ends with it, and is never needed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from synthkit.synthesizers.relational import compiling
from synthkit.synthesizers.relational.compiling import Ahead
from synthkit.synthesizers.relational.trees import grow


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What this process has compiled itself; nothing is compiled yet, and there is a folder."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(grow, "is_kept_on_disk", lambda: True)
    monkeypatch.setattr(compiling, "cores", lambda: 2)
    compiled: list[str] = []
    parts: dict[str, tuple[Callable[[], bool], Callable[[], object]]] = {
        part: (lambda: False, lambda part=part: compiled.append(part))
        for part in ("growing", "drawing")
    }
    monkeypatch.setattr(compiling, "_PARTS", parts)
    return compiled


def test_it_ends_with_the_process_that_asked(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", compiling.__name__, "growing", "drawing"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
    )
    told, _ = process.communicate()  # nothing is said to it, and its input ends
    assert process.returncode == 1
    assert told == b""


def test_it_ends_well_with_nothing_left_to_do() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", compiling.__name__], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_what_a_killed_process_has_not_compiled_is_compiled_here(done: list[str]) -> None:
    with Ahead(["growing", "drawing"]) as ahead:
        process = ahead._process
        assert process is not None
        process.kill()
        ahead.finish("growing")
        ahead.finish("drawing")
    assert done == ["growing", "drawing"]


def test_it_is_gone_when_nobody_needs_it_any_more(done: list[str]) -> None:
    with Ahead(["growing"]) as ahead:
        process = ahead._process
        assert process is not None
        assert process.poll() is None
    assert process.returncode is not None
    assert not done


def no_process(*_: object, **__: object) -> None:
    raise OSError("no more processes")


@pytest.mark.parametrize(
    ("owner", "name", "instead"),
    [
        (compiling, "cores", lambda: 1),
        (compiling, "_can_start", lambda: False),
        (grow, "is_kept_on_disk", lambda: False),
        (compiling.subprocess, "Popen", no_process),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_without_a_process_all_is_compiled_where_it_is_needed(
    done: list[str], monkeypatch: pytest.MonkeyPatch, owner: object, name: str, instead: object
) -> None:
    monkeypatch.setattr(owner, name, instead)
    with Ahead(["growing"]) as ahead:
        assert ahead._process is None
        ahead.finish("growing")
    assert done == ["growing"]


def test_nothing_is_started_for_what_is_compiled(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(compiling._PARTS, "growing", (lambda: True, lambda: None))
    with Ahead(["growing"]) as ahead:
        assert ahead._process is None
