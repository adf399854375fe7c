"""Runs the steps of a pipeline that are due: in order, each in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from synthkit.errors import UsageError, near_matches
from synthkit.lineage.recording import versions
from synthkit.project import Project
from synthkit.workflow.commands import Command, command_of
from synthkit.workflow.state import Done, State

__all__ = ["Due", "Outcome", "plan", "run"]

Execute = Callable[[Command, bool], None]
"""Runs a command, the second argument saying whether it may overwrite; raises if it fails."""


@dataclass(frozen=True)
class Due:
    """A step and why it is due; ``why`` is None for one that can be skipped."""

    command: Command
    why: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of a step: whether it ran, why, and how long it took."""

    step: str
    ran: bool
    why: str
    out: str | None
    seconds: float = 0.0


def plan(
    project: Project, state: State, *, force: bool = False, only: Collection[str] = ()
) -> list[Due]:
    """Return the steps that would be looked at, and which of them are due now.

    One whose input an earlier step would make anew is due, too, though what is made may turn out
    to be the same; `run` decides when it gets there. Raises `UsageError` for an unknown step.
    """
    anew: dict[str, str] = {}
    found = []
    for command in _chosen(project, only):
        why = _why(project, state, command, force=force)
        before = [anew[place] for place in command.inputs.values() if place in anew]
        if why is None and before:
            why = f"{before[0]} is made anew"
        if why is not None and command.out is not None:
            anew[command.out] = command.step
        found.append(Due(command, why))
    return found


def run(
    project: Project,
    state: State,
    execute: Execute,
    *,
    force: bool = False,
    only: Collection[str] = (),
    overwrite: bool = False,
    tell: Callable[[Due], None] = lambda _: None,
) -> Iterator[Outcome]:
    """Run what is due, and yield what became of each step.

    A step is written down as begun before it runs, and as done when its output is in place. So a
    run that was killed goes on where it was, and may replace what it made itself, and nothing
    else unless ``overwrite`` is true. What ``execute`` raises ends the run.
    """
    now = versions()
    for command in _chosen(project, only):
        why = _why(project, state, command, force=force)
        tell(Due(command, why))
        if why is None:
            yield Outcome(command.step, ran=False, why="nothing has changed", out=command.out)
            continue
        known = state.steps.get(command.step)
        owned = known is not None and known.out == command.out
        # What is at a URL is somebody's until it was seen to be ours.
        there = "://" in str(command.out) or command.output(project.folder) is not None
        inputs = command.fingerprints(project.folder)
        begun = Done(
            ended=False,
            settings=command.settings,
            inputs=inputs,
            versions=now,
            out=command.out if owned or not there or overwrite else None,
        )
        state.set(command.step, begun)
        began = time.monotonic()
        execute(command, owned or overwrite)
        seconds = time.monotonic() - began
        ended = begun.model_copy(
            update={
                "ended": True,
                "out": command.out,
                "output": command.output(project.folder),
                "seconds": round(seconds, 3),
            }
        )
        state.set(command.step, ended)
        yield Outcome(command.step, ran=True, why=why, out=command.out, seconds=seconds)


def _chosen(project: Project, only: Collection[str]) -> list[Command]:
    for name in only:
        if name not in project.steps:
            raise UsageError(f"There is no step {name!r}.", hint=near_matches(name, project.steps))
    return [
        command_of(project, name)
        for name, step in project.steps.items()
        if step.command != "read" and (not only or name in only)
    ]


def _why(project: Project, state: State, command: Command, *, force: bool) -> str | None:
    """Return why a step is due; None if it is not."""
    if force:
        return "it was asked for"
    known = state.steps.get(command.step)
    if known is None:
        return "it has not been run"
    if not known.ended:
        return "it was interrupted"
    if known.settings != command.settings or known.out != command.out:
        return "its settings have changed"
    changed = [name for name, version in versions().items() if known.versions.get(name) != version]
    if changed:
        return f"{changed[0]} has another version"
    return _changed_input(project.folder, known.inputs, command) or _changed_output(
        project.folder, known, command
    )


def _changed_input(folder: Path, known: Mapping[str, str | None], command: Command) -> str | None:
    for name, mark in command.fingerprints(folder).items():
        if mark is None:
            return f"whether {command.inputs[name]} has changed cannot be told"
        if known.get(name) != mark:
            return f"{command.inputs[name]} has changed"
    return None


def _changed_output(folder: Path, known: Done, command: Command) -> str | None:
    if command.out is None or ("://" in command.out and known.output is None):
        return None
    found = command.output(folder)
    if found is None:
        return f"{command.out} is not there"
    return None if found == known.output else f"{command.out} was changed"
