"""Lineage: which model made the synthetic rows, from what, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from synthkit.contracts.section import Grid, Section, SectionInputs
from synthkit.version import VERSION

__all__ = ["Origin"]

_TOLD = ("synthesizer", "synthkit", "plugin", "seed", "created", "fingerprint")


class Origin:
    """Builds the section from the model's manifest and the origins of the data sets."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return what is known; a model that was not given is said to be unknown."""
        rows: list[list[str | float | None]] = [["this report", f"synthkit {VERSION}"]]
        named = {"real": inputs.real, "synthetic": inputs.synthetic, "held out": inputs.holdout}
        rows += [
            [f"{name} data", data.origin]
            for name, data in named.items()
            if data is not None and data.origin
        ]
        if inputs.model is not None:
            rows += _manifest(inputs.model)
        text = "What was compared, and what made it."
        if inputs.synthetic is not None and inputs.model is None:
            text += " The model of the synthetic rows was not given (--model)."
        return Section("Lineage", text, grids=(Grid(["what", "value"], rows),))


def _manifest(model: Mapping[str, Any]) -> list[list[str | float | None]]:
    rows: list[list[str | float | None]] = [
        [name, str(model[name])] for name in _TOLD if isinstance(model.get(name), (str, int, float))
    ]
    settings = model.get("settings")
    if isinstance(settings, Mapping):
        rows += [[f"setting {name}", str(value)] for name, value in settings.items()]
    aside = model.get("holdout")
    if isinstance(aside, Mapping):
        rows.append(["held out", f"{aside['share']:.0%} of {', '.join(aside['entities'])}"])
    planted = model.get("canaries")
    if isinstance(planted, Mapping):
        rows.append(["canaries", f"{planted['count']:,} in {planted['entities']}"])
    return rows
