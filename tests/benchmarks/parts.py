"""Measures writing in parts: ``python tests/benchmarks/parts.py [PART...] [--rows N] [--check]``.

Parts: ``write`` (customers with purchases as Parquet by two processes: rows a second, and the peak
memory of all processes together), ``plan`` (what cutting 10^11 rows and making one part of them
takes), ``receipts`` (what going on with 100,000 parts, and listing them, takes). ``--check`` fails
where memory passes its bound.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from pyarrow import csv

import synthkit
from synthkit.export.parts import PartsFolder, Receipt, form_of
from synthkit.parts.run import DEFAULT_ROWS
from synthkit.parts.sampled import SampledParts
from synthkit.plugins import installed_plugins

DATA = Path(__file__).parents[2] / "sample_data"
COLUMNS = {
    "customers": ["id", "segment", "industry", "country_code", "status", "lifetime_value"],
    "purchases": ["id", "customer_id", "purchase_date", "channel", "status", "amount"],
}
MEMORY = 2e9
FAR = 10**11
RECEIPTS = 100_000


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fitted(folder: Path) -> synthkit.Model:
    """Return a model of two tables."""
    data = folder / "data"
    data.mkdir()
    for table, columns in COLUMNS.items():
        csv.write_csv(csv.read_csv(DATA / f"{table}.csv").select(columns), data / f"{table}.csv")
    return synthkit.fit(data, seed=1)


def measure_write(folder: Path, rows: int) -> bool:
    model = fitted(folder).save(folder / "model.synthkit")
    arguments = ["sample", str(model), "--rows", f"purchases={rows * 7 // 10}", "--seed", "1"]
    where = ["--parts", "--jobs", "2", "--out", str(folder / "out"), "--quiet"]
    began, peak = time.perf_counter(), 0
    process = psutil.Popen([sys.executable, "-m", "synthkit", *arguments, *where])
    while process.poll() is None:
        try:
            everyone = [process, *process.children(recursive=True)]
            peak = max(peak, sum(each.memory_info().rss for each in everyone))
        except psutil.NoSuchProcess:  # one that has just ended
            pass
        time.sleep(0.5)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    spent = time.perf_counter() - began
    say(f"{rows:,} rows by two processes: {rows / spent:,.0f} rows/s, {peak / 1e6:,.0f} MB")
    return peak < MEMORY


def measure_plan(folder: Path, _: int) -> bool:
    model = fitted(folder)
    began = time.perf_counter()
    parts = SampledParts(model.sample(rows={"purchases": FAR * 7 // 10}, seed=1), DEFAULT_ROWS)
    say(f"{FAR:,} rows are {len(parts):,} parts: {time.perf_counter() - began:.4f} s")
    for number in (len(parts) // 3, len(parts) // 2):
        began = time.perf_counter()
        rows = sum(chunk.data.num_rows for chunk in parts.chunks(number))
        say(f"part {number:,}: {rows:,} rows, {time.perf_counter() - began:.2f} s")
    return True


def measure_receipts(folder: Path, _: int) -> bool:
    schema = fitted(folder).schema
    out = folder / "out"
    parts = PartsFolder(out, schema, form_of("parquet", installed_plugins()))
    parts.begin()
    for number in range(RECEIPTS):
        parts.write(number, iter(()), "f")
    began = time.perf_counter()
    receipts = [parts.done(number, "f") for number in range(RECEIPTS)]
    say(f"looking for {RECEIPTS:,} parts: {time.perf_counter() - began:.1f} s")
    made = [Receipt(r.number, dict.fromkeys(COLUMNS, (1, 1, "f" * 64))) for r in receipts if r]
    began = time.perf_counter()
    parts.finish(str(out), made, overwrite=False, attach=None)
    size = (out / "synthkit.json").stat().st_size
    say(f"listing them: {time.perf_counter() - began:.1f} s, {size / 1e6:.1f} MB")
    return True


PARTS: dict[str, Callable[[Path, int], bool]] = {
    "write": measure_write,
    "plan": measure_plan,
    "receipts": measure_receipts,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--check", action="store_true", help="fail where a bound is missed")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    good = True
    for part in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            good &= PARTS[part](Path(folder), options.rows)
    return 1 if options.check and not good else 0


if __name__ == "__main__":
    sys.exit(main())
