"""Draws a request in this process, and in others where that was asked for or pays."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from synthkit.contracts.synthesizer import FittedModel, SampleRequest
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError
from synthkit.processors import cores
from synthkit.synthesizers.sampling.parallel.crew import Crew
from synthkit.synthesizers.sampling.parallel.tasks import tasks

__all__ = ["sampled"]

MOST = 8
"""Processes that are used unasked: the one that writes cannot keep up with more."""

START_SECONDS = 2.5
"""What starting processes costs each of them: imports, the model, what is compiled, word lists."""

PAYS = 2.0
"""How often the time gained has to be that which is spent on starting."""

Save = Callable[[Path], object]


def sampled(
    fitted: FittedModel, request: SampleRequest, jobs: int, save: Save
) -> Iterator[TableChunk]:
    """Yield the rows of a request; the same for any number of jobs.

    Args:
        fitted: the model.
        request: what to sample.
        jobs: how many processes draw. 1 is this one alone; 0 begins so, and takes others to help
            once what is left would take far longer than they take to start.
        save: writes the model's file, from which processes restore it.
    """
    if jobs == 1:
        yield from fitted.sample(request)
        return
    wanted = jobs or min(cores(), MOST)
    todo = tasks(fitted, request, wanted)
    if wanted == 1 or len(todo) == 1:
        yield from fitted.sample(request)
        return
    if not jobs:
        todo = yield from _alone(fitted, request, todo, wanted)
        request.kept.clear()
    if todo:
        yield from _together(fitted, request, todo, Crewing(wanted, save, unasked=not jobs))


@dataclass(frozen=True)
class Crewing:
    """How many processes, from which model file; ``unasked``: doing without them is no error."""

    jobs: int
    save: Save
    unasked: bool


def _alone(
    fitted: FittedModel, request: SampleRequest, todo: list[SampleRequest], jobs: int
) -> Generator[TableChunk, None, list[SampleRequest]]:
    """Draw tasks here until the rest is worth other processes; return that rest.

    The pace is that of the latest task: the first one also draws what all share, which the other
    processes would draw again, each its part, before they help. A few rows say nothing of the
    pace, as what is drawn once for all (words, compiled code) is among them: this process draws
    for as long as others take to start before it asks for them.
    """
    left = sum(request.plan.values())
    whole = 0.0
    first_spent, first_rows = 0.0, 0
    for number, task in enumerate(todo):
        spent = 0.0
        rows = 0
        began = time.perf_counter()
        for chunk in fitted.sample(task):
            spent += time.perf_counter() - began
            rows += chunk.data.num_rows
            yield chunk
            began = time.perf_counter()
        left -= rows
        whole += spent
        pace = spent / max(rows, 1)
        if not number:
            first_spent, first_rows = spent, rows
        shared = max(0.0, first_spent - first_rows * pace) / jobs
        gain = left * pace * (1 - 1 / jobs)
        if number and whole > START_SECONDS and gain > PAYS * (START_SECONDS + shared):
            return todo[number + 1 :]
    return []


def _together(
    fitted: FittedModel, request: SampleRequest, todo: list[SampleRequest], how: Crewing
) -> Iterator[TableChunk]:
    """Draw tasks by several processes, or here after all if none starts that nobody asked for."""
    with tempfile.TemporaryDirectory(prefix="synthkit-") as folder:
        model = Path(folder) / "model.synthkit"
        how.save(model)
        crew = Crew(model, Path(folder), todo, how.jobs)
        try:
            with crew:
                yield from crew.chunks(request.progress)
            return
        except (SynthkitError, OSError):
            if crew.ready or not how.unasked:
                raise
    for task in todo:
        yield from fitted.sample(task)
