"""Contract of a report section: words, numbers, tables and figures about one or two data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from synthkit.dataset import Dataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from synthkit.metrics import Evaluation
    from synthkit.metrics.sides import Side

__all__ = ["Grid", "Plot", "Section", "SectionBuilder", "SectionInputs"]


@dataclass(frozen=True)
class SectionInputs:
    """What a section may look at: the real data, and where given the rest.

    ``scores`` are those of the synthetic data, ``ceiling`` those of held-out real rows scored as
    if they were synthetic, ``floor`` those of the independent baseline. ``model`` is the
    manifest of the model that the synthetic rows came from.
    """

    real: Dataset
    synthetic: Dataset | None = None
    holdout: Dataset | None = None
    scores: Evaluation | None = None
    ceiling: Evaluation | None = None
    floor: Evaluation | None = None
    model: Mapping[str, Any] | None = None

    @cached_property
    def sides(self) -> Mapping[str, Side]:
        """The columns that carry content as arrays, of ``real``, ``synthetic`` and ``held out``.

        Those that are there; read once for all sections.
        """
        from synthkit.metrics.sides import sides_of

        named = {"real": self.real, "synthetic": self.synthetic, "held out": self.holdout}
        there = {name: data for name, data in named.items() if data is not None}
        return dict(zip(there, sides_of(list(there.values())), strict=True))


@dataclass(frozen=True)
class Grid:
    """A table of words and numbers: a header for each column, and rows of as many cells."""

    header: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]
    caption: str = ""


@dataclass(frozen=True)
class Plot:
    """A figure: ``name`` names its file, ``alt`` says in words what it shows.

    ``drawing`` is a matplotlib figure, drawn on the colours of `synthkit.reports.palette` so that
    it can be shown light and dark; ``grid`` holds the same in numbers.
    """

    name: str
    title: str
    alt: str
    drawing: Drawing
    grid: Grid


@dataclass(frozen=True)
class Section:
    """A section of a report.

    ``text`` is plain words, ``numbers`` plain JSON for scripts. ``parts`` are sections inside,
    one per table mostly: they are folded, so what matters belongs above them.
    """

    title: str
    text: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    grids: Sequence[Grid] = ()
    plots: Sequence[Plot] = ()
    notes: Sequence[str] = ()
    parts: Sequence[Section] = ()


class SectionBuilder(Protocol):
    """Builds one section."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return the section, or None where it has nothing to say."""
        ...
