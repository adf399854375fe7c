"""One synthesizer, one seed: fitted and sampled in a process of its own, timed and weighed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from synthkit.comparison.rows import stored_tables
from synthkit.dataset import Dataset
from synthkit.metrics import Evaluation

__all__ = ["Cost", "Trial", "run_trial"]


@dataclass(frozen=True)
class Cost:
    """What a sample took: seconds, rows a second while sampling, and memory at the most.

    Seconds do not hold the start of the process, nor imports and compiled code, which a fit of a
    few rows loads before. ``peak_bytes`` are those of the whole process, ``base_bytes`` of them
    were taken before the data were read; None where the system does not tell.
    """

    fit_seconds: float
    sample_seconds: float
    rows: int
    peak_bytes: int | None
    base_bytes: int | None

    @property
    def rows_per_second(self) -> float:
        """Rows of all tables that were drawn in a second, by one process."""
        return self.rows / max(self.sample_seconds, 1e-9)


@dataclass(frozen=True)
class Trial:
    """What a synthesizer did with a seed: its cost and scores, or why it has none.

    ``notes`` are what it said on the way.
    """

    synthesizer: str
    seed: int
    cost: Cost | None = None
    scores: Evaluation | None = None
    failure: str | None = None
    notes: tuple[str, ...] = ()


def run_trial(name: str, seed: int, train: Path, out: Path) -> tuple[Trial, Dataset | None]:
    """Fit and sample in a new process; the sample is None where that failed.

    ``train`` is a folder of `rows.store_tables`, ``out`` one that the sample goes to. When this is
    left, by Ctrl-C too, the process is gone.
    """
    order = {
        "synthesizer": name,
        "seed": seed,
        "train": str(train),
        "out": str(out),
    }
    process = _started()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):  # a process that is gone is noticed by its answer
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        lines = process.stdout.read().splitlines()
        process.wait()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.close()
    if process.returncode != 0 or not lines:
        return Trial(name, seed, failure=_ended(process.returncode)), None
    answer = json.loads(lines[-1])
    notes = tuple(answer["notes"])
    if "failure" in answer:
        return Trial(name, seed, failure=answer["failure"], notes=notes), None
    return Trial(name, seed, Cost(**answer["cost"]), notes=notes), stored_tables(out)


def _started() -> subprocess.Popen[str]:
    """Start a process that finds what this one finds, in a session that Ctrl-C does not reach."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "synthkit.comparison.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )


def _ended(code: int) -> str:
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
    return f"Its process was ended {how}: there may not have been enough memory."
