"""Text of one shape (``C-00042``, ``andermi01``, a hash): learned as a mask, or place by place.

It is made from a number.
"""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.structure.numbers import rounded
from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.strings import fixed_width_strings
from synthkit.synthesizers.structure.tokens import ALPHABETS, letters_of, token_parts

__all__ = ["PatternKey", "mask_of"]

_CLASSES = ("9", "A", "a")
_COMMON = 0.2
"""Share of the keys that have the commonest shape, from which on it is the shape of all."""
_ONE_LENGTH = 0.5
_SPARSE = 0.2
_LARGEST = 2**62


class PatternKey(BaseModel):
    """Keys of one shape.

    ``parts`` holds one entry for each character: the name of an alphabet (``9``, ``A``, ``a``;
    others for tokens, see `ALPHABETS`) or ``=`` and a character that stays. ``start`` is the first
    number that is counted up from; None spreads the rows over all there is. Where the shape has no
    more room, the keys get longer.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["pattern"] = "pattern"
    parts: tuple[str, ...]
    start: int | None = None

    @classmethod
    def learn(cls, values: pa.ChunkedArray | pa.Array, crowd: Crowd | None = None) -> Self:
        """Learn the commonest shape of some strings (none: plain numbers).

        Where ``crowd`` tells whom the strings are about, letters and digits stay only if enough
        different strings, of enough subjects, have them.
        """
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
        if ranked[0][0] < _COMMON * len(values) and (tokens := _tokens(values, crowd)):
            return cls(parts=tokens)
        mask = ranked[0][1]
        chosen = pc.equal(masks, mask)
        alike = pc.filter(values, chosen).to_pylist()
        enough = crowd is None or (len(set(alike)) >= crowd.least and crowd.where(chosen).is_enough)
        if not enough:
            mask = "".join(
                letter if letter in _CLASSES or letter.isascii() else "a" for letter in mask
            )
        varying = tuple(
            letter
            if letter in _CLASSES and (not enough or _varies(alike, place))
            else "=" + (alike[0][place] if enough else letter)
            for place, letter in enumerate(mask)
        )
        # Digits count further than was seen, unless that is more than there are numbers.
        parts = tuple(
            "9" if letter == "9" else part for part, letter in zip(varying, mask, strict=True)
        )
        if _room(parts) > _LARGEST:
            parts = varying
        if not any(part in _CLASSES for part in parts):
            return cls(parts=(*parts, "9"), start=0)
        return cls(parts=parts, start=_counter(parts, alike))

    @classmethod
    def after(cls, values: pa.Array) -> Self:
        """Learn the shape of some strings and go on where they end: no key is among them."""
        learned = cls.learn(values)
        if learned.start is not None and learned.parts[-1] == "9":
            literal = learned.literal
            counted = (
                text[len(literal) :]
                for text in values.to_pylist()
                if text[: len(literal)] == literal
            )
            numbers = [int(rest) for rest in counted if rest.isascii() and rest.isdigit()]
            last = max(numbers, default=-1)
            if last < _LARGEST:
                return cls(parts=learned.parts, start=last + 1)
        longest = max((len(text) for text in values.to_pylist()), default=0)
        more = max(1, longest + 1 - len(learned.parts))
        return cls(parts=learned.parts + ("9",) * more, start=0)

    @property
    def capacity(self) -> int:
        """Number of keys that the shape has room for."""
        return min(_room(self.parts), _LARGEST)

    @property
    def literal(self) -> str:
        """The characters that stay."""
        return "".join(part[1:] for part in self.parts if part not in ALPHABETS)

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers."""
        capacity = self.capacity
        numbers = rows if self.start is None else rows + self.start
        overflow, inside = np.divmod(numbers, capacity)
        if self.start is None:
            inside = Permutation(capacity, key)(inside)
        made = self._fill(inside, key) if self.literal.isascii() else _slow(self.parts, inside)
        if not overflow.any():
            return made
        if self.start is not None and self.parts[-1] == "9":
            counted = pa.array(numbers).cast(pa.string())
            wide = pc.binary_join_element_wise(self.literal, counted, "")
        else:
            wide = pc.binary_join_element_wise(made, pa.array(overflow).cast(pa.string()), "")
        return pc.if_else(pa.array(overflow > 0), wide, made)

    def _fill(self, inside: Indices, key: int) -> pa.Array:
        """Return the strings of numbers below the capacity.

        What places there are beyond those that a number fills depend on it all the same.
        """
        text = np.empty((len(inside), len(self.parts)), np.uint8)
        number, room = inside, 1
        for place in range(len(self.parts) - 1, -1, -1):
            letters = letters_of(self.parts[place])
            if self.start is None and room * len(letters) > _LARGEST:
                # The rest is below len(letters), so what is written before tells this place apart.
                number, room = number + Permutation(_LARGEST, key + place)(inside % room), 1
            number, digit = np.divmod(number, len(letters))
            room *= len(letters)
            text[:, place] = letters[digit]
        return fixed_width_strings(text)


def mask_of(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return the shape of strings: digits as 9, upper case A, lower case a, the rest as it is.

    Characters that mean a class are told from literals by the caller: a literal ``A`` cannot
    occur, since it is itself upper case.
    """
    shaped = pc.replace_substring_regex(values, r"\p{Ll}", "a")
    shaped = pc.replace_substring_regex(shaped, r"\p{Lu}", "A")
    return pc.replace_substring_regex(shaped, r"\d", "9")


def _room(parts: tuple[str, ...]) -> int:
    room = 1
    for part in parts:
        room *= len(ALPHABETS.get(part, "x"))
    return room


def _tokens(values: pa.ChunkedArray | pa.Array, crowd: Crowd | None) -> tuple[str, ...] | None:
    """Return the parts of tokens of the commonest length, if most values have it."""
    lengths = pc.utf8_length(values)
    commonest = pc.mode(lengths)[0]
    if commonest["count"].as_py() < _ONE_LENGTH * len(values):
        return None
    chosen = pc.equal(lengths, commonest["mode"])
    different = pc.unique(pc.filter(values, chosen))
    return token_parts(different, crowd is None or crowd.where(chosen).is_enough)


def _varies(alike: list[str], place: int) -> bool:
    return any(text[place] != alike[0][place] for text in alike)


def _counter(parts: tuple[str, ...], alike: list[str]) -> int | None:
    """Return the smallest number if all that varies is one run of digits that is well filled."""
    places = [place for place, part in enumerate(parts) if part in _CLASSES]
    run = places == list(range(places[0], places[-1] + 1))
    if not run or any(parts[place] != "9" for place in places):
        return None
    numbers = {int(text[places[0] : places[-1] + 1]) for text in alike}
    lowest, highest = min(numbers), max(numbers)
    return rounded(lowest) if len(numbers) >= _SPARSE * (highest - lowest + 1) else None


def _slow(parts: tuple[str, ...], inside: Indices) -> pa.Array:
    """Make keys with letters outside ASCII, value by value."""
    made = []
    for number in inside.tolist():
        text, rest = [], number
        for part in reversed(parts):
            if part in ALPHABETS:
                rest, digit = divmod(rest, len(ALPHABETS[part]))
                text.append(ALPHABETS[part][digit])
            else:
                text.append(part[1:])
        made.append("".join(reversed(text)))
    return pa.array(made, pa.string())
