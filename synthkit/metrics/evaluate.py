"""The front door: two data sets in, every score out, with means and the worst tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from synthkit.dataset import Dataset
from synthkit.errors import UsageError, near_matches
from synthkit.metrics.detection import TableDetection, detect
from synthkit.metrics.families import reference_tables
from synthkit.metrics.marginal import ColumnShape, column_shapes
from synthkit.metrics.pairwise import PairTrend, pair_trends
from synthkit.metrics.privacy import Planted, Privacy, surfacing
from synthkit.metrics.privacy import privacy as measure_privacy
from synthkit.metrics.relational import Cardinality, HopTrend, cardinalities, hop_trends
from synthkit.metrics.seasonality import Season, seasons
from synthkit.metrics.siblings import Sibling, sibling_dependence
from synthkit.metrics.sides import Side, sides_of
from synthkit.metrics.summary import Measure, summarize
from synthkit.metrics.targets import Target
from synthkit.metrics.utility import TargetUtility, utility
from synthkit.metrics.workload import Answer, Query, workload
from synthkit.randomness import Streams

__all__ = ["PARTS", "Detection", "Evaluation", "Fidelity", "Part", "Utility", "evaluate"]

_LEAST_PARENTS = 10
"""Parents below which the number of children of each is chance: two shops, five clerks."""

Part = Literal["fidelity", "detection", "utility", "privacy"]

PARTS: tuple[Part, ...] = ("fidelity", "detection", "utility", "privacy")


@dataclass(frozen=True)
class Fidelity:
    """Shapes, trends and structure; 1 is best of every similarity."""

    shapes: tuple[ColumnShape, ...]
    seasons: tuple[Season, ...]
    pairs: tuple[PairTrend, ...]
    hops: tuple[HopTrend, ...]
    cardinalities: tuple[Cardinality, ...]
    siblings: tuple[Sibling, ...]


@dataclass(frozen=True)
class Detection:
    """What detectors made of each table; an AUC of .5 is best."""

    tables: tuple[TableDetection, ...]


@dataclass(frozen=True)
class Utility:
    """What models trained on synthetic rows are worth; TSTR = TRTR is best."""

    targets: tuple[TargetUtility, ...]


@dataclass(frozen=True)
class Evaluation:
    """All scores of one synthetic data set against the real one.

    A part that was not asked for is None, and so is privacy without held-out rows. ``rows`` are
    the numbers of real and synthetic rows of each table. ``reference`` tables are scored, and
    stay out of every mean. ``measures`` come in the order in which they are best read.
    """

    rows: Mapping[str, tuple[int, int]]
    reference: frozenset[str]
    fidelity: Fidelity | None
    detection: Detection | None
    utility: Utility | None
    measures: Mapping[str, Measure]
    privacy: Privacy | None = None
    workload: tuple[Answer, ...] = ()


def evaluate(
    real: Dataset,
    synthetic: Dataset,
    *,
    holdout: Dataset | None = None,
    seed: int,
    parts: Collection[Part] = PARTS,
    targets: Sequence[Target] = (),
    queries: Sequence[Query] = (),
    most_hops: int = 3,
    beside: Evaluation | None = None,
    canaries: Planted | None = None,
) -> Evaluation:
    """Score a synthetic data set against the real one that it was learned from.

    ``holdout`` holds real rows that were not learned from: utility is tested on them, privacy is
    measured against them, and tables that they share with ``real`` are reference tables. For the
    ceiling of every score pass the held-out data set as ``synthetic`` too; utility and privacy
    are left out then, for rows would be compared with themselves: the ceiling of privacy is one
    half of the held-out rows against the other. The same seed gives the same numbers. The data
    sets are read once each per call: `Dataset.load` them first where they are scored more often.

    ``queries`` are questions of your own to both data sets (see `workload`).

    ``canaries`` were learned with the real rows (`plant`): privacy measures whether they surface.
    ``beside`` are the scores of another synthetic data set against the same real rows, which these
    are to stand beside: its targets and TRTR are taken over, and detectors look at no reference
    table and for no telling features.

    Raises:
        UsageError: A part or a target does not exist.
        DataError: A table or a column is missing in one of the data sets, or of another type.
    """
    _check_parts(parts)
    streams = Streams(seed).under("metrics")
    compared = holdout if synthetic is not holdout else None
    third = compared is not None and {"utility", "privacy"}.intersection(parts)
    given = [real, synthetic] + ([compared] if third and compared is not None else [])
    sides = sides_of(given)
    reference = reference_tables(real, holdout)
    pair, lean = (sides[0], sides[1]), beside is not None
    fidelity = _fidelity(*pair, streams, most_hops) if "fidelity" in parts else None
    detection = _detection(*pair, streams, reference, lean=lean) if "detection" in parts else None
    useful = None
    if "utility" in parts and synthetic is not holdout:
        aside = sides[2] if compared is not None else None
        known = beside.utility.targets if beside and beside.utility else ()
        useful = _utility(*pair, aside, streams, targets, reference, known)
    about = (sides, canaries, synthetic, streams, reference)
    private = _privacy(*about) if "privacy" in parts else None
    asked = workload(real, synthetic, queries) if queries else ()
    scores = [*_scores(fidelity, detection, useful, private)]
    if asked:
        scores.append(("workload", True, [(each.query, each.similarity) for each in asked]))
    measures = {
        name: summarize(name, items, reference, higher_is_better=better)
        for name, better, items in scores
    }
    rows = {name: (sides[0].rows[name], sides[1].rows[name]) for name in real}
    return Evaluation(rows, reference, fidelity, detection, useful, measures, private, asked)


def _check_parts(parts: Collection[Part]) -> None:
    for part in parts:
        if part not in PARTS:
            raise UsageError(f"There is no part {part!r}.", hint=near_matches(part, PARTS))


def _fidelity(real: Side, synthetic: Side, streams: Streams, most_hops: int) -> Fidelity:
    return Fidelity(
        column_shapes(real, synthetic, streams),
        seasons(real, synthetic),
        pair_trends(real, synthetic, streams),
        hop_trends(real, synthetic, streams, most_hops),
        cardinalities(real, synthetic),
        sibling_dependence(real, synthetic),
    )


def _detection(
    real: Side, synthetic: Side, streams: Streams, reference: frozenset[str], *, lean: bool
) -> Detection:
    named = streams.under("detection")
    return Detection(detect(real, synthetic, named, reference=reference, lean=lean))


def _utility(
    real: Side,
    synthetic: Side,
    holdout: Side | None,
    streams: Streams,
    targets: Sequence[Target],
    reference: frozenset[str],
    known: Sequence[TargetUtility],
) -> Utility:
    named = streams.under("utility")
    found = utility(
        real, synthetic, holdout, named, targets=targets, reference=reference, known=known
    )
    return Utility(found)


def _privacy(
    sides: Sequence[Side],
    canaries: Planted | None,
    synthetic: Dataset,
    streams: Streams,
    reference: frozenset[str],
) -> Privacy | None:
    """Return what can be measured: against a third side, of held-out rows, and by canaries."""
    found = None
    if len(sides) > 2:
        named = streams.under("privacy")
        found = measure_privacy(sides[0], sides[1], sides[2], named, reference)
    if canaries is None:
        return found
    surfaced = surfacing(canaries, synthetic, streams.under("canaries"))
    return replace(found or Privacy(), canaries=surfaced)


Scores = tuple[str, bool, list[tuple[str, float]]]


def _scores(
    fidelity: Fidelity | None,
    detection: Detection | None,
    useful: Utility | None,
    private: Privacy | None,
) -> Iterator[Scores]:
    """Yield each measure's name, whether more is better, and its scores with their tables."""
    if fidelity is not None:
        yield from _fidelity_scores(fidelity)
    if detection is not None:
        for features, title in (("own", "c2st"), ("children", "c2st_children")):
            for detector, suffix in (("boosting", ""), ("logistic", "_logistic")):
                # an area below .5 is chance, or rows found on both sides: no better than .5
                areas = [
                    (each.table, max(0.5, each.auc.value))
                    for each in detection.tables
                    if (each.features, each.detector) == (features, detector)
                ]
                yield f"{title}{suffix}", False, areas
    if useful is not None:
        for name in ("trtr", "tstr"):
            yield name, True, [(x.target.table, getattr(x, name)) for x in useful.targets]
        yield "utility_loss", False, [(x.target.table, x.loss) for x in useful.targets]
    if private is not None:
        for name, items in private.scores():
            yield name, False, items


def _fidelity_scores(found: Fidelity) -> Iterator[Scores]:
    yield "shapes", True, [(x.table, x.shape) for x in found.shapes]
    yield "missing", True, [(x.table, x.missing) for x in found.shapes]
    covered = [(x.table, x.coverage) for x in found.shapes if x.coverage is not None]
    yield "coverage", True, covered
    yield "outside", False, [(x.table, x.outside) for x in found.shapes]
    yield "seasonality", True, [(x.table, x.similarity) for x in found.seasons]
    yield "pairs", True, [(x.table, x.similarity) for x in found.pairs]
    for hops in sorted({1, 2} | {x.hops for x in found.hops}):
        trends = [(x.table, x.similarity) for x in found.hops if x.hops == hops]
        yield f"hop{hops}", True, trends
    counted = [x for x in found.cardinalities if x.parents >= _LEAST_PARENTS]
    yield "cardinality", True, [(x.key.table, x.similarity) for x in counted]
    yield "parentless", True, [(x.key.table, x.parentless) for x in found.cardinalities]
    for aspect, title in (("icc", "sibling_icc"), ("lag1", "lag1"), ("gaps", "gaps")):
        alike = [(x.key.table, x.similarity) for x in found.siblings if x.aspect == aspect]
        yield title, True, alike
