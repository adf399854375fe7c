"""Contract of a report section: figures and words about data, or about two data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from synthkit.dataset import Dataset

__all__ = ["Section", "SectionBuilder", "SectionInputs"]


@dataclass(frozen=True)
class SectionInputs:
    """What a section may look at: the real data, and where given the rest."""

    real: Dataset
    synthetic: Dataset | None = None
    holdout: Dataset | None = None


@dataclass(frozen=True)
class Section:
    """A section of a report. ``figures`` are PNG or SVG bytes by name, ``numbers`` plain JSON."""

    title: str
    text: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    notes: Sequence[str] = ()


class SectionBuilder(Protocol):
    """Builds one section."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return the section, or None where it has nothing to say."""
        ...
