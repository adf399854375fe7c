"""Parts of JSON documents, each made for all rows at once as JSON text.

A part is what stands at one path: labels, numbers, text, objects or lists. How they are learned
is `learning`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from synthkit.schema import Column
from synthkit.schema.text import render
from synthkit.synthesizers.columns.cells import Cells
from synthkit.synthesizers.columns.quantiles import Quantiles
from synthkit.synthesizers.columns.texts import TextReplacement
from synthkit.synthesizers.structure.strings import dealt

__all__ = ["Labels", "Lists", "Mixture", "Numbers", "Objects", "Part", "Pen", "Texts"]

_ESCAPED = r'["\\\x00-\x1f]'
"""What JSON writes with a backslash (RFC 8259, section 7)."""
_NOT_ASCII = r"[^ !#-\[\]-~]"
"""The same, and what is not printable ASCII."""


@dataclass(frozen=True)
class Pen:
    """How documents are written: ``compact`` has no spaces, ``ascii`` only ASCII."""

    compact: bool
    ascii: bool

    @property
    def comma(self) -> str:
        """What stands between two values."""
        return "," if self.compact else ", "

    @property
    def colon(self) -> str:
        """What stands between a key and its value."""
        return ":" if self.compact else ": "

    def quoted(self, values: pa.Array) -> pa.Array:
        """Return strings as JSON strings."""
        plain = pc.binary_join_element_wise('"', values, '"', "")
        special = pc.match_substring_regex(values, _NOT_ASCII if self.ascii else _ESCAPED)
        if not pc.any(special).as_py():
            return plain
        encode = json.JSONEncoder(ensure_ascii=self.ascii).encode
        encoded = values.filter(special).dictionary_encode()
        texts = [encode(text) for text in encoded.dictionary.to_pylist()]
        escaped = pa.array(texts, pa.string()).take(encoded.indices)
        return pc.replace_with_mask(plain, special, escaped)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Labels(_Part):
    """JSON texts that many rows share, as often as they were seen; null, true and false too."""

    kind: Literal["labels"] = "labels"
    labels: tuple[str, ...]
    frequencies: tuple[int, ...]

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts."""
        return pa.array(self.labels, pa.string()).take(pa.array(_choices(self.frequencies, cells)))


class Numbers(_Part):
    """Numbers, or the text of numbers, dates and times: ``column`` says how they are written."""

    kind: Literal["numbers"] = "numbers"
    column: Column
    quantiles: Quantiles
    quoted: bool = False

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts."""
        texts = render(self.quantiles.draw(cells.count, cells.rng), self.column)
        return pen.quoted(texts) if self.quoted else texts


class Texts(_Part):
    """Text, or whole numbers that are codes, made anew."""

    kind: Literal["texts"] = "texts"
    made: Annotated[TextReplacement, Field(discriminator="kind")]

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts."""
        made = self.made.make(cells)
        return pen.quoted(made) if pa.types.is_string(made.type) else made.cast(pa.string())


class Objects(_Part):
    """Objects: the sets of ``keys`` that rows share, as places in it, and a part for each key."""

    kind: Literal["objects"] = "objects"
    keys: tuple[str, ...]
    parts: tuple[Mixture, ...]
    shapes: tuple[tuple[int, ...], ...]
    frequencies: tuple[int, ...]

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts."""
        which = _choices(self.frequencies, cells)
        made: list[tuple[pa.Array, npt.NDArray[np.int64]]] = []
        for place, part in enumerate(self.parts):
            having = np.asarray([place in shape for shape in self.shapes])[which]
            rows = np.cumsum(having) - 1
            made.append((part.make(replace(cells, count=int(having.sum())), pen), rows))
        pieces = []
        for number, shape in enumerate(self.shapes):
            rows = np.flatnonzero(which == number)
            members: list[Any] = []
            for before, place in enumerate(shape):
                key = json.dumps(self.keys[place], ensure_ascii=pen.ascii)
                values, at = made[place]
                members += [f"{pen.comma if before else '{'}{key}{pen.colon}"]
                members += [values.take(pa.array(at[rows]))]
            pieces.append(
                pc.binary_join_element_wise(*members, "}", "")
                if shape
                else pa.repeat(pa.scalar("{}"), len(rows))
            )
        return dealt(pieces, which)


class Lists(_Part):
    """Lists of alike items, as long as many rows have them."""

    kind: Literal["lists"] = "lists"
    lengths: tuple[int, ...]
    frequencies: tuple[int, ...]
    item: Mixture

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts."""
        lengths = np.asarray(self.lengths, np.int64)[_choices(self.frequencies, cells)]
        items = self.item.make(replace(cells, count=int(lengths.sum())), pen)
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), items), pen.comma)
        return pc.binary_join_element_wise("[", joined, "]", "")


Part = Annotated[Labels | Numbers | Texts | Objects | Lists, Field(discriminator="kind")]


class Mixture(BaseModel):
    """What stands at one path: one part, or several kinds of values with their frequencies."""

    model_config = ConfigDict(frozen=True)

    parts: tuple[Part, ...]
    frequencies: tuple[int, ...]

    def make(self, cells: Cells, pen: Pen) -> pa.Array:
        """Return JSON texts, one for each cell."""
        if len(self.parts) == 1:
            return self.parts[0].make(cells, pen)
        which = _choices(self.frequencies, cells)
        pieces = [
            part.make(replace(cells, count=int((which == number).sum())), pen)
            for number, part in enumerate(self.parts)
        ]
        return dealt(pieces, which)


def _choices(frequencies: Sequence[int], cells: Cells) -> npt.NDArray[np.int64]:
    """Draw a place in the frequencies for each cell."""
    share = np.asarray(frequencies, float) / sum(frequencies)
    return cells.rng.choice(len(frequencies), cells.count, p=share)


Objects.model_rebuild()
Lists.model_rebuild()
