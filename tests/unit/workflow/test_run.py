"""Which steps are due: told by what was done before, on real files, without real commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from synthkit.errors import UsageError
from synthkit.project import load
from synthkit.workflow.commands import Command
from synthkit.workflow.run import Outcome, plan, run
from synthkit.workflow.state import State, locked

TEXT = """\
version: 1
steps:
  data: {read: shop}
  model: {fit: data}
  made: {sample: model, rows: 5}
  check: {validate: made}
"""
Execute = Callable[[Command, bool], None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "t.csv").write_text("a\n1\n")
    path = tmp_path / "synthkit.yaml"
    path.write_text(TEXT)
    return path


class Making:
    """Stands for the commands: makes the output of each step, and remembers what was asked."""

    def __init__(self, folder: Path, fails: str = "") -> None:
        self.folder, self.fails = folder, fails
        self.overwrote: dict[str, bool] = {}

    def __call__(self, command: Command, replace: bool) -> None:
        self.overwrote[command.step] = replace
        if command.step == self.fails:
            raise KeyboardInterrupt
        if command.out is not None:
            inputs = [(self.folder / place) for place in command.inputs.values()]
            read = [each.read_text() for each in inputs if each.is_file()]
            (self.folder / command.out).write_text(f"{command.arguments} {read}")


def ran(path: Path, execute: Execute, **options: bool) -> list[str]:
    outcomes: list[Outcome] = list(run(load(path), State(path), execute, **options))
    return [each.step for each in outcomes if each.ran]


def test_what_has_not_changed_is_skipped(place: Path) -> None:
    make = Making(place.parent)
    assert ran(place, make) == ["model", "made", "check"]
    assert ran(place, make) == []
    assert ran(place, make, force=True) == ["model", "made", "check"]
    assert [each.why for each in plan(load(place), State(place))] == [None] * 3


def test_changes_reach_what_depends_on_them_only(place: Path) -> None:
    make = Making(place.parent)
    ran(place, make)
    place.write_text(TEXT.replace("rows: 5", "rows: 6"))
    assert [bool(each.why) for each in plan(load(place), State(place))] == [False, True, True]
    assert ran(place, make) == ["made", "check"]
    (place.parent / "shop" / "t.csv").write_text("a\n2\n")
    assert plan(load(place), State(place))[0].why == "shop has changed"
    assert ran(place, make) == ["model"]  # what it makes did not change: the twin of the next
    (place.parent / "made").write_text("by hand")
    assert ran(place, make) == ["made"]
    (place.parent / "model.synthkit").unlink()
    assert ran(place, make) == ["model"]


def test_a_run_that_was_interrupted_goes_on(place: Path) -> None:
    broken = Making(place.parent, fails="made")
    with pytest.raises(KeyboardInterrupt):
        ran(place, broken)
    make = Making(place.parent)
    assert plan(load(place), State(place))[1].why == "it was interrupted"
    assert ran(place, make) == ["made", "check"]
    assert make.overwrote["made"]  # what lies there can only be its own


def test_what_was_there_before_is_not_overwritten_unasked(place: Path) -> None:
    (place.parent / "made").write_text("mine")
    refused = Making(place.parent, fails="made")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            ran(place, refused)
        assert not refused.overwrote["made"]
    make = Making(place.parent)
    ran(place, make, overwrite=True)
    assert make.overwrote["made"]


def test_a_state_that_cannot_be_read_counts_as_none(place: Path) -> None:
    make = Making(place.parent)
    ran(place, make)
    for text in ("", "[]", '{"version": 1, "steps": {"model": 1}}', '{"version": 9}'):
        (place.parent / ".synthkit" / "synthkit.state.json").write_text(text)
        assert not State(place).steps


def test_unknown_steps_and_two_runs_at_once(place: Path) -> None:
    with pytest.raises(UsageError, match="no step 'mode'"):
        plan(load(place), State(place), only=["mode"])
    with locked(place), pytest.raises(UsageError, match="being run already"), locked(place):
        pass
    with locked(place):
        pass
