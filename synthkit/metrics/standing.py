"""Scores beside their ceiling and floor: what a number is worth is seen between the two.

The ceiling is what real rows reach that were not learned from; the floor is what columns drawn
alone reach. Who sets rows aside and draws the baseline is the pipeline's business.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.metrics.evaluate import PARTS, Evaluation, Part, evaluate
from synthkit.metrics.holdout import hold_out
from synthkit.metrics.privacy import Planted
from synthkit.metrics.summary import Measure
from synthkit.metrics.targets import Target
from synthkit.metrics.workload import Query
from synthkit.randomness import Streams

__all__ = ["Standing", "StandingRow", "ceiling_of", "stand"]

_CEILINGS = {"tstr": "trtr"}
"""Measures whose ceiling is another measure of the same evaluation."""


@dataclass(frozen=True)
class StandingRow:
    """One measure: its mean, the ceiling's and the floor's, and the table that is worst.

    Numbers are None where nothing could be scored.
    """

    measure: str
    value: float | None
    ceiling: float | None
    floor: float | None
    worst_table: str | None
    worst: float | None
    higher_is_better: bool


@dataclass(frozen=True)
class Standing:
    """Three evaluations against the same real data.

    ``scores`` are those of the synthetic data, ``ceiling`` those of real rows that were not
    learned from, ``floor`` those of the independent baseline; the last two are None where there
    was nothing to score. The ceiling of privacy is one half of the held-out rows measured against
    the other; privacy has no floor, for a baseline that learns no dependence keeps secrets well.
    ``notes`` say in sentences how they were come by.
    """

    scores: Evaluation
    ceiling: Evaluation | None
    floor: Evaluation | None
    notes: tuple[str, ...] = ()

    def rows(self) -> tuple[StandingRow, ...]:
        """Return the measures in the order in which they are best read.

        TRTR is no row: it is the ceiling of TSTR, and the ceiling of the loss is 0.
        """
        return tuple(
            self._row(measure)
            for name, measure in self.scores.measures.items()
            if name not in _CEILINGS.values()
        )

    def _row(self, measure: Measure) -> StandingRow:
        name = measure.name
        if name in _CEILINGS:
            ceiling = _mean(self.scores, _CEILINGS[name])
        elif name == "utility_loss":
            ceiling = None if measure.mean is None else 0.0
        else:
            ceiling = _mean(self.ceiling, name)
        return StandingRow(
            name,
            measure.mean,
            ceiling,
            _mean(self.floor, name),
            measure.worst_table,
            measure.worst,
            measure.higher_is_better,
        )


def stand(
    real: Dataset,
    synthetic: Dataset,
    *,
    holdout: Dataset | None,
    halves: tuple[Dataset, Dataset] | None = None,
    floor: Dataset | None,
    seed: int,
    parts: Collection[Part] = PARTS,
    targets: Sequence[Target] = (),
    queries: Sequence[Query] = (),
    canaries: Planted | None = None,
) -> Standing:
    """Score a synthetic data set, held-out real rows and a baseline against the real data.

    ``halves`` of the real data stand in for the ceiling where nothing was held out: the second
    is scored against the first. ``queries`` are not asked of the ceiling, whose sums and counts are
    those of other numbers of rows. ``canaries`` are those of
    `evaluate`. All data sets are read many times: `Dataset.load` them first.
    Raises what `evaluate` raises.
    """
    scores = evaluate(
        real,
        synthetic,
        holdout=holdout,
        seed=seed,
        parts=parts,
        targets=targets,
        queries=queries,
        canaries=canaries,
    )
    ceiling = None
    if holdout is not None:
        ceiling = ceiling_of(real, holdout, seed=seed, parts=parts, beside=scores)
    elif halves is not None:
        first, second = halves
        rest = [part for part in parts if part not in ("utility", "privacy")]
        ceiling = evaluate(first, second, holdout=second, seed=seed, parts=rest, beside=scores)
    drawn = None
    if floor is not None:
        drawn = evaluate(
            real,
            floor,
            holdout=holdout,
            seed=seed,
            parts=[part for part in parts if part != "privacy"],
            targets=targets,
            queries=queries,
            beside=scores,
        )
    return Standing(scores, ceiling, drawn)


def ceiling_of(
    real: Dataset,
    holdout: Dataset,
    *,
    seed: int,
    parts: Collection[Part] = PARTS,
    beside: Evaluation | None = None,
) -> Evaluation:
    """Score held-out real rows as if they were synthetic; of privacy, one half beside the other.

    Utility is left out: its ceiling is TRTR. ``beside`` is that of `evaluate`.
    """
    rest = [part for part in parts if part not in ("utility", "privacy")]
    found = evaluate(real, holdout, holdout=holdout, seed=seed, parts=rest, beside=beside)
    return _with_privacy(found, real, holdout, seed) if "privacy" in parts else found


def _with_privacy(ceiling: Evaluation, real: Dataset, holdout: Dataset, seed: int) -> Evaluation:
    """Add what one half of the held-out rows says of learned rows, against the other half.

    Where there are too few held-out entities for two halves, nothing is added.
    """
    try:
        halves = hold_out(holdout, 0.5, Streams(seed).under("standing", "privacy"))
    except UnsupportedError:
        return ceiling
    made, aside = halves.train, halves.holdout
    found = evaluate(real, made, holdout=aside, seed=seed, parts=["privacy"])
    measures = {**ceiling.measures, **found.measures}
    return replace(ceiling, privacy=found.privacy, measures=measures)


def _mean(found: Evaluation | None, name: str) -> float | None:
    measure = found.measures.get(name) if found is not None else None
    return measure.mean if measure is not None else None
