"""The distribution of one column on its own: the values that enough share, and how often.

Numbers that fewer share are drawn from bins (`bins`); other values that fewer share are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, as_numbers, to_arrow

__all__ = ["Marginal"]


@dataclass(frozen=True)
class Marginal:
    """Distinct values of a column in order, with counts; nulls are counted apart.

    ``between`` are the bins of the numbers that are no such value, ``within`` the count of each.
    """

    values: pa.Array
    counts: npt.NDArray[np.int64]
    missing: int
    between: NumberCodec | None = None
    within: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def learn(cls, values: pa.ChunkedArray, crowd: Crowd | None = None) -> Self:
        """Count the values of a column, or those that enough of a crowd share."""
        present = pc.drop_null(values)
        counted = pc.value_counts(present)
        distinct, counts = counted.field("values"), counted.field("counts")
        order = pc.sort_indices(distinct)
        distinct, counts = distinct.take(order), counts.take(order)
        between, within = None, np.zeros(0, np.int64)
        if crowd is not None and not pa.types.is_boolean(distinct.type):
            kept = pc.is_in(distinct, value_set=crowd.common(values))
            distinct, counts = distinct.filter(kept), counts.filter(kept)
            text = pa.types.is_string(distinct.type) or pa.types.is_binary(distinct.type)
            if not text and not pc.all(kept).as_py():
                lone = pc.invert(pc.is_in(present, value_set=distinct))
                between, within = _bins(present.filter(lone), crowd.present(values).where(lone))
        return cls(
            distinct, np.asarray(counts.to_numpy(), np.int64), values.null_count, between, within
        )

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Return ``count`` values, drawn with replacement; text comes dictionary-encoded."""
        if not len(self._lookup):
            return pa.nulls(count, self.values.type)
        codes = self._lookup[rng.integers(0, len(self._lookup), count)]
        if self.between is not None:
            return self._numbers(codes, rng)
        indices = pa.array(codes, mask=codes < 0) if self.missing else pa.array(codes)
        if pa.types.is_string(self.values.type):
            return pa.DictionaryArray.from_arrays(indices, self.values)
        return self.values.take(indices)

    def _numbers(self, codes: npt.NDArray[np.int32], rng: np.random.Generator) -> pa.Array:
        """Return values by their codes, those of bins at any place in them."""
        assert self.between is not None
        inside = codes >= len(self.values)
        bins = np.where(inside, codes - len(self.values) + 1, 0).astype(np.uint8)
        drawn = self.between.decode(bins, rng.random(len(codes)))
        made = to_arrow(drawn, str(self.values.type))
        known = np.where(inside | (codes < 0), 0, codes)
        return pc.coalesce(made, self.values.take(pa.array(known, mask=inside | (codes < 0))))

    @cached_property
    def _lookup(self) -> npt.NDArray[np.int32]:
        """The code of every row seen; -1 for null; bins after the values."""
        every = np.concatenate([self.counts, self.within])
        codes = np.repeat(np.arange(len(every), dtype=np.int32), every)
        return np.concatenate([np.full(self.missing, -1, np.int32), codes])

    def to_state(self, column: Column) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return the distribution as JSON and arrays; numbers stay binary, the rest is text."""
        arrays: dict[str, npt.NDArray[Any]] = {"counts": self.counts}
        data: dict[str, Any] = {"missing": self.missing}
        if self.between is not None:
            data["between"] = self.between.model_dump(mode="json")
            arrays["within"] = self.within
        if pa.types.is_integer(self.values.type) or pa.types.is_floating(self.values.type):
            arrays["values"] = self.values.to_numpy()
        else:
            data["values"] = render(self.values, _plain(column)).to_pylist()
        return data, arrays

    @classmethod
    def from_state(
        cls, column: Column, data: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """Return the distribution that `to_state` wrote."""
        if "values" in arrays:
            values = pa.array(arrays["values"]).cast(arrow_type(column.storage))
        else:
            values = parse(pa.array(data["values"], pa.string()), _plain(column))
        between = NumberCodec.model_validate(data["between"]) if "between" in data else None
        within = arrays.get("within", np.zeros(0, np.int64))
        return cls(values, arrays["counts"], int(data["missing"]), between, within)


def _bins(lone: pa.ChunkedArray, crowd: Crowd) -> tuple[NumberCodec, npt.NDArray[np.int64]]:
    """Return bins of numbers that too few share, and how many lie in each."""
    numbers = as_numbers(lone)
    codec = NumberCodec.learn(str(lone.type), numbers, crowd.owners, crowd.least)
    bins = np.bincount(codec.encode(numbers), minlength=len(codec.knots) + 1)
    return codec, bins[1:].astype(np.int64)


def _plain(column: Column) -> Column:
    """Return a column whose text loses nothing, which that of a format in files may."""
    return Column(name=column.name, storage=column.storage)
