"""Tokens (hashes, random ids) made anew: random letters of the alphabet and lengths seen."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.synthesizers.columns.cells import Cells, Made
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.structure.strings import dealt, fixed_width_strings
from synthkit.synthesizers.structure.tokens import letters_of, token_parts

__all__ = ["TokenReplacement", "learn_tokens"]

_COVERED = 0.5
"""Share of the values that must be tokens."""
_LENGTHS = 16


class TokenReplacement(Made):
    """Random strings: for each length an alphabet, or ``=`` and a letter that stays, by place."""

    kind: Literal["tokens"] = "tokens"
    shapes: tuple[tuple[str, ...], ...]
    frequencies: tuple[int, ...]

    def make(self, cells: Cells) -> pa.Array:
        """Return the values of some rows."""
        share = np.asarray(self.frequencies, float) / sum(self.frequencies)
        which = cells.rng.choice(len(self.shapes), cells.count, p=share)
        pieces = [
            _filled(parts, int((which == number).sum()), cells.rng)
            for number, parts in enumerate(self.shapes)
        ]
        return self._gaps(dealt(pieces, which), cells.rng)


def learn_tokens(
    present: pa.ChunkedArray, missing: float, owners: Crowd, *, shared: int
) -> TokenReplacement | None:
    """Learn the lengths that at least ``shared`` rows have, and their alphabets; None for others.

    ``owners`` tells whom the rows of ``present`` are about.
    """
    spaced = pc.mean(pc.match_substring_regex(present, r"\s").cast(pa.float64())).as_py()
    if spaced is None or spaced > 1 - _COVERED:  # nothing there, or text of several words
        return None
    lengths = pc.utf8_length(present)
    counted = pc.value_counts(lengths)
    ranked = sorted(
        (-count, length)
        for length, count in zip(
            counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True
        )
        if count >= shared
    )[:_LENGTHS]
    found = []
    for count, length in ranked:
        alike = pc.equal(lengths, length)
        different = pc.unique(present.filter(alike))
        enough = len(different) >= shared and owners.where(alike).is_enough
        parts = token_parts(different, enough)
        if parts is not None:
            found.append((parts, -count))
    if sum(count for _, count in found) < _COVERED * len(present):
        return None
    shapes, frequencies = zip(*found, strict=True)
    return TokenReplacement(missing=missing, shapes=shapes, frequencies=frequencies)


def _filled(parts: tuple[str, ...], count: int, rng: np.random.Generator) -> pa.Array:
    text = np.empty((count, len(parts)), np.uint8)
    for place, part in enumerate(parts):
        letters = letters_of(part)
        text[:, place] = letters[rng.integers(0, len(letters), count)]
    return fixed_width_strings(text)
