"""How fast tables are written, beside pandas, bare pyarrow and the databases' own copying.

``python -m tests.benchmarks.databases [--rows 300000] [--only files sqlite ...]`` starts PostgreSQL
and MariaDB and prints a line per target: seconds and ratios, on the wall; for files
of CPU as well, as ours are written by two threads.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import create_engine, text

from synthkit import pipeline
from synthkit.dataset import Dataset, to_pandas
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import storage_of
from tests.servers import mariadb, postgresql

WARM_ROWS = 1_000
TARGETS = ["files", "sqlite", "duckdb", "postgresql", "mysql"]


def orders(rows: int) -> Dataset:
    """Return a table of 12 columns: numbers, decimals, dates, moments, labels, text with quotes."""
    rng = np.random.default_rng(1)
    words = np.array(["plain text", "Größe", "x" * 40] * 6 + ['with "quotes"', "comma, and\ttab"])

    def some(values: pa.Array) -> pa.Array:
        return pa.array(values.to_pylist(), values.type, mask=rng.random(rows) < 0.1)

    cents = rng.integers(0, 1_000_000, rows)
    moments = rng.integers(1_600_000_000, 1_700_000_000, rows)
    data = pa.table(
        {
            "id": np.arange(rows),
            "customer": rng.integers(0, rows // 10 + 1, rows),
            "quantity": some(pa.array(rng.integers(1, 9, rows))),
            "score": rng.random(rows),
            "amount": pa.array(cents / 100).cast(pa.decimal128(12, 2), safe=False),
            "active": rng.random(rows) < 0.5,
            "day": pa.array((moments // 86_400).astype("int32")).cast(pa.date32()),
            "at": pa.array(moments).cast(pa.timestamp("s")).cast(pa.timestamp("us")),
            "status": rng.choice(np.array(["new", "paid", "sent", "back"]), rows),
            "note": some(pa.array(rng.choice(words, rows))),
            "code": pa.array(rng.integers(10**9, 10**10, rows)).cast(pa.string()),
            "mail": [f"user{number}@example.com" for number in cents],
        }
    )
    columns = tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema)
    table = Table(name="orders", columns=columns, primary_key=("id",))
    return Dataset.in_memory(Schema(tables=(table,)), {"orders": data})


Run = Callable[[], object]


def timed(run: Run, repeats: int) -> float:
    """Return the median of seconds of some runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def best(runs: dict[str, Run], rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Return the fewest seconds of each, on the wall and of this process's CPU.

    All take turns, so that none has a quiet machine alone; what disturbs a run only adds to it.
    """
    wall = dict.fromkeys(runs, math.inf)
    cpu = dict.fromkeys(runs, math.inf)
    for _ in range(rounds):
        for name, run in runs.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            run()
            cpu[name] = min(cpu[name], time.process_time() - began_cpu)
            wall[name] = min(wall[name], time.perf_counter() - began)
    return wall, cpu


def line(target: str, ours: float, others: dict[str, float], rows: int) -> None:
    """Print one comparison."""
    parts = [f"{name} {each:.2f} s ({each / ours:.1f} x ours)" for name, each in others.items()]
    sys.stdout.write(
        f"{target:12} ours {ours:.2f} s ({rows / ours:,.0f} rows/s); " + "; ".join(parts) + "\n"
    )


def files(data: Dataset, folder: Path, rounds: int) -> None:
    """CSV beside pandas, Parquet beside pyarrow."""
    table = data.arrow("orders")
    frame = to_pandas(table)
    rows = table.num_rows

    def ours(format: str) -> None:
        pipeline.write(data, folder / format, format=format, overwrite=True)

    def pandas() -> None:
        frame.to_csv(folder / "pandas.csv", index=False)

    def bare() -> None:
        file = folder / "bare.parquet"
        pq.write_table(table, file, compression="zstd", row_group_size=100_000)

    others: dict[str, dict[str, Run]] = {
        "csv": {"pandas": pandas},
        "parquet": {"bare pyarrow": bare},
    }
    for format, other in others.items():
        wall, cpu = best({"ours": partial(ours, format), **other}, rounds)
        line(format, wall.pop("ours"), wall, rows)
        line(f"{format} CPU", cpu.pop("ours"), cpu, rows)


def database(name: str, data: Dataset, location: str, url: str, like: str | None) -> None:
    """A database beside pandas.to_sql (its default, and several rows a statement)."""
    rows = data.row_counts["orders"]
    frame = to_pandas(data.arrow("orders"))
    if name == "sqlite":  # whose driver takes no decimals
        frame["amount"] = frame["amount"].astype(float)
    engine = create_engine(url)
    others = {}

    def fresh() -> None:
        if name == "sqlite":  # a new file: one that is there is written with care, and slower
            Path(location).unlink(missing_ok=True)
        pipeline.write(data, location, overwrite=True)

    ours = timed(fresh, 3)
    if name == "sqlite":
        others["ours into a file that is there"] = timed(
            lambda: pipeline.write(data, location, overwrite=True), 1
        )

    def plain() -> None:
        frame.to_sql("other", engine, index=False, if_exists="replace")

    others["to_sql"] = timed(plain, 1)
    if like is not None:

        def copied() -> None:
            with engine.begin() as connection:
                connection.execute(text("DROP TABLE IF EXISTS copied"))
                connection.execute(text(like))
                connection.execute(text("INSERT INTO copied SELECT * FROM orders"))

        others["INSERT ... SELECT"] = timed(copied, 3)
    engine.dispose()
    line(name, ours, others, rows)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--only", nargs="+", default=TARGETS, choices=TARGETS)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    data = orders(asked.rows)
    for format in ("csv", "parquet"):
        pipeline.write(orders(WARM_ROWS), folder / format, format=format)

    try:
        if "files" in asked.only:
            files(data, folder, 5)
        if "sqlite" in asked.only:
            location, other = folder / "ours.sqlite", folder / "other.sqlite"
            database("sqlite", data, str(location), f"sqlite:///{other}", None)
        if "duckdb" in asked.only:
            ours = timed(lambda: pipeline.write(data, folder / "ours.duckdb", overwrite=True), 3)
            line("duckdb", ours, {}, asked.rows)
        if "postgresql" in asked.only:
            like = "CREATE TABLE copied (LIKE orders INCLUDING ALL)"
            with postgresql.server() as server, postgresql.database(server) as url:
                driver = url.replace("postgresql://", "postgresql+psycopg://")
                database("postgresql", data, url, driver, like)
        if "mysql" in asked.only:
            with mariadb.server() as server, mariadb.database(server) as url:
                driver = url.replace("mysql://", "mysql+pymysql://")
                database("mysql", data, url, driver, "CREATE TABLE copied LIKE orders")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
