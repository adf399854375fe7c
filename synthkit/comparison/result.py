"""What a comparison found, as values, as rows of one table, and as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Any

from synthkit.comparison.trial import Cost, Trial
from synthkit.metrics import Evaluation, Measure, Standing

__all__ = ["HEADLINES", "READING", "Comparison", "Line"]

HEADLINES = ("shapes", "pairs", "hop1", "cardinality", "c2st", "c2st_children", "tstr", "dcr")
"""Measures of the one table, in its order; those that no line has are left out."""


READING = (
    "The ceiling is what held-out real rows score; the floor is the independent synthesizer.",
    "Similarities (shapes, pairs, hop1, cardinality) and tstr are best at the ceiling; c2st, the "
    "area under a detector's ROC curve, and dcr, the share of rows nearer to learned than to "
    "held-out ones, at 0.5. The worst table is the one told most easily.",
    "Seconds and rows/s are those of one process, without its start and its imports; peak MB is "
    "all the memory of that process, its libraries and the rows it learned from too.",
)
"""What the table's numbers mean, one sentence each."""


@dataclass(frozen=True)
class Line:
    """A line of the table: a synthesizer over all its seeds, the ceiling, or the floor.

    ``measures`` holds the mean over seeds of each measure, ``spread`` greatest less least of them
    where there are several seeds. ``worst`` names the table that the detectors tell most easily
    and its area under the curve. ``cost`` is None where nothing was timed, ``failure`` says why
    nothing was scored.
    """

    name: str
    measures: Mapping[str, float | None]
    spread: Mapping[str, float]
    worst: tuple[str, float] | None
    cost: Cost | None
    failure: str | None


@dataclass(frozen=True)
class Comparison:
    """Trials of synthesizers that learned the same rows, scored against the same held-out ones.

    ``rows`` are those of each table that were learned and held out. ``floor`` are the scores of
    the ``independent`` synthesizer, ``ceiling`` those of the held-out rows.
    """

    trials: tuple[Trial, ...]
    rows: Mapping[str, tuple[int, int]]
    ceiling: Evaluation | None
    floor: Evaluation | None
    notes: tuple[str, ...] = ()

    @property
    def synthesizers(self) -> tuple[str, ...]:
        """Names of the synthesizers, in the order in which they were asked for."""
        return tuple(dict.fromkeys(trial.synthesizer for trial in self.trials))

    def said(self) -> dict[str, list[str]]:
        """Return what each synthesizer said on the way, each sentence once."""
        found: dict[str, dict[str, None]] = {}
        for trial in self.trials:
            found.setdefault(trial.synthesizer, {}).update(dict.fromkeys(trial.notes))
        return {name: list(notes) for name, notes in found.items()}

    def standing(self, trial: Trial) -> Standing:
        """Return a trial's scores beside the ceiling and the floor; it must have scores."""
        assert trial.scores is not None
        return Standing(trial.scores, self.ceiling, self.floor, self.notes)

    def lines(self) -> tuple[Line, ...]:
        """Return the ceiling, then each synthesizer, then the floor."""
        found = [] if self.ceiling is None else [self._ceiling_line(self.ceiling)]
        for name in self.synthesizers:
            trials = [trial for trial in self.trials if trial.synthesizer == name]
            failures = [trial.failure for trial in trials if trial.failure is not None]
            costs = [trial.cost for trial in trials if trial.cost is not None]
            found.append(
                _line(
                    name,
                    [trial.scores for trial in trials],
                    _mean_cost(costs) if costs else None,
                    failures[0] if failures else None,
                )
            )
        if self.floor is not None:
            found.append(_line("floor", [self.floor]))
        return tuple(found)

    def _ceiling_line(self, ceiling: Evaluation) -> Line:
        """Return the ceiling's line; what TSTR can reach at best is TRTR of any trial."""
        line = _line("ceiling", [ceiling])
        scores = [self.floor, *(trial.scores for trial in self.trials)]
        real = [each.measures["trtr"].mean for each in scores if each and "trtr" in each.measures]
        return replace(line, measures={**line.measures, "tstr": real[0]}) if real else line

    def headlines(self) -> tuple[str, ...]:
        """Return the measures of the table that some line has."""
        lines = self.lines()
        return tuple(
            name for name in HEADLINES if any(line.measures.get(name) is not None for line in lines)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "rows": {
                table: {"train": learned, "holdout": aside}
                for table, (learned, aside) in self.rows.items()
            },
            "table": [
                {**asdict(line), "worst": line.worst and list(line.worst)} for line in self.lines()
            ],
            "ceiling": _measures(self.ceiling),
            "floor": _measures(self.floor),
            "trials": [
                {
                    "synthesizer": trial.synthesizer,
                    "seed": trial.seed,
                    "failure": trial.failure,
                    "cost": _cost(trial.cost),
                    "measures": _measures(trial.scores),
                    "notes": list(trial.notes),
                }
                for trial in self.trials
            ],
            "notes": list(self.notes),
        }


def _line(
    name: str,
    evaluations: list[Evaluation | None],
    cost: Cost | None = None,
    failure: str | None = None,
) -> Line:
    found = [each for each in evaluations if each is not None]
    means: dict[str, float | None] = {}
    spread: dict[str, float] = {}
    for measure in found[0].measures if found else ():
        values = [each.measures[measure].mean for each in found]
        there = [value for value in values if value is not None]
        means[measure] = fmean(there) if there else None
        if len(there) > 1:
            spread[measure] = max(there) - min(there)
    return Line(name, means, spread, _worst(found), cost, failure)


def _worst(evaluations: list[Evaluation]) -> tuple[str, float] | None:
    """Return the table with the greatest area of a boosted detector, averaged over seeds."""
    areas: dict[str, list[float]] = {}
    for found in evaluations:
        for name in ("c2st", "c2st_children"):
            measure = found.measures.get(name)
            if measure is not None and measure.worst_table is not None:
                assert measure.worst is not None
                areas.setdefault(measure.worst_table, []).append(measure.worst)
    if not areas:
        return None
    table = max(areas, key=lambda each: max(areas[each]))
    return table, max(areas[table])


def _mean_cost(costs: list[Cost]) -> Cost:
    """Return mean seconds and rows, and the greatest memory, of several seeds."""
    peaks = [cost.peak_bytes for cost in costs if cost.peak_bytes is not None]
    bases = [cost.base_bytes for cost in costs if cost.base_bytes is not None]
    return Cost(
        fmean(cost.fit_seconds for cost in costs),
        fmean(cost.sample_seconds for cost in costs),
        round(fmean(cost.rows for cost in costs)),
        max(peaks, default=None),
        max(bases, default=None),
    )


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    return None if cost is None else {**asdict(cost), "rows_per_second": cost.rows_per_second}


def _measures(found: Evaluation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {name: _measure(measure) for name, measure in found.measures.items()}


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "mean": measure.mean,
        "worst": measure.worst,
        "worst_table": measure.worst_table,
        "tables": dict(measure.tables),
        "higher_is_better": measure.higher_is_better,
    }
