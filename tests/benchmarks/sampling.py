"""Measures a sample: ``python tests/benchmarks/sampling.py [--rows N] [--check]``.

Fits sample_data (or ``--data``), then samples in a process of its own, once for each format, and
prints rows, seconds, rows a second, bytes written and the peak of the process's resident memory.
``--check`` fails where the peak is 1 GB or more, the bound for 1,000,000 rows of the main table.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST = 1e9
REPOSITORY = Path(__file__).parents[2]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def sample(model: Path, rows: int, form: str, folder: Path) -> tuple[int, float, int, float]:
    """Sample in this process; return rows, seconds, bytes written and peak bytes of memory."""
    import synthkit

    began = time.perf_counter()
    drawn = synthkit.load(model).sample(rows=rows, seed=1)
    synthkit.write(drawn, folder, format=form)
    spent = time.perf_counter() - began
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return sum(drawn.plan.values()), spent, size, peak


def run(*arguments: str) -> bytes:
    """Run Python in a new process; this one stays small, since its memory would count as theirs."""
    return subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE).stdout


def measured(model: Path, rows: int, form: str) -> tuple[int, float, int, float]:
    """Sample in a new process, whose peak is that of the sample alone."""
    with tempfile.TemporaryDirectory() as folder:
        found = run(__file__, "--sample", str(model), form, f"{folder}/out", "--rows", str(rows))
    count, spent, size, peak = json.loads(found)
    return count, spent, size, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=str(REPOSITORY / "sample_data"))
    parser.add_argument("--synthesizer", default="independent")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the main table")
    parser.add_argument("--formats", nargs="+", default=["csv", "parquet"])
    parser.add_argument("--check", action="store_true", help="fail at the bound or above")
    parser.add_argument("--sample", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.sample:
        model, form, folder = options.sample
        say(json.dumps(sample(Path(model), options.rows, form, Path(folder))))
        return 0
    large = []
    say(f"{'format':10}{'rows':>14}{'seconds':>9}{'rows/s':>11}{'MB':>9}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.synthkit"
        fit = ("fit", options.data, "--synthesizer", options.synthesizer, "--out", str(path))
        run("-m", "synthkit", *fit, "--seed", "1", "--quiet")
        for form in options.formats:
            count, spent, size, peak = measured(path, options.rows, form)
            line = f"{form:10}{count:14,}{spent:9.1f}{count / spent:11,.0f}"
            say(f"{line}{size / 1e6:9.0f}{peak / 1e6:9.0f}")
            if peak >= MOST:
                large.append(form)
    if options.check and large:
        say(f"{MOST / 1e6:,.0f} MB or more: {', '.join(large)}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
