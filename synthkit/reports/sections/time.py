"""Time: when things happen, over the years and by hour, weekday and month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics.columns import Floats
from synthkit.metrics.seasonality import CYCLES, Cycle, Season, profile
from synthkit.reports.drawing import panels, styled
from synthkit.reports.palette import SERIES
from synthkit.reports.sections.distributions import draw_panel
from synthkit.reports.sections.histograms import histogram
from synthkit.reports.sections.wording import FEWEST, rounded, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Time"]

_MOST_COLUMNS = 4
_PER_PART = 20
"""Dates in each hour, weekday or month that it takes to tell a share of them."""
_NAMES = {
    "hour": [str(hour) for hour in range(24)],
    "weekday": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
    "month": list("JFMAMJJASOND"),
}


class Time:
    """Builds the section, where there are dates."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return one part for each table with dates: the range, and the cycles in it."""
        parts = []
        for table, kinds in inputs.sides["real"].kinds.items():
            dates = [
                name
                for name, kind in kinds.items()
                if kind == "date" and not np.all(np.isnan(inputs.sides["real"].values[table][name]))
            ]
            if dates:
                parts.append(_part(inputs, table, dates))
        if not parts:
            return None
        found = inputs.scores.fidelity if inputs.scores is not None else None
        text = "Rows over time, and their shares by hour, weekday and month."
        seasons = [] if found is None else [s for s in found.seasons if _has_enough(inputs, s)]
        if seasons:
            worst = min(seasons, key=lambda each: each.similarity)
            text += (
                f" The least similarity of a cycle is that of {worst.table}.{worst.column} "
                f"by {worst.cycle}, {worst.similarity:.3f}."
            )
        return Section("Time", text, parts=parts)


def _has_enough(inputs: SectionInputs, season: Season) -> bool:
    """Say whether there are as many dates that profiles of each other's world are alike."""
    least = max(FEWEST, _PER_PART * CYCLES[season.cycle])
    dates = (side.values[season.table][season.column] for side in inputs.sides.values())
    return all(np.count_nonzero(~np.isnan(each)) >= least for each in dates)


def _part(inputs: SectionInputs, table: str, dates: list[str]) -> Section:
    shown = dates[:_MOST_COLUMNS]
    profiles = {
        (name, cycle): {
            side: profile(inputs.sides[side].values[table][name], cycle) for side in inputs.sides
        }
        for name in shown
        for cycle in CYCLES
    }
    told = {key: each for key, each in profiles.items() if np.count_nonzero(each["real"]) > 1}
    with styled():
        drawing = _draw(inputs, table, shown, told)
    rows: list[list[str | float | None]] = [
        [f"{name} by {cycle}", _NAMES[cycle][at], *(rounded(float(s[at])) for s in each.values())]
        for (name, cycle), each in told.items()
        for at in range(len(each["real"]))
    ]
    plot = Plot(
        f"time-{table}",
        f"Dates of {table}",
        f"Rows of {table} over time for {', '.join(shown)}, and their shares by "
        "hour, weekday and month where dates tell them.",
        drawing,
        Grid(["cycle", "part", *inputs.sides], rows, caption="Shares of rows."),
    )
    left = len(dates) - len(shown)
    return Section(
        table, plots=(plot,), notes=(f"{left} more dates are not drawn.",) if left else ()
    )


def _draw(
    inputs: SectionInputs,
    table: str,
    shown: list[str],
    told: Mapping[tuple[str, Cycle], Mapping[str, Floats]],
) -> Figure:
    drawing, axes = panels(len(shown) + len(told), height=1.6)
    for name, place in zip(shown, axes, strict=False):
        draw_panel(place, histogram(inputs.sides, table, name, bins=36))
        place.set_title(short(name), loc="left")
    for ((name, cycle), each), place in zip(told.items(), axes[len(shown) :], strict=True):
        for side, shares in each.items():
            look = SERIES[side]
            place.plot(
                range(len(shares)),
                shares,
                color=look.colour,
                linestyle=look.stroke,
                marker=look.marker,
                markersize=3,
                label=side,
            )
        labels = _NAMES[cycle]
        step = 6 if cycle == "hour" else 1
        place.set_xticks(range(0, len(labels), step), labels[::step])
        place.set_ylim(bottom=0)
        place.set_yticks([])
        place.spines["left"].set_visible(False)
        place.set_title(f"{short(name, 16)} by {cycle}", loc="left")
    handles, names = axes[0].get_legend_handles_labels()
    if len(handles) > 1:
        drawing.legend(handles, names, loc="outside lower left", ncols=len(handles))
    return drawing
