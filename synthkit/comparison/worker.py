"""The process of one trial: ``python -m synthkit.comparison.worker``.

It reads what to do from standard input and answers with a line of JSON on standard output. It ends
with the process that started it, however that one ends.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from synthkit.contracts.progress import Silent
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError

__all__ = ["main"]


class _Notes(Silent):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)


def main() -> None:
    """Fit and sample what is asked for, once."""
    # What a plugin prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    Thread(target=_end_with_parent, args=(Path(order["train"]).parent,), daemon=True).start()
    notes = _Notes()
    try:
        answer: dict[str, Any] = {"cost": _tried(order, notes)}
    except SynthkitError as error:
        answer = {"failure": error.message}
    except MemoryError:
        answer = {"failure": "There was not enough memory."}
    except Exception as error:  # the others go on; the message may hold a value of the data
        answer = {"failure": f"It failed ({type(error).__name__}): this is a bug of it."}
    answers.write(json.dumps({**answer, "notes": notes.said}) + "\n")
    answers.flush()
    os._exit(0)  # the thread that waits for the parent does not hold this process


def _end_with_parent(folder: Path) -> None:
    """End when the one who asked is gone, and leave nothing of its rows behind."""
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _tried(order: Mapping[str, Any], notes: _Notes) -> dict[str, Any]:
    from synthkit import pipeline
    from synthkit.comparison.rows import store_tables, stored_tables

    name, seed = order["synthesizer"], order["seed"]
    _warm(name, notes)
    base = _peak()
    train = stored_tables(Path(order["train"]))
    began = time.perf_counter()
    model = pipeline.fit(train, synthesizer=name, seed=seed, progress=notes)
    fitted = time.perf_counter()
    drawn = _Timed(model.sample(seed=seed, jobs=1).stream())
    rows = store_tables(model.schema, drawn, Path(order["out"]))
    return {
        "fit_seconds": fitted - began,
        "sample_seconds": drawn.seconds,
        "rows": rows,
        "peak_bytes": _peak(),
        "base_bytes": base,
    }


def _warm(name: str, notes: _Notes) -> None:
    """Fit and sample a few rows, so that imports and compiled code are there."""
    from synthkit import pipeline
    from synthkit.comparison.rows import few_rows

    try:
        pipeline.fit(few_rows(), synthesizer=name, seed=1).sample(seed=1, jobs=1).load()
    except Exception:  # what it cannot do is told of the real data: here only its times suffer
        notes.say("Its times hold its imports: it cannot learn the few rows that load them.")


class _Timed:
    """An iterator that counts the seconds in which it waits for the next item."""

    def __init__(self, chunks: Iterator[TableChunk]) -> None:
        self._chunks = chunks
        self.seconds = 0.0

    def __iter__(self) -> Iterator[TableChunk]:
        return self

    def __next__(self) -> TableChunk:
        began = time.perf_counter()
        try:
            return next(self._chunks)
        finally:
            self.seconds += time.perf_counter() - began


def _peak() -> int | None:
    """Return the most memory that this process has held at a time, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells on Linux may be of the process that started this
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else None
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()
