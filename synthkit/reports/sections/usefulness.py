"""Utility: what models that were trained on synthetic rows are worth on real ones."""

from __future__ import annotations

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics import TargetUtility
from synthkit.reports.drawing import figure, styled
from synthkit.reports.palette import FAINT, SERIES
from synthkit.reports.sections.wording import rounded, short

__all__ = ["Usefulness"]

_MOST = 20


class Usefulness:
    """Builds the section from the targets that were tried."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return training on synthetic rows (TSTR) beside training on real ones (TRTR)."""
        if inputs.scores is None or inputs.scores.utility is None:
            return None
        targets = sorted(inputs.scores.utility.targets, key=lambda each: -each.loss)
        if not targets:
            return None
        rows: list[list[str | float | None]] = [
            [
                _name(each),
                each.measure.upper(),
                rounded(each.tstr),
                rounded(each.trtr),
                rounded(each.loss),
                each.test_rows,
                each.tested_on,
            ]
            for each in targets
        ]
        header = ["target", "measure", "TSTR", "TRTR", "loss", "test rows", "tested on rows"]
        worst = targets[0]
        alt = (
            f"Scores of models for {len(targets)} targets, trained on synthetic and on real rows. "
            f"The greatest loss is {worst.loss:.3f}, for {_name(worst)}."
        )
        with styled():
            drawing = _draw(targets[:_MOST])
        text = (
            "The same model is trained on synthetic rows (TSTR) and on real ones (TRTR), and "
            "tested on real rows that neither saw. AUC is of a label, R2 of a number; the loss is "
            f"their difference, 0 at best. The greatest is {worst.loss:.3f}, for {_name(worst)}."
        )
        plot = Plot("utility", "TSTR beside TRTR", alt, drawing, Grid(header, rows))
        return Section("Utility", text, plots=(plot,))


def _name(each: TargetUtility) -> str:
    return f"{each.target.table}.{each.target.column}"


def _draw(targets: list[TargetUtility]):  # type: ignore[no-untyped-def]
    drawing = figure(0.9 + 0.28 * len(targets))
    place = drawing.add_subplot()
    for at, each in enumerate(targets):
        place.plot([each.tstr, each.trtr], [at, at], color=FAINT, linewidth=1)
    rows = range(len(targets))
    for name, label, scores in (
        ("real", "trained on real rows", [each.trtr for each in targets]),
        ("synthetic", "trained on synthetic rows", [each.tstr for each in targets]),
    ):
        look = SERIES[name]
        place.plot(
            scores, rows, linestyle="none", marker=look.marker, color=look.colour, label=label
        )
    place.set_yticks(
        list(rows), [f"{short(_name(each), 34)} ({each.measure.upper()})" for each in targets]
    )
    place.set_ylim(len(targets) - 0.5, -0.5)
    drawing.legend(loc="outside lower left", ncols=2)
    return drawing
