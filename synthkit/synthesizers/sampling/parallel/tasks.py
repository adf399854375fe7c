"""What processes do at a time: consecutive partitions of a request, of about equal work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import overload

from synthkit.contracts.synthesizer import FittedModel, SampleRequest
from synthkit.synthesizers.sampling.blockwise import SingleBlocks

__all__ = ["numbered_tasks", "tasks"]

TASK_ROWS = 200_000
"""Rows of a task: about a second of drawing, and the memory that a finished task waits in."""

EACH = 4
"""Tasks that each process gets at least, so that none waits long for the last."""


def tasks(fitted: FittedModel, request: SampleRequest, jobs: int) -> list[SampleRequest]:
    """Cut a request into tasks, in order; one task where the model cannot be cut."""
    parts = fitted.partitions(request)
    if not _divisible(parts, request):
        return [request]
    size = max(1, min(_blocks_of(TASK_ROWS, parts, request), len(parts) // (EACH * jobs)))
    return [_joined(parts[start : start + size]) for start in range(0, len(parts), size)]


def numbered_tasks(
    fitted: FittedModel, request: SampleRequest, rows: int
) -> Sequence[SampleRequest]:
    """Cut a request into tasks of about so many rows, whoever does them; made when asked for."""
    parts = fitted.partitions(request)
    if not _divisible(parts, request):
        return [request]
    return _Joined(parts, _blocks_of(rows, parts, request))


class _Joined(Sequence[SampleRequest]):
    """Partitions, ``size`` of them at a time."""

    def __init__(self, parts: Sequence[SampleRequest], size: int) -> None:
        self._parts = parts
        self._size = size

    def __len__(self) -> int:
        return (len(self._parts) + self._size - 1) // self._size

    @overload
    def __getitem__(self, place: int) -> SampleRequest: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[SampleRequest]: ...

    def __getitem__(self, place: int | slice) -> SampleRequest | Sequence[SampleRequest]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        start = range(len(self))[place] * self._size
        return _joined(self._parts[start : start + self._size])


def _blocks_of(rows: int, parts: Sequence[SampleRequest], request: SampleRequest) -> int:
    """Return how many partitions have about so many rows."""
    each = sum(request.plan.values()) / len(parts)
    return max(1, int(rows / max(each, 1)))


def _divisible(parts: Sequence[SampleRequest], request: SampleRequest) -> bool:
    return len(parts) > 1 and (isinstance(parts, SingleBlocks) or _follow(parts, request))


def _follow(parts: Sequence[SampleRequest], request: SampleRequest) -> bool:
    """Say whether parts differ from the whole in their blocks alone, each after the last."""
    ranges = [part.blocks for part in parts if part.blocks is not None]
    if len(ranges) < len(parts) or any(before[1] != after[0] for before, after in pairwise(ranges)):
        return False
    return all(replace(part, blocks=request.blocks) == request for part in parts)


def _joined(parts: Sequence[SampleRequest]) -> SampleRequest:
    first, last = parts[0].blocks, parts[-1].blocks
    assert first is not None
    assert last is not None
    return replace(parts[0], blocks=(first[0], last[1]))
