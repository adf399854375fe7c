"""Workload: what the user's own questions get as answers from both data sets."""

from __future__ import annotations

import numpy as np

from synthkit.contracts.section import Grid, Section, SectionInputs
from synthkit.reports.sections.wording import rounded

__all__ = ["Workload"]


class Workload:
    """Builds the section, where questions were asked (--sql)."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return the similarity of each pair of answers, the worst first."""
        if inputs.scores is None or not inputs.scores.workload:
            return None
        floor = {each.query: each.similarity for each in (inputs.floor or inputs.scores).workload}
        answers = sorted(inputs.scores.workload, key=lambda each: each.similarity)
        rows: list[list[str | float | None]] = [
            [
                each.query,
                rounded(each.similarity),
                rounded(floor.get(each.query)) if inputs.floor is not None else None,
                each.rows[0],
                each.rows[1],
                each.matched,
            ]
            for each in answers
        ]
        header = ["query", "similarity", "floor", "rows, real", "rows, synthetic", "matched"]
        text = (
            "Your own questions to both data sets. The similarity is 1 less the mean relative "
            f"error of the numbers in the answers. The worst is {answers[0].query!r}, "
            f"{answers[0].similarity:.3f}."
        )
        return Section("Workload", text, grids=(Grid(header, rows),))
