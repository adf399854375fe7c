"""Measures speed: ``python tests/benchmarks/speed.py [PART...] [--check]``.

Parts: ``fit`` (fit and sample by command, after a run to warm up), ``sample`` (rows a second in
one process on one core), ``memory`` (10,000,000 rows to Parquet, peak memory), ``hma`` (fit
and sample of baseball, ours against the synthesizer ``hma`` in one process) and ``cold`` (the first
and the second fit and sample of ``sample_data`` with empty cache folders). The data sets are
those of ``--data``. ``--check`` fails where a bound is missed; other work on the machine counts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyarrow import csv

import synthkit
from synthkit.cache import FOLDER

DATA = Path(__file__).parents[3] / "shared" / "data"
SAMPLE = Path(__file__).parents[2] / "sample_data"
SECONDS = {"adult": 4.0, "baseball": 8.0, "sakila": 10.0}
COLUMNS = 10
TEN_COLUMNS = 500_000
BASEBALL = 150_000
ROWS = 10_000_000
MEMORY = 1.5e9
TIMES = 30.0
COLD = 10.0
Line = tuple[str, float, str, bool]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def command(*arguments: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "synthkit", *arguments, "--quiet"],
        check=True,
        env={**os.environ, **environment},
    )


def measure_fit(data: Path) -> list[Line]:
    """Fit and sample each data set by command; what is compiled once is compiled before."""
    lines = []
    for name, most in SECONDS.items():
        with tempfile.TemporaryDirectory() as folder:
            spent = []
            for run in ("first", "second"):
                model = f"{folder}/{run}.synthkit"
                fit = ("fit", str(data / name / "train"), "--seed", "1", "--out", model)
                sample = ("sample", model, "--seed", "1", "--out", f"{folder}/{run}")
                spent.append(seconds(lambda a=fit, b=sample: (command(*a), command(*b))))
        lines.append((f"fit and sample {name}", spent[1], f"s <= {most:g}", spent[1] <= most))
    return lines


def drawn(model: synthkit.Model, rows: int) -> float:
    """Return the rows a second of a sample on one core, after one to warm up."""
    for _ in model.sample(rows=1_000, seed=1, jobs=1).stream():
        pass
    sample = model.sample(rows=rows, seed=1, jobs=1)

    def run() -> None:
        for _ in sample.stream():
            pass

    return sum(sample.plan.values()) / seconds(run)


def measure_sample(data: Path) -> list[Line]:
    adult = synthkit.read(data / "adult" / "train").load()
    table = next(iter(adult))
    with tempfile.TemporaryDirectory() as folder:
        csv.write_csv(adult.arrow(table).select(range(COLUMNS)), f"{folder}/{table}.csv")
        model = synthkit.fit(synthkit.read(folder), seed=1)
    one = drawn(model, 1_000_000)
    many = drawn(synthkit.fit(synthkit.read(data / "baseball" / "train"), seed=1), 50_000)
    return [
        ("sample 10 columns", one, f"rows/s >= {TEN_COLUMNS:,}", one >= TEN_COLUMNS),
        ("sample baseball", many, f"rows/s >= {BASEBALL:,}", many >= BASEBALL),
    ]


def sample_here(model: str, folder: str) -> None:
    """Sample to Parquet in this process, and print its seconds and peak bytes of memory."""
    learned = synthkit.load(model)
    spent = seconds(
        lambda: synthkit.write(learned.sample(rows=ROWS, seed=1, jobs=1), folder, format="parquet")
    )
    unit = 1 if sys.platform == "darwin" else 1024
    say(json.dumps([spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit]))


def measure_memory(data: Path) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model.synthkit"
        command("fit", str(data / "adult" / "train"), "--seed", "1", "--out", model)
        arguments = [sys.executable, __file__, "--sample", model, f"{folder}/out"]
        found = subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout
    spent, peak = json.loads(found)
    return [
        (f"{ROWS:,} rows of adult to Parquet", spent, "s", True),
        ("its peak memory", peak / 1e6, f"MB < {MEMORY / 1e6:g}", peak < MEMORY),
    ]


def measure_hma(data: Path) -> list[Line]:
    real = synthkit.read(data / "baseball" / "train").load()

    def whole(name: str) -> float:
        def run() -> None:
            for _ in synthkit.fit(real, synthesizer=name, seed=1).sample(seed=1).stream():
                pass

        return seconds(run)

    whole("relational")
    ours, theirs = min(whole("relational") for _ in range(3)), whole("hma")
    ratio = theirs / ours
    return [
        ("baseball, relational", ours, "s", True),
        ("baseball, hma", theirs, "s", True),
        ("times as fast as hma", ratio, f"x >= {TIMES:g}", ratio >= TIMES),
    ]


def measure_cold(_: Path) -> list[Line]:
    """Fit and sample twice, where nothing is compiled and no word list is kept before."""
    with tempfile.TemporaryDirectory() as folder:
        caches = {"NUMBA_CACHE_DIR": f"{folder}/compiled", FOLDER: f"{folder}/lists"}
        spent: dict[str, float] = {}
        for run in ("first", "second"):
            model = f"{folder}/{run}.synthkit"
            fit = ("fit", str(SAMPLE), "--seed", "1", "--out", model)
            sample = ("sample", model, "--seed", "1", "--out", f"{folder}/{run}")
            spent[f"{run} fit"] = seconds(lambda a=fit: command(*a, **caches))
            spent[f"{run} sample"] = seconds(lambda a=sample: command(*a, **caches))
    more = {name: spent[f"first {name}"] - spent[f"second {name}"] for name in ("fit", "sample")}
    total = sum(more.values())
    return [
        *((name, value, "s", True) for name, value in spent.items()),
        *((f"more for a first {name}", value, "s", True) for name, value in more.items()),
        ("more for first runs", total, f"s <= {COLD:g}", total <= COLD),
    ]


PARTS: dict[str, Callable[[Path], list[Line]]] = {
    "fit": measure_fit,
    "sample": measure_sample,
    "memory": measure_memory,
    "hma": measure_hma,
    "cold": measure_cold,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--check", action="store_true", help="fail where a bound is missed")
    parser.add_argument("--sample", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sample:
        sample_here(*options.sample)
        return 0
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    missed = []
    for part in options.parts or PARTS:
        for what, value, bound, good in PARTS[part](options.data):
            say(f"{what:36}{value:14,.2f} {bound}{'' if good else '   missed'}")
            if not good:
                missed.append(what)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
