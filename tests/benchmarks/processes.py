"""Measures what processes gain: ``python -m tests.benchmarks.processes [WORK...] [--rows N ...]``.

Works: ``sample``, ``anonymize``, ``generate`` (each of so many rows, to Parquet) and ``small``
(sample_data anonymized). Prints wall and CPU seconds of the command without parts, with parts by
one process, and by ``--jobs`` of them. Nothing else may run on the machine for wall to mean much.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthkit.anonymization.keys import new_key
from tests.benchmarks.parts import fitted

DATA = Path(__file__).parents[2] / "sample_data"
SIZES = [1_000_000, 10_000_000]
PLAN = """version: 1
tables:
  people:
    subject: id
    columns:
      id: {op: keep}
      first_name: {op: pool, kind: first_name, scope: subject}
      email: {op: email}
      born: {op: date_shift}
      amount: {op: keep}
"""
OF_CUSTOMERS = 13
"""Rows that ``crm`` makes for each customer, about; the table tells how many they were."""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def sampled(folder: Path, rows: int) -> list[str]:
    model = fitted(folder).save(folder / "model.synthkit")
    return ["sample", str(model), "--rows", f"purchases={rows * 7 // 10}", "--seed", "1"]


def anonymized(folder: Path, rows: int) -> list[str]:
    rng, number = np.random.default_rng(1), np.arange(rows)
    names = pa.array(["Anna", "Bela", "Carla", "Dieter", "Emil", "Fritz", "Gerd", "Hanna"])
    table = pa.table(
        {
            "id": number,
            "first_name": names.take(pa.array(rng.integers(0, len(names), rows))),
            "email": [f"user{each}@mail.test" for each in range(rows)],
            "born": pa.array(rng.integers(0, 15_000, rows).astype("int32")).cast(pa.date32()),
            "amount": rng.random(rows),
        }
    )
    (folder / "extract").mkdir()
    pq.write_table(table, folder / "extract" / "people.parquet", row_group_size=250_000)
    (folder / "plan.yaml").write_text(PLAN)
    how = ["--with", str(folder / "plan.yaml"), "--key-file", key(folder)]
    return ["anonymize", str(folder / "extract"), *how]


def small(folder: Path, _: int) -> list[str]:
    plan = str(folder / "plan.yaml")
    command = ["anonymize", str(DATA), "--plan", plan, "--quiet"]
    subprocess.run([sys.executable, "-m", "synthkit", *command], check=True)
    return ["anonymize", str(DATA), "--with", plan, "--key-file", key(folder)]


def generated(_: Path, rows: int) -> list[str]:
    return ["generate", "crm", "--rows", f"customers={rows // OF_CUSTOMERS}", "--seed", "1"]


def key(folder: Path) -> str:
    file = folder / "my.key"
    file.write_text(new_key("bench").text())
    file.chmod(0o600)
    return str(file)


WORKS: dict[str, Callable[[Path, int], list[str]]] = {
    "sample": sampled,
    "anonymize": anonymized,
    "generate": generated,
    "small": small,
}


def spent(command: Sequence[str]) -> tuple[float, float]:
    """Return wall and CPU seconds of a command of synthkit, those of its processes too."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "synthkit", *command])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def measure(name: str, rows: int, jobs: int) -> None:
    """Print one line for each way to do a work."""
    ways = {
        "without parts": ["--jobs", "1"] if name == "sample" else [],
        "parts, 1 process": ["--parts", "--jobs", "1"],
        f"parts, {jobs} processes": ["--parts", "--jobs", str(jobs)],
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "first").mkdir()
        spent([*WORKS[name](folder / "first", 1_000), "--out", f"{place}/first/out", "--quiet"])
        command = WORKS[name](folder, rows)
        for way, options in ways.items():
            out = folder / way
            to = ["--out", str(out), "--format", "parquet", "--quiet"]
            wall, cpu = spent([*command, *options, *to])
            count = sum(pq.ParquetFile(each).metadata.num_rows for each in out.rglob("*.parquet"))
            say(f"{name:10}{count:14,}  {way:20}{wall:8.1f} s wall{cpu:8.1f} s CPU")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("works", nargs="*", help=", ".join(WORKS))
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if unknown := set(options.works) - set(WORKS):
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as compiled:
        # As where synthkit is installed: byte code is written, by the first run.
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in options.works or WORKS:
            for rows in options.rows if name != "small" else options.rows[:1]:
                measure(name, rows, options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
