"""Text of one shape (``C-00042``, ``andermi01``): learned as a mask, made from a number."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.strings import fixed_width_strings

__all__ = ["PatternKey", "mask_of"]

_CLASSES = {
    "9": "0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "a": "abcdefghijklmnopqrstuvwxyz",
}
_SPARSE = 0.2
_LARGEST = 2**31 - 1


class PatternKey(BaseModel):
    """Keys of one shape.

    ``parts`` holds one entry for each character: a class (``9``, ``A``, ``a``) or ``=`` and a
    character that stays. ``start`` is the first number that is counted up from; None spreads the
    rows over all there is. Where the shape has no more room, the keys get longer.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["pattern"] = "pattern"
    parts: tuple[str, ...]
    start: int | None = None

    @classmethod
    def learn(cls, values: pa.ChunkedArray | pa.Array) -> Self:
        """Learn the commonest shape of some strings (none: plain numbers)."""
        if not len(values):
            return cls(parts=("9",), start=1)
        masks = mask_of(values)
        counts = pc.value_counts(masks)
        ranked = sorted(
            zip(
                counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True
            ),
            key=lambda pair: (-pair[0], pair[1]),
        )
        mask = ranked[0][1]
        alike = pc.filter(values, pc.equal(masks, mask)).to_pylist()
        parts = tuple(
            letter
            if letter in _CLASSES and _varies(alike, place, letter)
            else "=" + alike[0][place]
            for place, letter in enumerate(mask)
        )
        parts = _whole_digit_runs(parts, mask)
        if not any(part in _CLASSES for part in parts):
            parts = (*parts, "9")
            return cls(parts=parts, start=0)
        return cls(parts=parts, start=_counter(parts, alike))

    @property
    def capacity(self) -> int:
        """Number of keys that the shape has room for."""
        room = 1
        for part in self.parts:
            room *= len(_CLASSES.get(part, "x"))
        return min(room, _LARGEST)

    def after(self, count: int) -> PatternKey:
        """Return the shape, going on after ``count`` keys that are in use."""
        return self.model_copy(update={"start": (self.start or 0) + count})

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers."""
        capacity = self.capacity
        numbers = rows if self.start is None else rows + self.start
        overflow, inside = np.divmod(numbers, capacity)
        if self.start is None:
            inside = Permutation(capacity, key)(inside)
        text = np.empty((len(rows), len(self.parts)), np.uint8)
        literal = "".join(part[1:] for part in self.parts if part not in _CLASSES)
        if not literal.isascii():
            return _slow(self.parts, inside, overflow)
        for place in range(len(self.parts) - 1, -1, -1):
            part = self.parts[place]
            if part in _CLASSES:
                letters = np.frombuffer(_CLASSES[part].encode(), np.uint8)
                inside, digit = np.divmod(inside, len(letters))
                text[:, place] = letters[digit]
            else:
                text[:, place] = ord(part[1:])
        made = fixed_width_strings(text)
        if not overflow.any():
            return made
        if self.start is not None and self.parts[-1] == "9":
            wide = pc.binary_join_element_wise(literal, pa.array(numbers).cast(pa.string()), "")
        else:
            extra = pa.array(overflow).cast(pa.string())
            wide = pc.binary_join_element_wise(made, extra, "")
        return pc.if_else(pa.array(overflow > 0), wide, made)


def mask_of(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return the shape of strings: digits as 9, upper case A, lower case a, the rest as it is.

    Characters that mean a class are told from literals by the caller: a literal ``A`` cannot
    occur, since it is itself upper case.
    """
    shaped = pc.replace_substring_regex(values, r"\p{Ll}", "a")
    shaped = pc.replace_substring_regex(shaped, r"\p{Lu}", "A")
    return pc.replace_substring_regex(shaped, r"\d", "9")


def _varies(alike: list[str], place: int, letter: str) -> bool:
    first = alike[0][place]
    return letter == "9" or any(text[place] != first for text in alike)


def _whole_digit_runs(parts: tuple[str, ...], mask: str) -> tuple[str, ...]:
    """Keep short digit runs that stand between letters variable; nothing else changes."""
    return tuple("9" if letter == "9" else part for part, letter in zip(parts, mask, strict=True))


def _counter(parts: tuple[str, ...], alike: list[str]) -> int | None:
    """Return the smallest number if all that varies is one run of digits that is well filled."""
    places = [place for place, part in enumerate(parts) if part in _CLASSES]
    run = places == list(range(places[0], places[-1] + 1))
    if not run or any(parts[place] != "9" for place in places):
        return None
    numbers = {int(text[places[0] : places[-1] + 1]) for text in alike}
    lowest, highest = min(numbers), max(numbers)
    return lowest if len(numbers) >= _SPARSE * (highest - lowest + 1) else None


def _slow(parts: tuple[str, ...], inside: Indices, overflow: Indices) -> pa.Array:
    """Make keys with letters outside ASCII, value by value."""
    made = []
    for number, extra in zip(inside.tolist(), overflow.tolist(), strict=True):
        text, rest = [], number
        for part in reversed(parts):
            if part in _CLASSES:
                rest, digit = divmod(rest, len(_CLASSES[part]))
                text.append(_CLASSES[part][digit])
            else:
                text.append(part[1:])
        made.append("".join(reversed(text)) + (str(extra) if extra else ""))
    return pa.array(made, pa.string())
