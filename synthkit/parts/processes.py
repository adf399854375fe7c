"""Makes parts by processes of this machine. One that is killed is started again, a few times."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from synthkit.errors import SynthkitError

__all__ = ["ATTEMPTS", "by_processes"]

ATTEMPTS = 3
"""Times that one part is tried; a process that makes it may be killed for want of memory."""

Answer = dict[str, Any] | Exception


def by_processes(
    place: str, fingerprint: str, numbers: Iterator[int], jobs: int
) -> Generator[dict[str, Any], None, None]:
    """Yield what `made_part` answers for each number, in the order in which they are made."""
    answers: SimpleQueue[Answer | None] = SimpleQueue()
    crew = _Crew(f"{json.dumps([place, fingerprint])}\n", numbers, answers)
    threads = [Thread(target=crew.lead, daemon=True) for _ in range(jobs)]
    try:
        for thread in threads:
            thread.start()
        ended = 0
        while ended < jobs:
            answer = answers.get()
            if answer is None:
                ended += 1
            elif isinstance(answer, Exception):
                raise answer
            else:
                yield answer
    finally:
        crew.close()
        for thread in threads:
            thread.join()


class _Crew:
    """Processes, each led by a thread that hands it numbers and passes its answers on."""

    def __init__(
        self, first: str, numbers: Iterator[int], answers: SimpleQueue[Answer | None]
    ) -> None:
        self._first = first
        self._numbers = numbers
        self._answers = answers
        self._lock = Lock()
        self._closed = False
        self._running: set[subprocess.Popen[str]] = set()

    def lead(self) -> None:
        """Let a process make parts until there are none left."""
        process: subprocess.Popen[str] | None = None
        try:
            while (number := self._next()) is not None:
                for attempt in range(1, ATTEMPTS + 1):
                    process = process or self._started()
                    answer = _asked(process, number)
                    if answer is not None:
                        self._answers.put(answer)
                        break
                    code = self._end(process)
                    process = None
                    if self._closed:
                        return
                    if attempt == ATTEMPTS:
                        raise _ended(code)
        except Exception as error:  # raised where the answers are waited for
            self._answers.put(error)
        finally:
            if process is not None:
                self._end(process)
            self._answers.put(None)

    def close(self) -> None:
        """End all processes, whatever they do."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def _next(self) -> int | None:
        with self._lock:
            return None if self._closed else next(self._numbers, None)

    def _started(self) -> subprocess.Popen[str]:
        """Start a process that finds what this one finds, in a session without our Ctrl-C."""
        paths = [path or str(Path.cwd()) for path in sys.path]
        with self._lock:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "synthkit.parts.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                start_new_session=True,
            )
            self._running.add(process)
            if self._closed:
                process.kill()
        _tell(process, self._first)
        return process

    def _end(self, process: subprocess.Popen[str]) -> int:
        """End a process; return the code that it ended with by itself, if it did."""
        process.kill()
        code = process.wait()
        with self._lock:
            self._running.discard(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        return code


def _asked(process: subprocess.Popen[str], number: int) -> dict[str, Any] | None:
    """Return the answer to a number, or None if the process is gone."""
    assert process.stdout is not None
    _tell(process, f"{number}\n")
    line = process.stdout.readline()
    answer: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
    return answer


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    # A process that is gone is noticed where its answer is awaited.
    with suppress(BrokenPipeError):
        process.stdin.write(line)
        process.stdin.flush()


def _ended(code: int) -> SynthkitError:
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
    return SynthkitError(
        f"A process that made parts was ended {how}, {ATTEMPTS} times at the same part.",
        hint="If memory ran out: fewer processes (--jobs 1), or smaller parts (--part-rows).",
    )
