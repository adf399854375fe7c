"""What aggregates and memory are worth: ``python -m tests.benchmarks.edges [DATA...]``.

Each DATA (default: sample_data) is a folder of tables, or one with ``train`` and ``holdout``; else
half of the entities are held out. It is fitted as it is, and once for each choice made the other
way: aggregates of the children of a foreign key, memory (also where there nearly is one), copies
and multiples of a field. Printed is how well samples are told from learned and from held-out rows
(area under the ROC curve, .5 is best), and what each change adds to it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.stats import sem, t

import synthkit
from synthkit.dataset import Dataset
from synthkit.metrics.detection import detect
from synthkit.metrics.families import reference_tables
from synthkit.metrics.holdout import hold_out
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding import families, prepare, table

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
NEARLY = 0.05
"""Share of what chance leaves open that repeats the sibling before, from which memory is tried."""


@dataclass(frozen=True)
class Change:
    """One choice made the other way, for a table or for the key by which it has a parent."""

    what: str
    table: str
    parent: str | None
    name: str


@dataclass
class Choices:
    """Which choices are made the other way, and which were met on the way."""

    changed: Change | None = None
    met: list[Change] = field(default_factory=list)

    def other_way(self, what: str, table: str, parent: str | None, name: str) -> bool:
        change = Change(what, table, parent, name)
        if change not in self.met:
            self.met.append(change)
        return change == self.changed


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def choosing(choices: Choices) -> Iterator[None]:
    """Make the choices of a fit the other way where it is said to."""
    with choosing_keys(choices), choosing_fields(choices):
        yield


@contextmanager
def choosing_keys(choices: Choices) -> Iterator[None]:
    keys, dispensable = prepare.aggregated_keys, families.dispensable

    def aggregated_keys(*arguments: Any) -> list[Any]:
        return [
            key
            for key in keys(*arguments)
            if not choices.other_way("without aggregates", key.table, key.parent, str(key))
        ]

    def left_out(*arguments: Any) -> Any:
        key = dispensable(*arguments)
        if key is None or choices.other_way("with aggregates", key.table, key.parent, str(key)):
            return None
        return key

    with (
        patch.object(prepare, "aggregated_keys", aggregated_keys),
        patch.object(prepare, "dispensable", left_out),
    ):
        yield


@contextmanager
def choosing_fields(choices: Choices) -> Iterator[None]:
    coder = table.TableCoder
    recurs, column, multiple = coder._recurs, coder._column, coder._multiple

    def asked(self: Any, what: str, name: str) -> bool:
        parent = self.primary.parent if self.primary else None
        return choices.other_way(what, self.table.name, parent, name)

    def has_memory(self: Any, field: Any, *arguments: Any) -> bool:
        if recurs(self, field, *arguments):
            return not asked(self, "without memory", field.name)
        with patch.object(table, "_RECURS", NEARLY):
            nearly = recurs(self, field, *arguments)
        return nearly and asked(self, "with memory", field.name)

    def add(self: Any, field: Any, *arguments: Any) -> None:
        before = len(self.coded)
        column(self, field, *arguments)
        if self.coded[before][0].kind == "copy" and asked(self, "without copies", field.name):
            del self.coded[before:]
            with patch.object(coder, "_origins", lambda *_: []):
                column(self, field, *arguments)

    def add_multiple(self: Any, field: Any, *arguments: Any) -> bool:
        before = len(self.coded)
        if not multiple(self, field, *arguments):
            return False
        if asked(self, "without multiples", field.name):
            del self.coded[before:]
        return len(self.coded) > before

    with (
        patch.object(coder, "_recurs", has_memory),
        patch.object(coder, "_column", add),
        patch.object(coder, "_multiple", add_multiple),
    ):
        yield


def halves(location: str) -> tuple[Dataset, Dataset]:
    """Return the rows that are learned and those that are held out."""
    parts = [Path(location) / name for name in ("train", "holdout")]
    if all(part.is_dir() for part in parts):
        return synthkit.read(parts[0]).load(), synthkit.read(parts[1]).load()
    split = hold_out(synthkit.read(location).load(), 0.5, Streams(0))
    return split.train, split.holdout


Key = tuple[str, str, str]
Scores = dict[Key, list[float]]
SIDES = ("learned", "held out")
FEATURES = {"own": "", "children": " and children"}


@dataclass(frozen=True)
class Bench:
    """What every fit of a data set has in common."""

    learned: Dataset
    held_out: Dataset
    seeds: Sequence[int]

    def scores(self, choices: Choices) -> Scores:
        """Return areas by side, features and table, one for each seed.

        Tables that both halves share are told from learned rows alone.
        """
        found: Scores = {}
        shared = [reference_tables(self.learned, each) for each in (None, self.held_out)]
        for seed in self.seeds:
            with choosing(choices):
                model = synthkit.fit(self.learned, seed=seed)
            learned, drawn, held_out = sides_of(
                [self.learned, model.sample(seed=seed).load(), self.held_out]
            )
            for name, side, apart in zip(SIDES, (learned, held_out), shared, strict=True):
                for each in detect(
                    side,
                    drawn,
                    Streams(seed).under("edges"),
                    reference=apart,
                    detectors=("boosting",),
                    lean=True,
                ):
                    found.setdefault((name, each.features, each.table), []).append(each.auc.value)
        return found

    def compare(self, only: str) -> Iterator[str]:
        """Yield a line for each score of the fit as it is, and some for each change.

        ``only`` is text that the changes have which are tried.
        """
        choices = Choices()
        base = self.scores(choices)
        for (side, features, name), scores in sorted(base.items()):
            yield f"{side:9} {name + FEATURES[features]:38} {shown(scores)}"
        for change in choices.met:
            if only not in f"{change.what}: {change.name}":
                continue
            other = self.scores(Choices(changed=change))
            where = f"{change.table} of {change.parent}" if change.parent else change.table
            yield f"\n{change.what}: {change.name} ({where})"
            for key in sorted(base):
                line = told(key, base[key], other[key])
                if key[2] in (change.table, change.parent) or "better" in line or "worse" in line:
                    yield line
            for side in SIDES:
                for features in FEATURES:
                    keys = [key for key in base if key[:2] == (side, features)]
                    if keys:
                        means = [
                            np.mean([each[key] for key in keys], axis=0) for each in (base, other)
                        ]
                        yield told((side, features, "all tables"), *means)


def shown(scores: Any) -> str:
    return f"{np.mean(scores):.3f} ({', '.join(f'{each:.3f}' for each in scores)})"


def told(key: Key, before: Any, after: Any) -> str:
    """Return a line: both scores, the mean of the differences, and how sure it is (95 %)."""
    side, features, table = key
    change = np.subtract(after, before)
    mean, noise = float(change.mean()), float(t.ppf(0.975, len(change) - 1) * sem(change))
    verdict = "" if abs(mean) <= noise else "  better" if mean < 0 else "  worse"
    scores = f"{shown(before)} -> {shown(after)}"
    return (
        f"  {side:9} {table + FEATURES[features]:32} {scores}  {mean:+.3f} +-{noise:.3f}{verdict}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", default=[str(SAMPLE_DATA)])
    parser.add_argument("--seeds", type=int, default=3, help="fits and samples of each (default 3)")
    parser.add_argument("--only", default="", help="text of the changes that are tried: aggregates")
    options = parser.parse_args()
    if options.seeds < 2:
        parser.error("the noise takes two seeds or more")
    for location in options.data:
        say(f"\n== {Path(location).name}")
        bench = Bench(*halves(location), range(1, options.seeds + 1))
        for line in bench.compare(options.only):
            say(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
