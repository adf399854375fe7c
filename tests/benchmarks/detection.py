"""How much personal data is found, beside Presidio: python -m tests.benchmarks.detection."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from synthkit.anonymization.detect import Recognizers
from synthkit.anonymization.recognizers import presidio
from synthkit.anonymization.spans import Span
from synthkit.plugins import Plugins

sys.path.insert(0, str(Path(__file__).parents[1] / "statistical"))
import pii_corpus as corpus
import test_pii_detection as measures

Detector = Callable[[str, list[object]], bool]
ROWS = 40
"""Rows of each column that every detector sees."""
DOCUMENTS = 10
"""Documents of each locale that Presidio sees; synthkit has 40 to learn their paths from."""
STRUCTURED = importlib.util.find_spec("presidio_structured") is not None


def ours(without: Sequence[str] = ()) -> Detector:
    """Return synthkit's detection, with the lists of some locales left out."""
    left = {"without": ",".join(without)}
    found = Recognizers(Plugins(), {"people": left, "name_like": left} if without else None)
    return lambda header, values: found.look(corpus.sample(header, values), []).best is not None


def entities(engine: Any, values: Sequence[object], cover: float) -> Counter[str]:
    """Return how many cells Presidio finds an entity in, that covers a share of the cell."""
    seen: Counter[str] = Counter()
    for text in map(str, values):
        results = engine.analyze(text=text, language="en")
        seen.update({r.entity_type for r in results if r.end - r.start >= cover * len(text)})
    return seen


def plain(engine: Any) -> Detector:
    """Return what says whether half of the cells are covered by one entity."""

    def detector(_: str, values: list[object]) -> bool:
        return any(count >= 0.5 * len(values) for count in entities(engine, values, 0.8).values())

    return detector


def structured(engine: Any) -> Detector:
    """Return what says what presidio-structured says, or its rule where it is not installed.

    That is any entity that is found most often, however seldom.
    """
    if not STRUCTURED:
        return lambda _, values: bool(entities(engine, values, 0))
    import pandas as pd
    from presidio_structured import PandasAnalysisBuilder

    builder = PandasAnalysisBuilder(engine)

    def detector(_: str, values: list[object]) -> bool:
        frame = pd.DataFrame({"c": [str(value) for value in values]})
        return "c" in builder.generate_analysis(frame).entity_mapping

    return detector


@cache
def columns(locale: str) -> dict[str, list[object]]:
    """Return the first rows of each labelled column of a locale."""
    return {kind: values[:ROWS] for kind, values in corpus.columns(locale).items()}


def recall(detector: Detector, locales: Sequence[str], *, helpful: bool) -> float:
    """Return the share of the columns that are found, under helpful or meaningless headers."""
    found = [
        detector(corpus.HEADERS[kind] if helpful else "c17", values)
        for locale in locales
        for kind, values in columns(locale).items()
    ]
    return sum(found) / len(found)


def alarms(detector: Detector) -> float:
    """Return the share of columns that name nobody in which something is found."""
    found = [detector("c9", values[:ROWS]) for values in corpus.traps().values()]
    return sum(found) / len(found)


def spans(engine: Any, text: str) -> list[Span]:
    """Return what Presidio finds in a text."""
    results = engine.analyze(text=text, language="en")
    return [Span(r.start, r.end, r.entity_type) for r in results]


def paths(engine: Any) -> float:
    """Return the share of paths in JSON of which Presidio covers nine values of ten."""
    found, count = 0, 0
    for locale in corpus.LOCALES:
        held, places = corpus.documents(locale, helpful=False)
        seen: dict[str, list[bool]] = {path: [] for path in places}
        for document in map(str, held[:DOCUMENTS]):
            covered = {at for s in spans(engine, document) for at in range(s.start, s.end)}
            for path in places:
                for value in corpus.values_at(document, path):
                    written = json.dumps(value, ensure_ascii=False)[1:-1]
                    start = document.index(written)
                    there = covered & set(range(start, start + len(written)))
                    seen[path].append(len(there) >= 0.8 * len(written))
        found += sum(sum(each) >= 0.9 * len(each) for each in seen.values())
        count += len(seen)
    return found / count


def of_columns(engine: Any) -> Iterator[str]:
    """Yield a line for each detector of columns."""
    told = "presidio-structured" + ("" if STRUCTURED else " (not installed: its rule)")
    # Presidio has no headers to go by: its columns are looked at once
    detectors: dict[str, tuple[Detector, Sequence[str], bool]] = {
        "synthkit": (ours(), corpus.LOCALES, True),
        "synthkit, without the locales' lists": (ours(corpus.UNCOVERED), corpus.UNCOVERED, True),
        "synthkit, without those of six others": (ours(corpus.ELSEWHERE), corpus.ELSEWHERE, True),
        told: (structured(engine), corpus.LOCALES, False),
        "Presidio, coverage .8, share .5": (plain(engine), corpus.LOCALES, False),
    }
    for locale in corpus.LOCALES:  # made before the clock runs
        columns(locale)
    yield f"{'columns':46}opaque  helpful  false alarms  seconds"
    for name, (detector, locales, reads_headers) in detectors.items():
        began = time.perf_counter()
        opaque = recall(detector, locales, helpful=False)
        helpful = recall(detector, locales, helpful=True) if reads_headers else opaque
        wrong = alarms(detector)
        seconds = time.perf_counter() - began
        yield f"{name:46}{opaque:6.3f}  {helpful:7.3f}  {wrong:12.3f}  {seconds:7.1f}"


def of_documents(engine: Any) -> Iterator[str]:
    """Yield a line for each detector in JSON, and in free text."""
    found = {
        "synthkit": measures.paths_found(Recognizers(Plugins()), corpus.LOCALES, helpful=False)[0],
        "Presidio": paths(engine),
    }
    yield f"\n{'JSON, fields with meaningless names':46}paths found"
    yield from (f"{name:46}{share:11.3f}" for name, share in found.items())
    some = measures.COVERED_TEXTS
    left = {
        "synthkit": measures.measured(some, own=True),
        "synthkit, without the locales' lists": measures.measured(some, without=some, own=True),
        "Presidio": measures.measured(some, own=False, find=lambda text, *_: spans(engine, text)),
    }
    yield f"\n{'free text, eight languages':46}identifying letters left"
    yield from (f"{name:46}{each['left']:24.4f}" for name, each in left.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--without-phones", action="store_true", help="Leave out Presidio's slow phone recognizer."
    )
    given = parser.parse_args()
    without = frozenset({"PhoneRecognizer"} if given.without_phones else ())
    engine = presidio.analyzer(left_out=without)
    for line in (*of_columns(engine), *of_documents(engine)):
        print(line)  # noqa: T201
