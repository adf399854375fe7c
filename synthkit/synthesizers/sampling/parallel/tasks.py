"""What processes do at a time: consecutive partitions of a request, of about equal work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from synthkit.contracts.synthesizer import FittedModel, SampleRequest

__all__ = ["cores", "tasks"]

TASK_ROWS = 200_000
"""Rows of a task: about a second of drawing, and the memory that a finished task waits in."""

EACH = 4
"""Tasks that each process gets at least, so that none waits long for the last."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def tasks(fitted: FittedModel, request: SampleRequest, jobs: int) -> list[SampleRequest]:
    """Cut a request into tasks, in order; one task where the model cannot be cut."""
    parts = fitted.partitions(request)
    if len(parts) < 2 or not _follow(parts, request):
        return [request]
    rows = sum(request.plan.values()) / len(parts)
    most = max(1, int(TASK_ROWS / max(rows, 1)))
    size = max(1, min(most, len(parts) // (EACH * jobs)))
    return [_joined(parts[start : start + size]) for start in range(0, len(parts), size)]


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
