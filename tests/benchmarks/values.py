"""Measures value providers: ``python tests/benchmarks/values.py [LOCALE...] [--check]``.

Prints millions of values a second of each kind (the best of three runs), drawn and distinct, and
the seconds until the first value. Values are asked for 50,000 at a time, as generators and
samplers do. ``--check`` fails below 500,000 a second.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np

from synthkit.generators.values.catalog import SUMMARIES
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

CHUNK = 50_000
CHUNKS = 6
LEAST = 0.5


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rate(work: Callable[[int], object]) -> float:
    """Return millions of values a second, the best of three runs."""
    spent = min(
        seconds(lambda: [work(number * CHUNK) for number in range(CHUNKS)]) for _ in range(3)
    )
    return CHUNK * CHUNKS / spent / 1e6


def measure(values: ValueRegistry, kind: str, locale: str) -> tuple[float, float, float]:
    """Return the seconds to the first values, and the rates of drawing and of distinct ones."""
    rng = np.random.Generator(np.random.Philox(1))
    if values.has(kind):
        draw, distinct = values.draw, values.distinct
    else:
        draw, distinct = values.draw_rows, values.distinct_rows
    first = seconds(lambda: (draw(kind, 1, rng, locale), distinct(kind, 0, 1, 1, locale)))
    drawn = rate(lambda _: draw(kind, CHUNK, rng, locale))
    return first, drawn, rate(lambda start: distinct(kind, start, CHUNK, 1, locale))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("locales", nargs="*", default=["en_US", "de_DE"])
    parser.add_argument("--check", action="store_true", help="fail below the bound")
    options = parser.parse_args()
    values = ValueRegistry(Plugins(candidates=(), built_in=("synthkit.generators.plugin",)))
    slow = []
    say(f"{'locale':8}{'kind':28}{'first s':>8}{'drawn M/s':>11}{'distinct M/s':>14}")
    for locale in options.locales:
        for kind in SUMMARIES:
            first, drawn, distinct = measure(values, kind, locale)
            say(f"{locale:8}{kind:28}{first:8.2f}{drawn:11.2f}{distinct:14.2f}")
            if min(drawn, distinct) < LEAST:
                slow.append(f"{kind} in {locale}")
    if options.check and slow:
        say(f"Below {LEAST} million values a second: {', '.join(slow)}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
