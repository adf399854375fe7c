"""Correlations: how columns of a table hang together, real and synthetic, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics.columns import Floats
from synthkit.reports.drawing import figure, styled
from synthkit.reports.sections.association import matrix
from synthkit.reports.sections.wording import FEWEST, rounded, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Correlations"]

Pair = tuple[int, int]

_MOST_COLUMNS = 20
_MOST_ROWS = 5_000
_MOST_PAIRS = 12


class Correlations:
    """Builds the section; tables with two columns or more."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return one part for each table, matrices side by side."""
        parts = []
        worst: tuple[float, str] = (-1.0, "")
        for table, kinds in inputs.sides["real"].kinds.items():
            columns = list(kinds)[:_MOST_COLUMNS]
            if len(columns) < 2 or min(side.rows[table] for side in inputs.sides.values()) < 10:
                continue
            found = {
                name: matrix(side, table, columns, _rows(side.rows[table], rng))
                for name, side in inputs.sides.items()
            }
            told = _told(inputs, table, columns)
            part, apart = _part(table, columns, found, told, len(kinds) - len(columns))
            parts.append(part)
            worst = max(worst, apart)
        if not parts:
            return None
        text = (
            "Rank correlation of numbers and dates, the correlation ratio of labels and numbers, "
        )
        text += "Cramer's V of labels."
        if worst[0] >= 0:
            text += f" The pair that differs most is {worst[1]}, by {worst[0]:.2f}."
        return Section("Correlations", text, parts=parts)


def _rows(count: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if count <= _MOST_ROWS:
        return np.arange(count, dtype=np.int64)
    return np.sort(rng.choice(count, _MOST_ROWS, replace=False)).astype(np.int64)


def _told(inputs: SectionInputs, table: str, columns: Sequence[str]) -> set[Pair]:
    """Return the pairs of columns that enough rows of each side have both of."""
    there = [
        np.column_stack([~np.isnan(side.values[table][name]) for name in columns]).astype(float)
        for side in inputs.sides.values()
    ]
    enough = np.minimum.reduce([each.T @ each for each in there]) >= FEWEST
    return {(int(a), int(b)) for a, b in zip(*np.nonzero(enough), strict=True)}


def _part(
    table: str, columns: Sequence[str], found: dict[str, Floats], told: set[Pair], left: int
) -> tuple[Section, tuple[float, str]]:
    shown: dict[str, Floats] = {
        name: each for name, each in found.items() if name in {"real", "synthetic"}
    }
    if "synthetic" in found:
        shown["difference"] = found["synthetic"] - found["real"]
    with styled():
        drawing = _draw(columns, shown)
    pairs = [(at, other) for at in range(len(columns)) for other in range(at)]
    by = shown.get("difference", found["real"])
    pairs.sort(key=lambda pair: (pair not in told, -abs(np.nan_to_num(by[pair]))))
    rows: list[list[str | float | None]] = [
        [f"{columns[a]}, {columns[b]}", *(_number(each[a, b]) for each in found.values())]
        for a, b in pairs[:_MOST_PAIRS]
    ]
    alt = f"Matrices of the associations of {len(columns)} columns of {table}: {', '.join(shown)}."
    apart = (-1.0, "")
    if "difference" in shown and pairs and pairs[0] in told:
        first = pairs[0]
        size = abs(float(np.nan_to_num(by[first])))
        apart = size, f"{columns[first[1]]} and {columns[first[0]]} of {table}"
        alt += f" They differ most for {columns[first[1]]} and {columns[first[0]]}, by {size:.2f}."
    plot = Plot(
        f"correlations-{table}",
        f"Associations in {table}",
        alt,
        drawing,
        Grid(["pair", *found], rows, caption="The pairs that differ most, or hang together most."),
    )
    notes = (f"{left} columns are left out of the matrices.",) if left > 0 else ()
    return Section(table, plots=(plot,), notes=notes), apart


def _draw(columns: Sequence[str], shown: dict[str, Floats]) -> Figure:
    size = len(columns)
    drawing = figure(min(4.0, 1.7 + 0.28 * size))
    axes = [drawing.add_subplot(1, len(shown), at + 1) for at in range(len(shown))]
    image = None
    names = [short(name, 14) for name in columns]
    for at, (place, (name, values)) in enumerate(zip(axes, shown.items(), strict=True)):
        image = place.imshow(values, vmin=-1, vmax=1, cmap="PuOr", interpolation="none")
        place.set_title(name, loc="left")
        place.set_xticks(range(size), names, rotation=90)
        place.set_yticks(range(size), names if at == 0 else [""] * size)
        place.tick_params(length=0)
        for spine in place.spines.values():
            spine.set_visible(False)
    if image is not None:
        drawing.colorbar(image, ax=axes, shrink=0.7, ticks=[-1, 0, 1])
    return drawing


def _number(value: float) -> float | None:
    return None if np.isnan(value) else rounded(float(value))
