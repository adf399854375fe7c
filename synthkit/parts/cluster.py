"""Makes parts on a Dask cluster: tasks are numbers, answers are receipts, rows stay where they are.

The scheduler gives the parts of a worker that is gone to others.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from importlib import import_module
from itertools import islice
from logging import ERROR
from math import inf
from typing import Any

from synthkit.errors import SynthkitError, UsageError
from synthkit.parts.making import made_part
from synthkit.processors import cores

__all__ = ["LOCAL", "by_cluster"]

LOCAL = "local"
"""The address of a cluster that is started here for the time being."""
_AHEAD = 4
"""Tasks for each thread of the cluster that are handed to the scheduler ahead."""
_COUNTED_FOR = 5.0
"""Seconds for which a number of workers is believed."""
_SECONDS = 30
"""How long to wait for a scheduler, and for its first worker: all may just be starting."""


def by_cluster(
    place: str, fingerprint: str, numbers: Iterator[int], address: str, jobs: int
) -> Generator[dict[str, Any], None, None]:
    """Yield what `made_part` answers for each number, in the order in which they are made."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise UsageError(
            "--dask needs Dask distributed, which is not installed.",
            hint="pip install 'synthkit[distributed]'",
        ) from None
    with ExitStack() as stack:
        client = stack.enter_context(_client(distributed, stack, address, jobs))
        try:
            client.wait_for_workers(1, timeout=_SECONDS)
        except TimeoutError:
            raise SynthkitError(
                f"The cluster at {address} has no worker.",
                hint="Start some: dask worker ADDRESS, where synthkit is installed.",
            ) from None
        ahead = _Ahead(client)

        def handed(count: int) -> list[Any]:
            return [
                client.submit(made_part, place, fingerprint, number, pure=False)
                for number in islice(numbers, max(count, 0))
            ]

        waiting = distributed.as_completed(handed(ahead.tasks))
        for future in waiting:
            try:
                answer = future.result()
            except Exception as error:  # of the cluster: ours cross as values
                raise _failed(error) from error
            yield answer
            waiting.update(handed(ahead.tasks - waiting.count()))


class _Ahead:
    """How many tasks to hand out ahead: workers come and go, and are counted now and then."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._counted = -inf
        self._threads = 0

    @property
    def tasks(self) -> int:
        """The number of tasks."""
        if time.monotonic() - self._counted > _COUNTED_FOR:
            self._threads = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return _AHEAD * max(self._threads, 1)


def _client(distributed: Any, stack: ExitStack, address: str, jobs: int) -> Any:
    """Return a client of the cluster at an address, or of one that is started."""
    if address == LOCAL:
        cluster = distributed.LocalCluster(
            n_workers=jobs or cores(),
            threads_per_worker=1,
            # No dashboard; the port of its server is any, for others may run here too.
            scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            silence_logs=ERROR,
        )
        return distributed.Client(stack.enter_context(cluster))
    try:
        return distributed.Client(address, timeout=_SECONDS)
    except (OSError, ValueError) as error:
        raise SynthkitError(
            f"There is no Dask scheduler at {address}.",
            hint="Give --dask tcp://HOST:8786, or --dask local to start a cluster here.",
        ) from error


def _failed(error: Exception) -> SynthkitError:
    """Return an error of the cluster as ours; its text may hold anything, so only its kind."""
    return SynthkitError(
        f"The cluster failed at a part ({type(error).__name__}).",
        hint="Workers need the same version of synthkit, and enough memory for a part: see "
        "the log of the workers, or give --part-rows. What is done is kept: --resume goes on.",
    )
