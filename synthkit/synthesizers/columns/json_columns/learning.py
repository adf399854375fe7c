"""Learns what stands at each path of JSON documents.

What is kept word for word (keys, labels) is shared by several subjects of documents; null, true
and false are kept however rare.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.schema.infer.pii_names import kind_of_name
from synthkit.schema.infer.types import ColumnTypes, column_from_arrow
from synthkit.schema.text import parse
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.json_columns.parts import (
    Labels,
    Lists,
    Mixture,
    Numbers,
    Objects,
    Part,
    Texts,
)
from synthkit.synthesizers.columns.quantiles import Quantiles
from synthkit.synthesizers.columns.texts import SHARED, ProviderReplacement, learn_text

__all__ = ["Learner", "Place"]

_LABELS = 64
_SHAPES = 64
_KEYS = 256
_LENGTHS = 64
_LONGEST = 1000
_ITEMS = 200_000
"""Items of lists that are learned from; of more, as many are taken evenly."""
_DEPTH = 24
"""Objects and lists nested deeper than this come out empty."""
_COVERED = 0.9
"""Share of a path's values that shared labels must cover for it to be learned as labels."""
_HUGE = 1e300
_EMPTY = {"objects": "{}", "lists": "[]"}


@dataclass(frozen=True)
class Place:
    """Where values stand: under a key, of an object that is itself under a key or in a list."""

    key: str = ""
    above: str | None = None
    depth: int = 0

    def under(self, key: str) -> Place:
        """Return the path of a key of the objects here."""
        return Place(key, self.key, self.depth + 1)

    @property
    def items(self) -> Place:
        """The path of the items of the lists here."""
        return Place(self.key, self.above, self.depth + 1)


Thing = TypeVar("Thing", bound=Hashable)


class _Tally(Generic[Thing]):
    """Counts things: how often each was seen, and by how many subjects."""

    def __init__(self) -> None:
        self._counts: dict[Thing, list[int]] = {}

    def add(self, thing: Thing, row: int) -> None:
        """Count a thing of a document; documents come in order."""
        count = self._counts.setdefault(thing, [0, 0, -1])
        count[0] += 1
        count[1] += row != count[2]
        count[2] = row

    def shared(self, most: int, least: int = SHARED) -> dict[Thing, int]:
        """Return the commonest things of those in at least some documents, with their counts."""
        found = [(thing, n) for thing, (n, rows, _) in self._counts.items() if rows >= least]
        return dict(sorted(found, key=lambda pair: -pair[1])[:most])

    def kept(self, most: int) -> dict[Thing, int]:
        """Return what is shared, or the commonest thing if nothing is."""
        return self.shared(most) or self.shared(1, 0)


class Learner:
    """Learns values that come with the numbers of their documents' subjects, in order.

    ``kinds`` says which kinds of personal data can be made anew; ``ascii`` how labels are written.
    """

    def __init__(self, kinds: Values, least: int = SHARED, *, ascii_only: bool) -> None:
        """Store what can be made, how many must share what is kept, and how labels are written."""
        self._least = least
        self._kinds = kinds
        self._ascii = ascii_only

    def mixture(self, place: Place, rows: Sequence[int], values: Sequence[Any]) -> Mixture:
        """Learn the values of one place."""
        tally: _Tally[str] = _Tally()
        groups: dict[str, tuple[list[int], list[Any]]] = {}
        for row, value in zip(rows, values, strict=True):
            kind = _kind_of(value)
            tally.add(kind, row)
            group = groups.setdefault(kind, ([], []))
            group[0].append(row)
            group[1].append(value)
        kept = tally.kept(len(groups))
        kinds = [kind for kind in groups if kind in kept or kind == "literals"]
        if not kinds:
            return Mixture(parts=(Labels(labels=("null",), frequencies=(1,)),), frequencies=(1,))
        return Mixture(
            parts=tuple(self._part(kind, place, *groups[kind]) for kind in kinds),
            frequencies=tuple(len(groups[kind][0]) for kind in kinds),
        )

    def _part(self, kind: str, place: Place, rows: list[int], values: list[Any]) -> Part:
        if kind in _EMPTY and place.depth >= _DEPTH:
            return Labels(labels=(_EMPTY[kind],), frequencies=(1,))
        if kind == "objects":
            return self._objects(place, rows, values)
        if kind == "lists":
            return self._lists(place, rows, values)
        if kind == "numbers":
            return self._numbers(place, rows, values)
        if kind == "texts":
            return self._texts(place, rows, values)
        counts = Counter(json.dumps(value) for value in values)
        return Labels(labels=tuple(counts), frequencies=tuple(counts.values()))

    def _objects(self, place: Place, rows: list[int], values: list[Any]) -> Objects:
        found: _Tally[str] = _Tally()
        for row, value in zip(rows, values, strict=True):
            for key in value:
                found.add(key, row)
        keys = list(found.shared(_KEYS, self._least))
        numbers = {key: number for number, key in enumerate(keys)}
        shapes: _Tally[tuple[int, ...]] = _Tally()
        under: list[tuple[list[int], list[Any]]] = [([], []) for _ in keys]
        for row, value in zip(rows, values, strict=True):
            shape = tuple(numbers[key] for key in value if key in numbers)
            shapes.add(shape, row)
            for number in shape:
                under[number][0].append(row)
                under[number][1].append(value[keys[number]])
        kept = shapes.kept(_SHAPES)
        return Objects(
            keys=tuple(keys),
            parts=tuple(
                self.mixture(place.under(key), *below)
                for key, below in zip(keys, under, strict=True)
            ),
            shapes=tuple(kept),
            frequencies=tuple(kept.values()),
        )

    def _lists(self, place: Place, rows: list[int], values: list[Any]) -> Lists:
        lengths: _Tally[int] = _Tally()
        items: list[tuple[int, Any]] = []
        for row, value in zip(rows, values, strict=True):
            lengths.add(min(len(value), _LONGEST), row)
            items.extend((row, item) for item in value)
        items = items[:: max(1, -(-len(items) // _ITEMS))]
        kept = lengths.kept(_LENGTHS)
        return Lists(
            lengths=tuple(kept),
            frequencies=tuple(kept.values()),
            item=self.mixture(place.items, [row for row, _ in items], [item for _, item in items]),
        )

    def _numbers(self, place: Place, rows: list[int], values: list[Any]) -> Part:
        seen, form = _number_array(values)
        column = column_from_arrow(place.key, seen.type, [seen]).column
        if not column.pii:
            if labels := self._labels(rows, values):
                return labels
        elif codes := learn_text(column, pa.chunked_array([seen]), self._kinds, self._crowd(rows)):
            return Texts(made=codes)
        written = Column(name=place.key, storage=column.storage, format=form)
        return Numbers(column=written, quantiles=self._quantiles(written, seen, rows))

    def _texts(self, place: Place, rows: list[int], values: list[Any]) -> Part:
        seen = pa.array(values, pa.string())
        types = ColumnTypes()
        types.observe(seen)
        column = types.decide(place.key, table=place.above).column
        if not column.pii and (labels := self._labels(rows, values)):
            return labels
        if column.storage not in ("bool", "string"):
            typed = parse(seen, column)
            if _is_even(typed):
                quantiles = self._quantiles(column, typed, rows)
                return Numbers(column=column, quantiles=quantiles, quoted=True)
            column = column.model_copy(update={"storage": "string", "format": None})
        made = learn_text(
            column.model_copy(update={"sdtype": self._kind(column)}),
            pa.chunked_array([seen]),
            self._kinds,
            self._crowd(rows),
        )
        if isinstance(made, ProviderReplacement):
            # Paths have no row numbers that a sequence without repeats could follow.
            made = made.model_copy(update={"unique": False})
        if made is None:
            raise TypeError(f"text of type {seen.type} cannot be made anew")
        return Texts(made=made)

    def _labels(self, rows: Sequence[int], values: Sequence[Any]) -> Labels | None:
        """Return the labels that several documents share, if they are almost all of the values."""
        tally: _Tally[str] = _Tally()
        for row, value in zip(rows, values, strict=True):
            tally.add(json.dumps(value, ensure_ascii=self._ascii), row)
        kept = tally.shared(_LABELS, max(self._least, SHARED))
        if sum(kept.values()) < _COVERED * len(values):
            return None
        return Labels(labels=tuple(kept), frequencies=tuple(kept.values()))

    def _crowd(self, rows: Sequence[int]) -> Crowd:
        return Crowd(np.asarray(rows, np.int64), max(self._least, SHARED))

    def _quantiles(self, column: Column, values: pa.Array, rows: Sequence[int]) -> Quantiles:
        return Quantiles.learn(column.storage, values, self._crowd(rows))

    def _kind(self, column: Column) -> str:
        """Return the kind that text is made as; that of its key if it repeats, but not enough."""
        if column.format == "uuid":
            return column.format
        named = kind_of_name(column.name) if column.sdtype == "categorical" else None
        return named if named and self._kinds.has(named) else column.sdtype


def _kind_of(value: Any) -> str:
    """Return which part learns a value."""
    if value is None or isinstance(value, bool):
        return "literals"
    if isinstance(value, dict):
        return "objects"
    if isinstance(value, list):
        return "lists"
    return "texts" if isinstance(value, str) else "numbers"


def _number_array(values: Sequence[int | float]) -> tuple[pa.Array, str | None]:
    """Return numbers as int64 or double, and the form that writes them as they were."""
    whole = [isinstance(value, int) for value in values]
    if all(whole) and max(abs(value) for value in values) < 2**63:
        return pa.array(values, pa.int64()), None
    floats = [float(min(max(value, -_HUGE), _HUGE)) for value in values]
    return pa.array(floats, pa.float64()), "{:g}" if any(whole) else None


def _is_even(values: pa.Array) -> bool:
    """Whether values can be drawn between others: none missing, none endless."""
    if values.null_count or pa.types.is_decimal(values.type):
        return False
    return not pa.types.is_floating(values.type) or bool(pc.all(pc.is_finite(values)).as_py())
