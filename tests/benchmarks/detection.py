"""How much personal data is found, beside Presidio: python tests/benchmarks/detection.py."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from synthkit.anonymization.detect import Recognizers
from synthkit.anonymization.recognizers.presidio import analyzer
from synthkit.plugins import Plugins

sys.path.insert(0, str(Path(__file__).parents[1] / "statistical"))
import pii_corpus as corpus

Detector = Callable[[str, list[object]], bool]
CELLS = 40


def ours(without: Sequence[str] = ()) -> Detector:
    """Return synthkit's detection, with the lists of some locales left out."""
    left = {"without": ",".join(without)}
    found = Recognizers(Plugins(), {"people": left, "name_like": left} if without else None)
    return lambda header, values: found.look(corpus.sample(header, values), []).best is not None


def entities(values: Sequence[object], cover: float) -> Counter[str]:
    """Return how many cells Presidio finds an entity in, that covers a share of the cell."""
    seen: Counter[str] = Counter()
    for value in values[:CELLS]:
        text = str(value)
        results: list[Any] = analyzer().analyze(text=text, language="en")
        seen.update({r.entity_type for r in results if r.end - r.start >= cover * len(text)})
    return seen


def plain(_: str, values: list[object]) -> bool:
    """Say whether half of the cells are covered by one entity."""
    return any(count >= 0.5 * CELLS for count in entities(values, 0.8).values())


def structured(_: str, values: list[object]) -> bool:
    """Say what presidio-structured says: any entity that is found most often, however seldom."""
    if importlib.util.find_spec("presidio_structured") is None:
        return bool(entities(values, 0))
    import pandas as pd
    from presidio_structured import PandasAnalysisBuilder

    frame = pd.DataFrame({"c": [str(value) for value in values]})
    analysis = PandasAnalysisBuilder(analyzer()).generate_analysis(frame)
    return "c" in analysis.entity_mapping


def measured(detector: Detector, locales: Sequence[str]) -> tuple[float, float, float]:
    """Return recall under opaque headers, under helpful ones, and the share of false alarms."""
    opaque, helpful = [], []
    for locale in locales:
        for kind, values in corpus.columns(locale).items():
            opaque.append(detector("c17", values))
            helpful.append(detector(corpus.HEADERS[kind], values))
    alarms = [detector("c9", values) for values in corpus.traps().values()]
    return sum(opaque) / len(opaque), sum(helpful) / len(helpful), sum(alarms) / len(alarms)


if __name__ == "__main__":
    detectors: dict[str, tuple[Detector, Sequence[str]]] = {
        "synthkit": (ours(), corpus.LOCALES),
        "synthkit, without the locales' lists": (ours(corpus.UNCOVERED), corpus.UNCOVERED),
        "presidio-structured": (structured, corpus.LOCALES),
        "Presidio, coverage .8, share .5": (plain, corpus.LOCALES),
    }
    print(f"{'':38}opaque  helpful  false alarms")  # noqa: T201
    for name, (detector, locales) in detectors.items():
        found = measured(detector, locales)
        print(f"{name:38}{found[0]:6.2f}  {found[1]:7.2f}  {found[2]:12.2f}")  # noqa: T201
