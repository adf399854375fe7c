"""Requests are cut into tasks of about equal work, and only where they can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from synthkit.contracts import SampleRequest, Streams
from synthkit.synthesizers.sampling.parallel.tasks import EACH, TASK_ROWS, tasks

Cut = Callable[[SampleRequest], Sequence[SampleRequest]]


class Parts:
    """A model that is cut as it is told."""

    def __init__(self, cut: Cut) -> None:
        self.partitions = cut


def request(rows: int) -> SampleRequest:
    values: Any = None
    return SampleRequest({"t": rows}, Streams(1), values)


def blocks(count: int) -> Cut:
    return lambda whole: [replace(whole, blocks=(n, n + 1)) for n in range(count)]


def cut(rows: int, how: Cut, jobs: int) -> list[tuple[int, int] | None]:
    model: Any = Parts(how)
    return [task.blocks for task in tasks(model, request(rows), jobs)]


def test_tasks_are_consecutive_and_cover_all_blocks() -> None:
    found = cut(10 * TASK_ROWS, blocks(45), 2)
    assert [found[0], found[-1]] == [(0, 4), (44, 45)]
    assert all(a and b and a[1] == b[0] for a, b in pairwise(found))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_each_process_gets_several_tasks(jobs: int) -> None:
    assert len(cut(1000, blocks(100), jobs)) >= EACH * jobs


def test_large_blocks_are_tasks_of_their_own() -> None:
    assert len(cut(100 * TASK_ROWS, blocks(60), 2)) == 60


@pytest.mark.parametrize(
    "how",
    [
        lambda whole: [whole],
        lambda whole: [],
        lambda whole: [whole, whole],
        lambda whole: [replace(whole, blocks=(0, 1)), replace(whole, blocks=(2, 3))],
        lambda whole: [replace(whole, blocks=(n, n + 1), plan={"t": 1}) for n in range(2)],
    ],
    ids=["whole", "nothing", "no blocks", "a gap", "other plans"],
)
def test_what_cannot_be_cut_is_one_task(how: Cut) -> None:
    assert cut(1000, how, 2) == [None]
