"""The front door: one data set and some synthesizers in, one comparison out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from synthkit import pipeline
from synthkit.comparison.result import Comparison
from synthkit.comparison.rows import store_tables
from synthkit.comparison.trial import run_trial
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.metrics import PARTS, Evaluation, Part, Target, ceiling_of, evaluate, hold_out
from synthkit.randomness import Streams, draw_seed
from synthkit.reading import Location, loaded

__all__ = ["FLOOR", "compare"]

FLOOR = "independent"
"""The synthesizer whose scores are the floor, whether it was asked for or not."""


def compare(
    data: Dataset | Location,
    synthesizers: Sequence[str],
    *,
    holdout: Dataset | Location | None = None,
    holdout_share: float = 0.5,
    seed: int | None = None,
    seeds: int = 1,
    parts: Collection[Part] = PARTS,
    targets: Sequence[Target] = (),
    progress: Progress | None = None,
) -> Comparison:
    """Fit synthesizers to the same rows and score a sample of each against held-out ones.

    ``holdout`` are real rows that nothing learns from; else ``holdout_share`` of the root
    entities of ``data`` is set aside. Each trial has a process of its own, one after the other;
    a synthesizer that refuses or fails is kept with its reason. ``seeds`` trials each, with the
    seeds from ``seed`` on; the same seed gives the same scores.

    Raises `UsageError` for a synthesizer that there is not, `UnsupportedError` for too few rows,
    `DataError` for held-out rows of other tables or columns.
    """
    _check(synthesizers, seeds)
    listener = progress or Silent()
    chosen = draw_seed() if seed is None else seed
    train, aside, notes = _divided(data, holdout, holdout_share, chosen, listener)
    scored = _Scored(train, aside, Streams(chosen).integer("compare"), parts, targets)
    scored.check()
    names = [*synthesizers, *([] if FLOOR in synthesizers else [FLOOR])]
    trials = []
    with tempfile.TemporaryDirectory(prefix="synthkit-compare-") as place:
        stored = Path(place, "train")
        store_tables(train.schema, train.stream(), stored)
        for number, name in enumerate(names):
            for repeat in range(seeds if name in synthesizers else 1):
                listener.start(f"{name} fits and samples ({number + 1} of {len(names)})")
                out = Path(place, f"sample-{number}-{repeat}")
                trial, sample = run_trial(name, chosen + repeat, stored, out)
                if sample is not None:
                    listener.start(f"scoring {name}")
                    trial = replace(trial, scores=scored.evaluation(sample))
                    shutil.rmtree(out)
                trials.append(trial)
    listener.start("scoring the held-out rows")
    ceiling = scored.ceiling()
    floor = next((each for each in trials if each.synthesizer == FLOOR), None)
    if floor is not None and floor.failure is not None:
        notes = (*notes, f"There is no floor. {floor.failure}")
    return Comparison(
        tuple(trial for trial in trials if trial.synthesizer in synthesizers),
        {table: (train.row_counts[table], aside.row_counts[table]) for table in train},
        ceiling,
        None if floor is None else floor.scores,
        notes,
    )


class _Scored:
    """Scores data sets against the same real rows, with the same streams.

    What the first one's scores tell of the real rows is not found out again.
    """

    def __init__(
        self,
        train: Dataset,
        holdout: Dataset,
        seed: int,
        parts: Collection[Part],
        targets: Sequence[Target],
    ) -> None:
        self._train = train
        self._holdout = holdout
        self._seed = seed
        self._parts = parts
        self._targets = targets
        self._first: Evaluation | None = None

    def check(self) -> None:
        """Raise `DataError` for held-out rows that do not fit, before anything is learned."""
        evaluate(self._train, self._holdout, seed=self._seed, parts=())

    def ceiling(self) -> Evaluation:
        """Score the held-out rows."""
        return ceiling_of(
            self._train,
            self._holdout,
            seed=self._seed,
            parts=self._parts,
            beside=self._first,
        )

    def evaluation(self, synthetic: Dataset) -> Evaluation:
        """Score a sample."""
        found = evaluate(
            self._train,
            synthetic,
            holdout=self._holdout,
            seed=self._seed,
            parts=self._parts,
            targets=self._targets,
            beside=self._first,
        )
        self._first = self._first or found
        return found


def _check(names: Sequence[str], seeds: int) -> None:
    if not names:
        raise UsageError("No synthesizer is named.", hint="Name some: relational, independent.")
    if len(set(names)) < len(names):
        raise UsageError("A synthesizer is named twice.", hint="Ask for several seeds instead.")
    if seeds < 1:
        raise UsageError(f"{seeds} seeds are none.", hint="Give 1 or more.")
    for name in names:
        pipeline.installed_plugins().component("synthesizers", name)


def _divided(
    data: Dataset | Location,
    holdout: Dataset | Location | None,
    share: float,
    seed: int,
    progress: Progress,
) -> tuple[Dataset, Dataset, tuple[str, ...]]:
    """Return the rows to learn, those held out, and what is to be said about them."""
    whole = loaded(data, progress)
    if holdout is not None:
        return whole, loaded(holdout, Silent(), whole.schema), ()
    split = hold_out(whole, share, Streams(seed).under("compare"))
    kept = " and ".join(split.entities)
    told = f"Held out: {share:.0%} of {kept}, and what hangs on them."
    return split.train, split.holdout, (told, *(f"{note}." for note in split.notes))
