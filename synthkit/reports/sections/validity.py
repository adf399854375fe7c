"""Validity: keys, foreign keys, types and rules, checked in the real and the synthetic data."""

from __future__ import annotations

import numpy as np

from synthkit.contracts.section import Grid, Section, SectionInputs
from synthkit.dataset import Dataset
from synthkit.schema.validate import Validation, validate

__all__ = ["Validity"]

_MOST = 50


class Validity:
    """Builds the section by checking every row against the real data's schema."""

    def build(self, inputs: SectionInputs, rng: np.random.Generator) -> Section | None:
        """Return what is broken, of the synthetic data first."""
        schema = inputs.real.schema
        named: dict[str, Dataset] = {"real": inputs.real}
        if inputs.synthetic is not None:
            named = {"synthetic": inputs.synthetic, **named}
        found = {name: validate(schema, data.chunks) for name, data in named.items()}
        counts = {name: len(each.violations) for name, each in found.items()}
        checked = f"{len(schema.foreign_keys)} foreign keys and {len(schema.rules)} rules"
        text = f"Types, keys, {checked} were checked in every row. "
        text += " ".join(
            f"The {name} data breaks none."
            if each.ok
            else f"The {name} data breaks {counts[name]}."
            for name, each in found.items()
        )
        grids = tuple(_grid(name, each) for name, each in found.items() if not each.ok)
        return Section("Validity", text, numbers=counts, grids=grids)


def _grid(name: str, found: Validation) -> Grid:
    rows: list[list[str | float | None]] = [
        [each.subject, each.kind, each.message, each.count] for each in found.violations[:_MOST]
    ]
    more = len(found.violations) - len(rows)
    caption = f"What the {name} data breaks" + (f"; {more} more are not listed." if more else ".")
    return Grid(["subject", "kind", "what is wrong", "rows"], rows, caption=caption)
