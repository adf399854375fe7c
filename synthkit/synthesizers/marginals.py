"""The distribution of one column on its own: the values seen, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render

__all__ = ["Marginal"]


@dataclass(frozen=True)
class Marginal:
    """Distinct values of a column in order, with counts; nulls are counted apart."""

    values: pa.Array
    counts: npt.NDArray[np.int64]
    missing: int

    @classmethod
    def learn(cls, values: pa.ChunkedArray) -> Self:
        """Count the values of a column."""
        counted = pc.value_counts(pc.drop_null(values))
        distinct, counts = counted.field("values"), counted.field("counts")
        order = pc.sort_indices(distinct)
        return cls(
            distinct.take(order),
            np.asarray(counts.take(order).to_numpy(), np.int64),
            values.null_count,
        )

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Return ``count`` values, drawn with replacement; text comes dictionary-encoded."""
        if not len(self._lookup):
            return pa.nulls(count, self.values.type)
        codes = self._lookup[rng.integers(0, len(self._lookup), count)]
        indices = pa.array(codes, mask=codes < 0) if self.missing else pa.array(codes)
        if pa.types.is_string(self.values.type):
            return pa.DictionaryArray.from_arrays(indices, self.values)
        return self.values.take(indices)

    @cached_property
    def _lookup(self) -> npt.NDArray[np.int32]:
        """The code of every row seen; -1 for null."""
        codes = np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)
        return np.concatenate([np.full(self.missing, -1, np.int32), codes])

    def to_state(self, column: Column) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return the distribution as JSON and arrays; numbers stay binary, the rest is text."""
        arrays: dict[str, npt.NDArray[Any]] = {"counts": self.counts}
        data: dict[str, Any] = {"missing": self.missing}
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
        return cls(values, arrays["counts"], int(data["missing"]))


def _plain(column: Column) -> Column:
    """Return a column whose text loses nothing, which that of a format in files may."""
    return Column(name=column.name, storage=column.storage)
