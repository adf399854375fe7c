"""The gate: thresholds that scores must keep, for a pipeline that stops where they do not.

A measure that was not taken is an error and never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthkit.errors import UsageError, near_matches
from synthkit.metrics import Standing
from synthkit.metrics.standing import StandingRow

__all__ = ["GROUPS", "Check", "Threshold", "check", "parse_thresholds"]

GROUPS: dict[str, tuple[str, ...]] = {
    "fidelity": ("shapes", "pairs", "hop1", "cardinality"),
    "detection": ("c2st", "c2st_children"),
    "utility": ("utility_loss",),
    "privacy": (
        "dcr", "nndr", "copies", "singling_out", "linkability", "inference", "membership",
        "canaries",
    ),
    "workload": ("workload",),
}  # fmt: skip
"""What a group is the mean of; each measure is turned so that 1 is best and 0 worst."""

_CHANCE = {"c2st", "c2st_logistic", "c2st_children", "c2st_children_logistic"}
_CHANCE |= {"dcr", "nndr", "membership", "canaries"}
_FORM = re.compile(r"(?P<name>[a-z0-9_]+)=(?P<beside>ceiling|floor)?(?P<number>[+-]?[0-9.]+)?")


@dataclass(frozen=True)
class Threshold:
    """What one score must keep: a number, or a distance from its ceiling or floor."""

    name: str
    number: float
    beside: str | None = None


@dataclass(frozen=True)
class Check:
    """One threshold held against its score. ``limit`` is the number that had to be kept."""

    name: str
    passed: bool
    value: float
    limit: float
    higher_is_better: bool
    worst_table: str | None = None

    @property
    def message(self) -> str:
        """What was asked and found, in words."""
        need = "at least" if self.higher_is_better else "at most"
        text = f"{self.name} is {self.value:.3f}; {need} {self.limit:.3f} is asked for"
        if self.passed or self.worst_table is None:
            return f"{text}."
        return f"{text}, {abs(self.value - self.limit):.3f} off (worst: {self.worst_table})."


def parse_thresholds(text: str) -> tuple[Threshold, ...]:
    """Read ``fidelity=0.9,c2st=0.6,hop1=ceiling-0.02``.

    Raises:
        UsageError: A part is not of that form.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        matched = _FORM.fullmatch(part)
        if matched is None or not (matched["beside"] or matched["number"]):
            raise UsageError(
                f"{part!r} is no threshold.", hint="Write fidelity=0.9 or c2st=ceiling+0.05."
            )
        try:
            number = float(matched["number"] or 0)
        except ValueError as error:
            raise UsageError(f"{part!r} has no number.", hint="Write fidelity=0.9.") from error
        found.append(Threshold(matched["name"], number, matched["beside"]))
    return tuple(found)


def check(
    standing: Standing, thresholds: Sequence[Threshold], *, violations: int | None = None
) -> tuple[Check, ...]:
    """Hold scores against thresholds, in their order.

    Groups (`GROUPS`) are means of their measures, each from 0 to 1 with 1 best: similarities as
    they are, an AUC or share a of which .5 is best as 2 (1 - max(a, .5)), a risk or loss as 1 less
    itself. Single measures are as they are: at least the threshold where more is better, else at
    most. ``validity`` is 1 without ``violations``, else 0.

    Raises:
        UsageError: A threshold names no measure, or one that was not taken.
    """
    rows = {row.measure: row for row in standing.rows()}
    return tuple(_check(each, rows, violations) for each in thresholds)


def _check(asked: Threshold, rows: dict[str, StandingRow], violations: int | None) -> Check:
    if asked.name == "validity" and violations is not None:
        return _against(asked.name, 0.0 if violations else 1.0, asked.number, better=True)
    if asked.name in GROUPS:
        taken = [rows[name] for name in GROUPS[asked.name] if name in rows]
        taken = [row for row in taken if row.value is not None]
        if not taken:
            raise _not_taken(asked.name)
        values = [_turned(row, row.value) for row in taken if row.value is not None]
        limit = asked.number
        if asked.beside is not None:
            others = [_turned(row, _beside(row, asked)) for row in taken]
            limit += sum(others) / len(others)
        worst = min(taken, key=lambda row: _turned(row, row.value or 0.0))
        return _against(
            asked.name, sum(values) / len(values), limit, better=True,
            worst=f"{worst.measure} of {worst.worst_table}",
        )  # fmt: skip
    row = rows.get(asked.name)
    if row is None:
        known = [*rows, *GROUPS, "validity"]
        raise UsageError(
            f"There is no measure {asked.name!r}.", hint=near_matches(asked.name, known)
        )
    if row.value is None:
        raise _not_taken(asked.name)
    limit = asked.number + (_beside(row, asked) if asked.beside is not None else 0.0)
    return _against(
        asked.name, row.value, limit, better=row.higher_is_better, worst=row.worst_table
    )


def _against(
    name: str, value: float, limit: float, *, better: bool, worst: str | None = None
) -> Check:
    kept = value >= limit - 1e-9 if better else value <= limit + 1e-9
    return Check(name, kept, value, limit, better, worst)


def _turned(row: StandingRow, value: float) -> float:
    if row.measure in _CHANCE:
        return 2 * (1 - max(value, 0.5))
    return value if row.higher_is_better else 1 - min(1.0, max(0.0, value))


def _beside(row: StandingRow, asked: Threshold) -> float:
    found = row.ceiling if asked.beside == "ceiling" else row.floor
    if found is None:
        raise UsageError(f"{row.measure} has no {asked.beside} here.", hint="Give a number: 0.9.")
    return found


def _not_taken(name: str) -> UsageError:
    hint = "Fit with --holdout and give --model, or give --holdout."
    if name == "workload":
        hint = "Give --sql."
    return UsageError(f"{name} was not measured, so it cannot pass.", hint=hint)
