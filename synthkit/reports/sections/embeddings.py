"""Embeddings: rows as points, on the two directions in which real rows differ most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from synthkit.contracts.section import Grid, Plot, Section, SectionInputs
from synthkit.metrics.columns import Floats
from synthkit.metrics.ranks import midranks
from synthkit.metrics.sides import Side
from synthkit.reports.drawing import figure, styled
from synthkit.reports.palette import SERIES
from synthkit.reports.sections.wording import rounded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Embeddings", "project"]

_MOST_POINTS = 600
_MOST_ROWS = 3_000
_LABELS = 6
_LEAST_COLUMNS = 3
_LEAST_ROWS = 40


class Embeddings:
    """Builds the section, for tables with three columns and forty rows or more."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return one part for each table: a panel for each data set, on the same axes."""
        if inputs.synthetic is None:
            return None
        parts = []
        for table, kinds in inputs.sides["real"].kinds.items():
            rows = {name: side.rows[table] for name, side in inputs.sides.items()}
            if len(kinds) < _LEAST_COLUMNS or min(rows.values()) < _LEAST_ROWS:
                continue
            chosen = {
                name: rng.choice(count, min(count, _MOST_ROWS), replace=False)
                for name, count in rows.items()
            }
            points, explained = project(inputs.sides, table, chosen)
            parts.append(_part(table, points, explained))
        text = (
            "Principal components of the real rows: numbers and dates as ranks, labels as "
            "indicators. Clouds of one shape say little by themselves; the detectors say more."
        )
        return Section("Embeddings", text, parts=parts) if parts else None


def project(
    sides: Mapping[str, Side],
    table: str,
    rows: Mapping[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> tuple[dict[str, Floats], tuple[float, float]]:
    """Return every data set's rows on the first two principal components of the real ones.

    Shape (rows, 2) each, and the shares of the variance that the two explain. Source: Pearson
    1901, by a singular value decomposition of the centred features.
    """
    features = _features(sides, table, rows)
    centre = features["real"].mean(axis=0)
    _, sizes, axes = np.linalg.svd(features["real"] - centre, full_matrices=False)
    axes = axes[:2] * np.where(axes[:2].sum(axis=1, keepdims=True) < 0, -1, 1)
    variance = sizes**2 / max(float((sizes**2).sum()), 1e-12)
    points = {name: (each - centre) @ axes.T for name, each in features.items()}
    return points, (float(variance[0]), float(variance[1]) if len(variance) > 1 else 0.0)


def _features(
    sides: Mapping[str, Side],
    table: str,
    rows: Mapping[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
) -> dict[str, Floats]:
    names = list(sides)
    columns: dict[str, list[Floats]] = {name: [] for name in names}
    for column, kind in sides["real"].kinds[table].items():
        values = [sides[name].values[table][column][rows[name]] for name in names]
        ends = np.cumsum([len(each) for each in values])[:-1]
        joined = np.concatenate(values)
        if kind == "category":
            real = values[0][~np.isnan(values[0])].astype(np.int64)
            common = np.argsort(-np.bincount(real, minlength=1), kind="stable")[:_LABELS]
            made = [(joined == label).astype(np.float64) for label in common]
        else:
            there = ~np.isnan(joined)
            ranks = np.full(len(joined), 0.5)
            if there.any():
                ranks[there] = midranks(joined[there]) / there.sum()
            made = [ranks]
        for each in made:
            for name, part in zip(names, np.split(each, ends), strict=True):
                columns[name].append(part)
    return {name: np.column_stack(found) for name, found in columns.items()}


def _part(table: str, points: dict[str, Floats], explained: tuple[float, float]) -> Section:
    with styled():
        drawing = _draw(points, explained)
    rows: list[list[str | float | None]] = [
        [
            name,
            *(
                rounded(float(value))
                for at in (0, 1)
                for value in (each[:, at].mean(), each[:, at].std())
            ),
        ]
        for name, each in points.items()
    ]
    header = ["data", "first, mean", "first, spread", "second, mean", "second, spread"]
    plot = Plot(
        f"embedding-{table}",
        f"Rows of {table} on two components",
        f"Rows of {table} as points, one panel each for {', '.join(points)}. The two components "
        f"explain {sum(explained):.0%} of the variance of the real rows.",
        drawing,
        Grid(header, rows),
    )
    return Section(table, plots=(plot,))


def _draw(points: dict[str, Floats], explained: tuple[float, float]) -> Figure:
    drawing = figure(2.7)
    first = None
    for at, (name, each) in enumerate(points.items()):
        place = drawing.add_subplot(1, len(points), at + 1, sharex=first, sharey=first)
        first = first or place
        look = SERIES[name]
        shown = each[:_MOST_POINTS]
        place.scatter(
            shown[:, 0],
            shown[:, 1],
            s=5,
            marker=look.marker,
            color=look.colour,
            alpha=0.45,
            linewidths=0,
            rasterized=True,
        )
        place.set_title(name, loc="left")
        place.set_xlabel(f"first, {explained[0]:.0%}")
        if at == 0:
            place.set_ylabel(f"second, {explained[1]:.0%}")
        place.locator_params(nbins=4)
    return drawing
