"""Distributions: every column of every table, real, held-out and synthetic in one plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.reports.drawing import panels, styled
from synthkit.reports.palette import SERIES
from synthkit.reports.sections.histograms import Histogram, histogram
from synthkit.reports.sections.wording import rounded, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Distributions", "draw_panel"]

MOST_PANELS = 18
_DATES = {"Y": "%Y", "M": "%b %Y", "D": "%d %b %Y", "h": "%d %b %H:00"}


class Distributions:
    """Builds the section; columns that fit worst come first."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return one part for each table that has columns with content."""
        scored: dict[tuple[str, str], float] = {}
        if inputs.scores is not None and inputs.scores.fidelity is not None:
            scored = {(x.table, x.column): x.shape for x in inputs.scores.fidelity.shapes}
        parts = [
            part
            for table in inputs.sides["real"].kinds
            if (part := _part(inputs, table, scored)) is not None
        ]
        if not parts:
            return None
        return Section(
            "Distributions",
            _summary(scored, len(parts)),
            numbers={f"{table}.{column}": shape for (table, column), shape in scored.items()},
            parts=parts,
        )


def _summary(scored: Mapping[tuple[str, str], float], tables: int) -> str:
    if not scored:
        return "What values each column holds."
    worst = min(scored, key=lambda name: scored[name])
    return (
        f"{len(scored)} columns of {tables} tables. A similarity of 1 says that two "
        "distributions are the same: it is 1 less the Kolmogorov-Smirnov distance of numbers and "
        "dates, 1 less the total variation distance of labels. The mean is "
        f"{np.mean(list(scored.values())):.3f}; the least is that of {worst[0]}.{worst[1]}, "
        f"{scored[worst]:.3f}."
    )


def _part(
    inputs: SectionInputs, table: str, scored: Mapping[tuple[str, str], float]
) -> Section | None:
    sides = inputs.sides
    columns = sorted(sides["real"].kinds[table], key=lambda name: scored.get((table, name), 1.0))
    if not columns or not sides["real"].rows[table]:
        return None
    shown = [histogram(sides, table, name) for name in columns[:MOST_PANELS]]
    similar = {name: scored.get((table, name)) for name in columns}
    with styled():
        drawing = _draw(shown, similar)
    left = len(columns) - len(shown)
    more = (f"{left} columns that fit better are in the table of numbers only.",) if left else ()
    plot = Plot(
        f"distributions-{table}",
        f"Columns of {table}",
        _alt(table, shown, similar),
        drawing,
        _grid(inputs, table, columns, similar),
    )
    return Section(table, plots=(plot,), notes=more)


def _draw(shown: Sequence[Histogram], similar: Mapping[str, float | None]) -> Figure:
    drawing, axes = panels(len(shown))
    for each, place in zip(shown, axes, strict=True):
        draw_panel(place, each)
        score = similar[each.column]
        title = short(each.column) if score is None else f"{short(each.column)}  {score:.2f}"
        place.set_title(title, loc="left")
    handles, labels = axes[0].get_legend_handles_labels()
    if len(handles) > 1:
        drawing.legend(handles, labels, loc="outside lower left", ncols=len(handles))
    return drawing


def draw_panel(place: Axes, each: Histogram) -> None:
    """Draw one column: steps for numbers and dates, points beside labels for categories."""
    for at, (name, shares) in enumerate(each.shares.items()):
        look = SERIES[name]
        if each.edges is not None:
            place.stairs(
                shares,
                each.edges,
                color=look.colour,
                linestyle=look.stroke,
                label=name,
                linewidth=1.6,
            )
            continue
        rows = np.arange(len(each.labels)) + (at - (len(each.shares) - 1) / 2) * 0.2
        place.plot(
            shares,
            rows,
            linestyle="none",
            marker=look.marker,
            markersize=4.5,
            color=look.colour,
            label=name,
        )
    if each.edges is None:
        place.set_yticks(range(len(each.labels)), [short(name, 14) for name in each.labels])
        place.set_ylim(len(each.labels) - 0.4, -0.6)
        place.set_xlim(
            0, 1.08 * max(float(shares.max(initial=0.01)) for shares in each.shares.values())
        )
    else:
        place.set_ylim(bottom=0)
        place.set_yticks([])
        place.spines["left"].set_visible(False)
        if each.kind == "date":
            _date_axis(place)
        else:
            place.locator_params(axis="x", nbins=4)


def _date_axis(place: Axes) -> None:
    """Mark two to four dates that begin a year, a month or a day."""
    low, high = (np.datetime64(round(end * 86_400), "s") for end in place.get_xlim())
    for unit in _DATES:
        first, last = low.astype(f"datetime64[{unit}]") + 1, high.astype(f"datetime64[{unit}]")
        count = int((last - first).astype(np.int64)) + 1
        if count >= 2:
            break
    step = -(-count // 3) if count > 3 else 1
    marks = first + np.arange(0, max(count, 1), step)
    days = marks.astype("datetime64[s]").astype(np.int64) / 86_400
    place.set_xticks(
        days, [mark.astype("datetime64[s]").item().strftime(_DATES[unit]) for mark in marks]
    )


def _alt(table: str, shown: Sequence[Histogram], similar: Mapping[str, float | None]) -> str:
    others = [name for name in shown[0].shares if name != "real"]
    text = f"Small plots of {len(shown)} columns of {table}: shares of values, real"
    text += "".join(f", {name}" for name in others) + "."
    score = similar[shown[0].column]
    if score is not None:
        text += f" The worst fit is {shown[0].column} with a similarity of {score:.2f}."
    return text


def _grid(
    inputs: SectionInputs, table: str, columns: Sequence[str], similar: Mapping[str, float | None]
) -> Grid:
    names = list(inputs.sides)
    rows: list[list[str | float | None]] = []
    for column in columns:
        row: list[str | float | None] = [column, inputs.sides["real"].kinds[table][column]]
        row.append(rounded(similar[column]))
        for name in names:
            values = inputs.sides[name].values[table][column]
            row.append(rounded(float(np.isnan(values).mean()) if len(values) else None))
        rows.append(row)
    return Grid(["column", "kind", "similarity", *(f"missing, {name}" for name in names)], rows)
