"""Relations: how many children rows have, and how columns hang together across tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics.columns import Floats
from synthkit.metrics.relational import child_counts
from synthkit.reports.drawing import panels, styled
from synthkit.reports.palette import SERIES
from synthkit.reports.sections.wording import rounded, short
from synthkit.schema import ForeignKey

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Relations"]

_MOST_PANELS = 18
_BARS = 15


class Relations:
    """Builds the section, where there are foreign keys."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return cardinalities as plots, trends along foreign keys and siblings as tables."""
        keys = list(inputs.real.schema.foreign_keys)
        if not keys:
            return None
        found = inputs.scores.fidelity if inputs.scores is not None else None
        score = {x.key: x.similarity for x in found.cardinalities} if found is not None else {}
        keys.sort(key=lambda key: score.get(key, 1.0))
        with styled():
            drawing = _draw(inputs, keys[:_MOST_PANELS], score)
        rows: list[list[str | float | None]] = []
        for key in keys:
            row: list[str | float | None] = [str(key), rounded(score.get(key))]
            for side in inputs.sides.values():
                counts = child_counts(side, key)
                row.append(rounded(float(counts.mean()) if len(counts) else None))
            rows.append(row)
        plot = Plot(
            "cardinalities",
            "Children of each parent row",
            _alt(keys, score),
            drawing,
            Grid(["foreign key", "similarity", *(f"mean, {name}" for name in inputs.sides)], rows),
        )
        text = f"{len(keys)} foreign keys. Rows without a child count as 0."
        if score:
            worst = keys[0]
            text += f" The least similarity of counts is that of {worst}, {score[worst]:.3f}."
        return Section("Relations", text, plots=(plot,), parts=_parts(inputs))


def _parts(inputs: SectionInputs) -> list[Section]:
    found = inputs.scores.fidelity if inputs.scores is not None else None
    if found is None:
        return []
    parts = []
    if found.hops:
        ceiling = inputs.ceiling.fidelity if inputs.ceiling is not None else None
        best = {x.path: x.similarity for x in ceiling.hops} if ceiling is not None else {}
        hops = sorted(found.hops, key=lambda trend: trend.similarity)
        rows: list[list[str | float | None]] = [
            [each.name, each.hops, rounded(each.similarity), rounded(best.get(each.path))]
            for each in hops
        ]
        grid = Grid(["path", "hops", "similarity", "ceiling"], rows)
        text = "How alike columns hang together with those of tables above, the worst path first."
        parts.append(Section("Trends along foreign keys", text, grids=(grid,)))
    if found.siblings:
        siblings = sorted(found.siblings, key=lambda each: each.similarity)
        rows = [
            [
                f"{each.key.table}.{each.column}",
                str(each.key),
                each.aspect,
                rounded(each.similarity),
                rounded(each.real),
                rounded(each.synthetic),
            ]
            for each in siblings
        ]
        header = ["column", "under", "aspect", "similarity", "real", "synthetic"]
        text = (
            "How alike the children of one parent are: icc is the share of the variance that lies "
            "between parents, lag1 how a row depends on the one before, gaps the time between them."
        )
        parts.append(Section("Siblings", text, grids=(Grid(header, rows),)))
    return parts


def _draw(
    inputs: SectionInputs, keys: Sequence[ForeignKey], score: Mapping[ForeignKey, float]
) -> Figure:
    drawing, axes = panels(len(keys), height=1.7)
    for key, place in zip(keys, axes, strict=True):
        counts = {name: child_counts(side, key) for name, side in inputs.sides.items()}
        edges = _edges(counts["real"].astype(np.float64))
        for name, each in counts.items():
            look = SERIES[name]
            shares = np.histogram(np.minimum(each, edges[-1] - 0.5), edges)[0] / max(1, len(each))
            place.stairs(shares, edges, color=look.colour, linestyle=look.stroke, label=name)
        title = f"{short(key.table, 16)} of {short(key.parent, 14)}"
        place.set_title(title if key not in score else f"{title}  {score[key]:.2f}", loc="left")
        place.set_ylim(bottom=0)
        place.set_yticks([])
        place.spines["left"].set_visible(False)
        if len(edges) <= 4:
            place.set_xticks(range(len(edges) - 1))
        else:
            place.locator_params(axis="x", nbins=5, integer=True)
    handles, labels = axes[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside lower left", ncols=max(1, len(handles)))
    return drawing


def _edges(counts: Floats) -> Floats:
    """Return the ends of bins of whole numbers; the last bin takes all that is more."""
    top = float(np.quantile(counts, 0.99)) if len(counts) else 1.0
    width = max(1, int(np.ceil((top + 1) / _BARS)))
    return np.arange(0, top + width + 1, width) - 0.5


def _alt(keys: Sequence[ForeignKey], score: Mapping[ForeignKey, float]) -> str:
    text = f"Shares of parent rows by number of children, for {len(keys)} foreign keys."
    if score:
        text += f" The worst fit is {keys[0]}, with a similarity of {score[keys[0]]:.2f}."
    return text
