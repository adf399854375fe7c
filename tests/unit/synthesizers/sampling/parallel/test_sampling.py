"""Other processes are taken to help where that was asked for, or where it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synthkit.contracts import SampleRequest, Streams, TableChunk
from synthkit.synthesizers.sampling.parallel import sampling
from synthkit.synthesizers.sampling.parallel.sampling import START_SECONDS, sampled

PARTS = 20
ROWS = 1_000
"""Rows of a part, and of each task."""


class Clock:
    """Seconds that pass when rows are drawn."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


class Slow:
    """A model whose parts take a time each, the first one longer; notes who draws what."""

    def __init__(self, clock: Clock, seconds: float, first: float = 0.0) -> None:
        self.clock = clock
        self.seconds = seconds
        self.first = first
        self.here: list[int] = []

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        return [replace(request, blocks=(n, n + 1)) for n in range(PARTS)]

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        first, last = request.blocks or (0, PARTS)
        for number in range(first, last):
            self.clock.now += self.seconds + (self.first if not number else 0.0)
            self.here.append(number)
            yield TableChunk("t", pa.table({"n": [number] * ROWS}))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sampling, "time", clock)
    monkeypatch.setattr(sampling, "cores", lambda: 2)
    return clock


class Together:
    """In place of the crew's processes: notes what they are given, and draws it itself."""

    def __init__(self) -> None:
        self.given: list[tuple[int, int] | None] = []
        self.jobs = 0

    def __call__(self, fitted: Any, request: Any, todo: Any, how: Any) -> Iterator[TableChunk]:
        self.given = [task.blocks for task in todo]
        self.jobs = how.jobs
        for task in todo:
            yield from fitted.sample(task)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Together:
    crew = Together()
    monkeypatch.setattr(sampling, "_together", crew)
    return crew


def drawn(model: Slow, jobs: int) -> list[int]:
    values: Any = None
    fitted: Any = model
    request = SampleRequest({"t": PARTS * ROWS}, Streams(1), values)
    chunks = sampled(fitted, request, jobs, Path.touch)
    return [chunk.data.column("n")[0].as_py() for chunk in chunks]


def test_one_process_is_this_one(clock: Clock, together: Together) -> None:
    assert drawn(Slow(clock, 100.0), 1) == list(range(PARTS))
    assert together.given == []


def test_as_many_as_asked_for_draw_all(clock: Clock, together: Together) -> None:
    assert drawn(Slow(clock, 0.001), 3) == list(range(PARTS))
    assert together.jobs == 3
    assert len(together.given) == PARTS


def test_a_short_sample_is_drawn_here(clock: Clock, together: Together) -> None:
    """At two cores the time gained is half of what is left; it has to be twice the start."""
    assert drawn(Slow(clock, 4 * START_SECONDS / PARTS), 0) == list(range(PARTS))
    assert together.given == []


def test_a_long_sample_is_helped_after_two_tasks(clock: Clock, together: Together) -> None:
    model = Slow(clock, 6 * START_SECONDS / PARTS)
    assert drawn(model, 0) == list(range(PARTS))
    assert together.jobs == 2
    assert [together.given[0], together.given[-1]] == [(4, 6), (18, 20)]


def test_what_the_first_task_costs_once_is_no_pace(clock: Clock, together: Together) -> None:
    assert drawn(Slow(clock, 0.01, first=1_000.0), 0) == list(range(PARTS))
    assert together.given == []


class Warming(Slow):
    """Its first tasks are slow: what is drawn once for all."""

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        self.seconds = 0.001 if self.clock.now > 0.4 * START_SECONDS else 0.24 * START_SECONDS
        yield from super().sample(request)


def test_a_few_slow_rows_are_no_pace(
    clock: Clock, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "cores", lambda: 4)
    assert drawn(Warming(clock, 0.0), 0) == list(range(PARTS))
    assert together.given == []


def test_what_all_share_counts_as_a_cost(clock: Clock, together: Together) -> None:
    """Long enough without it (see above), too short where processes have to draw it first."""
    assert drawn(Slow(clock, 6 * START_SECONDS / PARTS, first=START_SECONDS), 0)
    assert together.given == []


def test_each_process_draws_its_part_of_what_all_share(clock: Clock, together: Together) -> None:
    """Half of it each: all of it would cost more than is gained."""
    assert drawn(Slow(clock, 6 * START_SECONDS / PARTS, first=0.3 * START_SECONDS), 0)
    assert together.jobs == 2


def test_on_one_core_nobody_helps(
    clock: Clock, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "cores", lambda: 1)
    assert drawn(Slow(clock, 1_000.0), 0) == list(range(PARTS))
    assert together.given == []
