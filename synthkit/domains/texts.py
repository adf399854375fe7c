"""Texts from grammars: templates filled with the words of a topic, drawn for whole columns.

A template has slots: ``{thing}`` takes a word of that list, ``{Thing}`` with a capital, a second
``{thing}`` another word than the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.domains.columns import Flags, Ints, pool, text
from synthkit.randomness import Streams

__all__ = ["Phrases", "expand", "joined"]

_Words = Mapping[str, Sequence[str]]

_STREAMS = Streams(0).under("texts")
"""Which fillings of a template are kept is the same in every run."""


def expand(templates: Sequence[str], words: _Words, limit: int = 120) -> list[str]:
    """Return what templates can become: all ways to fill each, or ``limit`` of them.

    Raises `KeyError` for a slot without a list of words.
    """
    found: list[str] = []
    for template in templates:
        found += _filled(template, words, limit)
    return list(dict.fromkeys(found))


def _filled(template: str, words: _Words, limit: int) -> Iterator[str]:
    slots = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    lists = [_words(name, words) for name in slots]
    ways = int(np.prod([len(each) for each in lists], dtype=np.int64))
    if ways <= limit:
        chosen = np.arange(ways)
    else:
        chosen = np.unique(_STREAMS.at(template).integers(0, ways, limit))
    pieces = [literal for literal, *_ in Formatter().parse(template)]
    pieces += [""] * (len(slots) + 1 - len(pieces))
    places = np.unravel_index(chosen, [len(each) for each in lists]) if lists else ()
    for row in np.stack(places, axis=1).tolist() if lists else [[]]:
        values = [each[place] for each, place in zip(lists, row, strict=True)]
        lowered = [value.lower() for value in values]
        if len(set(lowered)) == len(lowered):
            yield pieces[0] + "".join(
                value + piece for value, piece in zip(values, pieces[1:], strict=True)
            )


def _words(slot: str, words: _Words) -> Sequence[str]:
    if slot[0].isupper():
        return [word[:1].upper() + word[1:] for word in words[slot[0].lower() + slot[1:]]]
    return words[slot]


class Phrases:
    """Strings in groups (one for each language and topic), drawn evenly within a group."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        """Raises `ValueError` for a group without a string."""
        if not all(groups):
            raise ValueError("a group has no phrases")
        self._sizes = np.array([len(group) for group in groups])
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._words = pool([word for group in groups for word in group])

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self._sizes)

    def index(self, groups: NDArray[np.integer[Any]], rng: np.random.Generator) -> Ints:
        """Return the place of a string for each group, to `take`."""
        drawn = rng.random(len(groups), dtype=np.float32) * self._sizes[groups]
        places = np.minimum(drawn.astype(np.int64), self._sizes[groups] - 1)
        found: Ints = self._starts[groups] + places
        return found

    def take(self, index: Ints, missing: Flags | None = None) -> pa.Array:
        """Return the strings at some places; null where ``missing``."""
        return text(self._words, index, missing)

    def draw(
        self,
        groups: NDArray[np.integer[Any]],
        rng: np.random.Generator,
        missing: Flags | None = None,
    ) -> pa.Array:
        """Return a string for each group; null where ``missing``."""
        return self.take(self.index(groups, rng), missing)


def joined(*parts: pa.Array | str, separator: str = " ") -> pa.Array:
    """Join texts row by row; parts that are null are left out."""
    return pc.binary_join_element_wise(*parts, separator, null_handling="skip")
