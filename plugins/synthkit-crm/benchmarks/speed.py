"""Measures rows per second of CPU time, and peak memory: ``python benchmarks/speed.py``."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter

from synthkit_crm.generator import CrmGenerator
from synthkit_crm.plan import BLOCK_TABLES
from synthkit_crm.settings import Settings

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


def measure(generator: CrmGenerator, request: GenerateRequest) -> tuple[Counter[str], float]:
    """Return the rows made by table, and the seconds of CPU time that they took."""
    rows: Counter[str] = Counter()
    began = time.process_time()
    for chunk in generator.generate(request, Streams(7), Silent()):
        rows[chunk.table] += chunk.data.num_rows
    return rows, time.process_time() - began


def main() -> None:
    """Measure the customers' table alone, then all tables, after a run that fills the pools."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--locale", default="en_US")
    options = parser.parse_args()
    generator, values = CrmGenerator(Settings()), ValueRegistry(Plugins())
    alone = {**dict.fromkeys(BLOCK_TABLES, 0), "customers": options.customers}
    for name, wanted in (
        ("warm-up", {"customers": 20_000}),
        ("customers alone", alone),
        ("all tables", {"customers": options.customers}),
    ):
        request = GenerateRequest(values, wanted, locale=options.locale)
        rows, seconds = measure(generator, request)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            f"{name:16} {rows.total():>12,} rows {seconds:7.2f} s "
            f"{rows.total() / seconds:>12,.0f} rows/s "
            f"{rows['customers'] / seconds:>10,.0f} customers/s  peak {peak} MB\n"
        )


if __name__ == "__main__":
    main()
