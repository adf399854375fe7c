"""Detectors: can a classifier tell synthetic rows from real ones, and by what?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics import Evaluation, TableDetection
from synthkit.reports.drawing import panels, styled
from synthkit.reports.palette import FAINT
from synthkit.reports.sections.wording import between, joined, rounded, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Detectors"]

_MOST_PANELS = 12
_LOOKS = {
    ("own", "boosting"): ("boosting", "#d55e00", "-"),
    ("children", "boosting"): ("boosting, with children", "#0072b2", "--"),
    ("own", "logistic"): ("logistic", "#009e73", ":"),
}


class Detectors:
    """Builds the section from the evaluation's detectors."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return the ROC curves, the areas beside ceiling and floor, and what gave rows away."""
        if inputs.scores is None or inputs.scores.detection is None:
            return None
        tests = inputs.scores.detection.tables
        if not tests:
            return None
        tables = sorted({each.table for each in tests}, key=lambda name: -_worst(tests, name))
        with styled():
            drawing = _draw(tests, tables[:_MOST_PANELS])
        plot = Plot(
            "detectors",
            "ROC curves",
            f"ROC curves of detectors for {len(tables)} tables; on the diagonal nothing is found. "
            f"The worst table is {tables[0]} with an area of {_worst(tests, tables[0]):.2f}.",
            drawing,
            _grid(inputs, tests, tables),
        )
        text = (
            "Gradient boosting and a logistic regression learn to tell synthetic rows from real "
            "ones, on folds that keep root entities together. An area (AUC) of .5 says that they "
            "found nothing, 1 that they are always right; below .5 is chance. The worst table is "
            f"{tables[0]}."
        )
        return Section("Detectors", text, plots=(plot,), grids=(_telling(tests, tables),))


def _worst(tests: Sequence[TableDetection], table: str) -> float:
    return max(each.auc.value for each in tests if each.table == table)


def _draw(tests: Sequence[TableDetection], tables: Sequence[str]) -> Figure:
    drawing, axes = panels(len(tables), across=4, height=2.1)
    for table, place in zip(tables, axes, strict=True):
        place.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8)
        for each in tests:
            if each.table == table and (each.features, each.detector) in _LOOKS:
                label, colour, stroke = _LOOKS[each.features, each.detector]
                x, y = zip(*each.roc, strict=True)
                place.plot(x, y, color=colour, linestyle=stroke, label=label)
        place.set_title(f"{short(table, 16)}  {_worst(tests, table):.2f}", loc="left")
        place.set_xticks([0, 1])
        place.set_yticks([0, 1])
        place.set_aspect("equal")
    seen = {
        label: handle
        for place in axes
        for handle, label in zip(*place.get_legend_handles_labels(), strict=True)
    }
    drawing.legend(seen.values(), seen.keys(), loc="outside lower left", ncols=3)
    return drawing


def _grid(inputs: SectionInputs, tests: Sequence[TableDetection], tables: Sequence[str]) -> Grid:
    beside = [_areas(each) for each in (inputs.ceiling, inputs.floor)]
    rows: list[list[str | float | None]] = []
    for table in tables:
        for each in tests:
            if each.table != table:
                continue
            name = (table, each.features, each.detector)
            row: list[str | float | None] = [table, each.features, each.detector, between(each.auc)]
            rows.append([*row, *(rounded(found.get(name)) for found in beside), each.rows])
    header = ["table", "features", "detector", "AUC (95% interval)", "ceiling", "floor", "rows"]
    return Grid(header, rows)


def _areas(found: Evaluation | None) -> dict[tuple[str, str, str], float]:
    if found is None or found.detection is None:
        return {}
    return {(x.table, x.features, x.detector): x.auc.value for x in found.detection.tables}


def _telling(tests: Sequence[TableDetection], tables: Sequence[str]) -> Grid:
    rows: list[list[str | float | None]] = []
    for table in tables:
        for each in tests:
            if each.table == table and each.detector == "boosting" and each.auc.low > 0.5:
                told = [f"{one.feature} ({one.loss:.2f})" for one in each.telling[:4]]
                rows.append([table, each.features, joined(told) or "nothing by itself"])
    return Grid(
        ["table", "features", "told by (AUC that is lost without it)"],
        rows,
        caption="What gave synthetic rows away, where the area is above chance.",
    )
