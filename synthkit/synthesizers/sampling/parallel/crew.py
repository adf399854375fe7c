"""Processes that draw tasks side by side, whose rows are given out in the order of the tasks.

Each process has a thread that hands it tasks and listens. Few tasks are ahead of the one given
out, so memory and disk stay bounded. When the crew is left, its processes and files are gone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Self

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError
from synthkit.synthesizers.sampling.exchange import HANDED
from synthkit.synthesizers.sampling.parallel.messages import described_request, error_of, read_rows

__all__ = ["Crew"]

AHEAD = 2
"""Tasks for each process that may be begun before the oldest of them is given out."""

Process = subprocess.Popen[str]


class Crew:
    """Processes that sample one model. Use it as a context manager."""

    def __init__(
        self, model: Path, folder: Path, tasks: Sequence[SampleRequest], jobs: int
    ) -> None:
        """Store the model's file, a folder for rows, what is to be drawn and by how many."""
        self.ready = False
        """Whether any process has restored the model."""
        self._start = {
            "model": str(model),
            "folder": str(folder),
            "request": described_request(tasks[0], folder),
        }
        self._folder = folder
        self._tasks = tasks
        self._jobs = min(jobs, len(tasks))
        self._changed = Condition()
        self._begun = self._given = 0
        self._done: dict[int, list[str]] = {}
        self._news: list[Mapping[str, Any]] = []
        self._failure: Exception | None = None
        self._closed = False
        self._processes: list[Process] = []
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        """Start the processes."""
        try:
            (self._folder / HANDED).mkdir(exist_ok=True)
            for _ in range(self._jobs):
                self._processes.append(_started())
        except BaseException:
            self.__exit__()
            raise
        for place, process in enumerate(self._processes):
            thread = Thread(target=self._lead, args=(process, place), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, whatever they do."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # what was not read yet need not be
                        pipe.close()

    def chunks(self, progress: Progress) -> Iterator[TableChunk]:
        """Yield the rows of all tasks in order; raise what went wrong in any process."""
        for number in range(len(self._tasks)):
            names = self._wait(number, progress)
            path = self._folder / _file(number)
            yield from read_rows(path, names)
            path.unlink()
            with self._changed:
                self._given = number + 1
                self._changed.notify_all()

    def _wait(self, number: int, progress: Progress) -> list[str]:
        """Return the tables of a task once it is done, passing on what is told meanwhile."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._news or self._failure or number in self._done)
                news, self._news = self._news, []
                failure, names = self._failure, self._done.get(number)
            for each in news:
                if "said" in each:
                    progress.say(each["said"])
                else:
                    progress.advance(each["rows"])
            if failure is not None:
                raise failure
            if names is not None:
                return names

    def _lead(self, process: Process, place: int) -> None:
        """Hand tasks to a process, one after the other, and take down its answers."""
        try:
            _send(process, {**self._start, "place": place, "count": self._jobs})
            self._listen(process)
            with self._changed:
                self.ready = True
            while (number := self._next()) is not None:
                blocks = self._tasks[number].blocks
                _send(process, {"blocks": blocks, "file": _file(number)})
                names = self._listen(process)["tables"]
                with self._changed:
                    self._done[number] = names
                    self._changed.notify_all()
        except Exception as error:  # raised where the rows are waited for
            with self._changed:
                self._failure = self._failure or error
                self._changed.notify_all()

    def _next(self) -> int | None:
        """Return the next task once it may be begun, or None when there is none left."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._closed
                    or self._failure
                    or self._begun == len(self._tasks)
                    or self._begun < self._given + AHEAD * self._jobs
                )
            )
            if self._closed or self._failure or self._begun == len(self._tasks):
                return None
            self._begun += 1
            return self._begun - 1

    def _listen(self, process: Process) -> Mapping[str, Any]:
        """Return a process's answer, after what it tells on the way."""
        assert process.stdout is not None
        for line in process.stdout:
            answer: dict[str, Any] = json.loads(line)
            if "error" in answer:
                raise error_of(answer["error"])
            if not answer.keys() & {"rows", "said"}:
                return answer
            with self._changed:
                self._news.append(answer)
                self._changed.notify_all()
        raise _ended(process.wait())


def _started() -> Process:
    """Start a process that finds what this one finds, in a session that Ctrl-C does not reach."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "synthkit.synthesizers.sampling.parallel.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )


def _send(process: Process, message: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    # A process that is gone is noticed where its answer is awaited.
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()


def _ended(code: int) -> SynthkitError:
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
    return SynthkitError(
        f"A process that drew rows was ended {how}.",
        hint="If memory ran out, use fewer processes: --jobs 1 (in Python: jobs=1).",
    )


def _file(number: int) -> str:
    return f"{number}.arrow"
