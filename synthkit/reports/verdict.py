"""The verdict: what the numbers come to in a few sentences, and the six that matter most.

Words follow from where a number lies between its ceiling and its floor, and from intervals;
nothing that was not measured is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from synthkit.metrics import Standing
from synthkit.metrics.standing import StandingRow

__all__ = ["Headline", "headlines", "place", "verdict"]

_TITLES = {
    "shapes": ("Columns", "similarity of distributions; 1 is best"),
    "pairs": ("Pairs", "similarity of dependences inside tables; 1 is best"),
    "hop1": ("Across tables", "similarity of dependences along foreign keys; 1 is best"),
    "c2st": ("Told from real rows", "AUC of a detector on single rows; .5 is best"),
    "c2st_children": ("Told with children", "AUC of a detector that sees child rows; .5 is best"),
    "tstr": ("Usefulness", "score of models trained on synthetic rows; TRTR is best"),
    "dcr": ("Closer to learned rows", "share nearer to learned than to held-out rows; .5 is best"),
    "membership": ("Members recognised", "AUC of telling learned rows; .5 is best"),
    "cardinality": ("Children", "similarity of numbers of children; 1 is best"),
    "coverage": ("Coverage", "share of real labels and ranges that occur; 1 is best"),
}
_MOST = 6


@dataclass(frozen=True)
class Headline:
    """One of the numbers at the top, beside its ceiling and floor where they are known.

    ``place`` is 1 at the ceiling and 0 at the floor, None where one of them is missing or they
    do not differ.
    """

    name: str
    title: str
    meaning: str
    value: float
    ceiling: float | None
    floor: float | None
    place: float | None
    worst: str | None


def headlines(standing: Standing) -> tuple[Headline, ...]:
    """Return up to six measures that were taken, those that tell most first."""
    rows = {row.measure: row for row in standing.rows() if row.value is not None}
    related = "hop1" in rows
    wanted = ["c2st", "c2st_children", "hop1" if related else "pairs", "shapes", "tstr", "dcr"]
    spare = ["pairs", "membership", "cardinality", "coverage"]
    names = [name for name in wanted if name in rows]
    names += [name for name in spare if name in rows and name not in names][: _MOST - len(names)]
    return tuple(_headline(rows[name]) for name in names)


def _headline(row: StandingRow) -> Headline:
    title, meaning = _TITLES[row.measure]
    assert row.value is not None
    worst = None
    if row.worst_table is not None and row.worst is not None:
        worst = f"{row.worst_table} {row.worst:.3f}"
    return Headline(
        row.measure, title, meaning, row.value, row.ceiling, row.floor, place(row), worst
    )


def place(row: StandingRow) -> float | None:
    """Return where a value lies between its floor (0) and its ceiling (1), cut to that range."""
    if row.value is None or row.ceiling is None or row.floor is None:
        return None
    span = row.ceiling - row.floor
    if abs(span) < 0.02 or (span > 0) != row.higher_is_better:
        return None
    return min(1.0, max(0.0, (row.value - row.floor) / span))


def verdict(standing: Standing) -> tuple[str, ...]:
    """Return the verdict as sentences: how real, how useful, how private, by what measure."""
    rows = {row.measure: row for row in standing.rows()}
    return tuple(
        sentence
        for part in (_realism(rows), _usefulness(rows), _privacy(standing), _against(standing))
        for sentence in part
    )


def _realism(rows: dict[str, StandingRow]) -> Iterator[str]:
    row = rows.get("c2st")
    if row is None or row.value is None or row.worst is None:
        yield "Whether rows can be told from real ones was not tested: too few rows."
        return
    yield f"Single rows are {_told(row.worst)} in the worst table, {row.worst_table} " + (
        f"(AUC {row.worst:.2f}; {row.value:.2f} on the mean of tables"
        + (f", {row.ceiling:.2f} for real held-out rows" if row.ceiling is not None else "")
        + (f", {row.floor:.2f} for columns drawn alone)." if row.floor is not None else ").")
    )
    family = rows.get("c2st_children")
    if family is not None and family.value is not None and family.worst is not None:
        yield (
            f"With what their children come to they are {_told(family.worst)} in the worst "
            f"table, {family.worst_table} (AUC {family.worst:.2f})."
        )


def _told(area: float) -> str:
    for limit, words in (
        (0.55, "hardly told from real ones"),
        (0.65, "told from real ones a little better than by chance"),
        (0.8, "often told from real ones"),
        (0.95, "mostly told from real ones"),
    ):
        if area < limit:
            return words
    return "told from real ones at a glance"


def _usefulness(rows: dict[str, StandingRow]) -> Iterator[str]:
    loss = rows.get("utility_loss")
    if loss is not None and loss.value is not None:
        yield (
            f"Models trained on synthetic rows lose {max(0.0, loss.value):.3f} on the mean of "
            "their targets against models trained on real rows."
        )


def _privacy(standing: Standing) -> Iterator[str]:
    found = standing.scores.privacy
    if found is None:
        yield "Privacy was not measured: it takes real rows that were not learned."
        return
    taken = len({measure for measure, items in found.scores() if items})
    leaks = list(found.leaks())
    if not taken:
        yield "Privacy was not measured: no table has enough rows and columns."
    elif not leaks:
        yield f"None of {taken} privacy measures is worse than chance explains."
    else:
        named = sorted({leak.measure.replace("_", " ") for leak in leaks})
        tables = sorted({leak.table for leak in leaks})
        yield (
            f"Synthetic rows say more of learned rows than chance explains by {', '.join(named)} "
            f"(in {', '.join(tables)}): look at the privacy section before sharing them."
        )


def _against(standing: Standing) -> Iterator[str]:
    if standing.ceiling is None:
        yield "There is no ceiling: no real rows to compare with were held out or could be."
    yield from standing.notes
