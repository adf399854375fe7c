"""Measures rows per second of CPU time, and peak memory: ``python benchmarks/speed.py``."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter

from synthkit_social.generator import SocialGenerator
from synthkit_social.settings import Settings

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry


def main() -> None:
    """Measure all tables, after a run that fills the pools."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--locale", default="en_US")
    options = parser.parse_args()
    generator, values = SocialGenerator(Settings()), ValueRegistry(Plugins())
    for name, people in (("warm-up", 2_000), ("all tables", options.people)):
        request = GenerateRequest(values, {"people": people}, locale=options.locale)
        rows: Counter[str] = Counter()
        began = time.process_time()
        for chunk in generator.generate(request, Streams(7), Silent()):
            rows[chunk.table] += chunk.data.num_rows
        seconds = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            f"{name:12} {rows.total():>12,} rows {seconds:7.2f} s "
            f"{rows.total() / seconds:>12,.0f} rows/s  peak {peak} MB\n"
        )


if __name__ == "__main__":
    main()
