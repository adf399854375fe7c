"""How fast anonymizing is, beside Presidio cell by cell: python tests/benchmarks/anonymize.py."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from faker import Faker

from synthkit import extract, pipeline
from synthkit.anonymization.actions.pools import Pool
from synthkit.anonymization.actions.settings import PoolSettings
from synthkit.anonymization.distinct import decoded
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Decision, Plan, TablePlan
from synthkit.anonymization.recognizers.presidio import analyzer
from synthkit.anonymization.spans import find_spans
from synthkit.contracts import Beside
from synthkit.schema import Column, Schema, Table
from synthkit.schema.files import dump
from synthkit.schema.storage import storage_of
from synthkit.values import ValueRegistry

KEY = MasterKey("bench", b"b" * 32)


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Return the least wall time of some runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def names(count: int = 1_000_000) -> dict[str, float]:
    """Return million values a second that names are replaced at, by how many are distinct."""
    beside = Beside(ValueRegistry(pipeline.installed_plugins()))
    distinct = pa.array([f"Anna Smith {number}" for number in range(count)])
    some = distinct.take(pa.array(np.random.default_rng(0).integers(0, count // 10, count)))
    pool = Pool(PoolSettings())
    pool.apply(distinct[:10], b"k" * 32, beside)
    return {
        name: count / seconds(lambda held=held: decoded(pool.apply(held, b"k" * 32, beside))) / 1e6
        for name, held in (("distinct", distinct), ("10% distinct", some))
    }


def people(rows: int, folder: Path) -> Path:
    """Write a table of ten columns, four of them personal."""
    made = Faker("en_US")
    made.seed_instance(1)
    rng = np.random.default_rng(1)
    full = pa.array([made.name() for _ in range(5_000)])
    streets = pa.array([made.street_address() for _ in range(5_000)])
    number = np.arange(rows)
    table = pa.table(
        {
            "id": number,
            "full_name": full.take(pa.array(rng.integers(0, 5_000, rows))),
            "email": pa.array([f"user{n}@mail.test" for n in range(rows)]),
            "phone": pa.array([f"+1 212 555 {n % 10_000:04d}" for n in range(rows)]),
            "street": streets.take(pa.array(rng.integers(0, 5_000, rows))),
            "amount": rng.random(rows),
            "count": rng.integers(0, 9, rows),
            "status": pa.array(["new", "paid", "sent"]).take(pa.array(rng.integers(0, 3, rows))),
            "flag": rng.random(rows) < 0.5,
            "score": rng.normal(size=rows),
        }
    )
    place = folder / f"people{rows}"
    place.mkdir()
    columns = tuple(
        Column(name=field.name, storage=storage_of(field.type), sdtype="unknown")
        for field in table.schema
    )
    declared = Schema(tables=(Table(name="people", columns=columns, primary_key="id"),), rules=())
    dump(declared, place / "schema.yaml")
    pq.write_table(table, place / "people.parquet", row_group_size=100_000)
    return place


def plan() -> Plan:
    """Return a plan with subject-scoped names, addresses, e-mails and phones."""
    keep = Decision("keep")
    columns = dict.fromkeys(("id", "amount", "count", "status", "flag", "score"), keep)
    columns |= {
        "full_name": Decision("pool", {"kind": "name", "scope": "subject"}),
        "email": Decision("email"),
        "phone": Decision("phone"),
        "street": Decision("address", {"scope": "subject"}),
    }
    return Plan({"people": TablePlan(columns, "id")})


def whole(rows: int, *, declared: bool = True) -> dict[str, float]:
    """Return what `one` measures, in a new process; ``declared``: with a schema.yaml beside."""
    with tempfile.TemporaryDirectory() as folder:
        place = people(rows, Path(folder))
        if not declared:
            (place / "schema.yaml").unlink()
        told = subprocess.run(
            [sys.executable, __file__, "--folder", str(place)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: dict[str, float] = json.loads(told.stdout)
    return {"rows": rows, **found}


def beyond_start(large: Mapping[str, float], small: Mapping[str, float]) -> dict[str, float]:
    """Return what a start takes, and how fast the rows of a large run are beyond it."""
    spent = large["CPU seconds"] - small["CPU seconds"]
    return {
        "CPU seconds of the start and 10,000 rows": small["CPU seconds"],
        "rows per CPU second beyond": (large["rows"] - small["rows"]) / spent,
    }


def one(place: Path) -> dict[str, float]:
    """Anonymize a folder in one thread; return rows per second of CPU, and the most memory in MB.

    ``bare`` is pyarrow reading the same file and writing what came out, in this process. Pools
    are drawn at their first use on a machine, which is not measured.
    """
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    out = place.parent / "out"
    began, wall = time.process_time(), time.perf_counter()
    made = extract.anonymize(pipeline.read(place, check=False), key=KEY, plan=plan())
    written = pipeline.write(made.data, out, format="parquet")
    spent, passed = time.process_time() - began, time.perf_counter() - wall
    # the kernel's own mark of this process: getrusage has that of the parent too
    marks = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(int(line.split()[1]) for line in marks if line.startswith("VmHWM")) / 1024
    began = time.process_time()
    pq.read_table(place / "people.parquet", use_threads=False)
    pq.write_table(pq.read_table(out / "people.parquet", use_threads=False), out / "bare.parquet")
    bare = time.process_time() - began
    rows = written.row_count
    return {
        "CPU seconds": spent,
        "rows per CPU second": rows / spent,
        "bare pyarrow": rows / bare,
        "times as long": spent / bare,
        "rows per second": rows / passed,
        "MB": most,
    }


def against_presidio() -> dict[str, float]:
    """Return texts and cells a second of ours and of Presidio's analyzer, in this run."""
    words = Faker("en_US")
    words.seed_instance(2)
    texts = [f"{words.text(150)} {words.name()}, {words.phone_number()}." for _ in range(2_000)]
    find_spans(texts[0], lambda _: False)
    engine = analyzer()
    engine.analyze(texts[0], language="en")
    ours = 2_000 / seconds(lambda: [find_spans(text, lambda _: False) for text in texts])
    few = texts[:100]
    theirs = 100 / seconds(lambda: [engine.analyze(text, language="en") for text in few], 1)
    with tempfile.TemporaryDirectory() as folder:
        place = people(20_000, Path(folder))
        data = pipeline.read(place).load()
        made = extract.anonymize(data, key=KEY, plan=plan()).data
        made_anew = seconds(lambda: sum(chunk.data.num_rows for chunk in made.stream()), 2)
    cells = [str(value) for row in data["people"].head(60).values.tolist() for value in row]
    began = time.perf_counter()
    for cell in cells:
        engine.analyze(cell, language="en")
    presidio = len(cells) / (time.perf_counter() - began)
    return {
        "texts/s": ours,
        "Presidio texts/s": theirs,
        "cells/s": 200_000 / made_anew,
        "Presidio cells/s": presidio,
        "times Presidio by cell": 200_000 / made_anew / presidio,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--memory", action="store_true", help="Only memory, .3M and 3M rows.")
    parser.add_argument("--folder", type=Path, help="Anonymize this folder and say how fast.")
    given = parser.parse_args()
    if given.folder is not None:
        print(json.dumps(one(given.folder)))  # noqa: T201
        sys.exit()
    if given.memory:
        sizes = [
            whole(rows, declared=said) for said in (True, False) for rows in (300_000, 3_000_000)
        ]
        print(json.dumps(sizes, indent=1))  # noqa: T201
        sys.exit()
    whole(10_000)  # draws the pools
    small, large = whole(10_000), whole(given.rows)
    table = large | beyond_start(large, small)
    told = {"names": names(), "table": table, "presidio": against_presidio()}
    print(json.dumps(told, indent=1))  # noqa: T201
