"""Columns that another column of the table determines: looked up, so they always agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render
from synthkit.synthesizers.columns.bins import BINS
from synthkit.synthesizers.columns.crowd import Crowd

__all__ = ["Lookup", "learn_lookup"]


@dataclass(frozen=True)
class Lookup:
    """``column`` is ``values[i]`` wherever ``source`` is ``keys[i]``, and null where it is null."""

    source: str
    column: str
    keys: pa.Array
    values: pa.Array

    def find(self, given: pa.Array, own: pa.Array | None = None) -> pa.Array:
        """Return the determined value of each given one; of an unknown one, the row's ``own``."""
        plain = given.cast(self.keys.type)
        found = self.values.take(pc.index_in(plain, value_set=self.keys, skip_nulls=True))
        if own is None:
            return found
        known = pc.or_(pc.is_null(plain), pc.is_in(plain, value_set=self.keys))
        return pc.if_else(known, found, own.cast(found.type))

    def to_json(self, source: Column, column: Column) -> dict[str, Any]:
        """Return the lookup as JSON values."""
        return {
            "source": self.source,
            "column": self.column,
            "keys": render(self.keys, source).to_pylist(),
            "values": render(self.values, column).to_pylist(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], source: Column, column: Column) -> Lookup:
        """Return the lookup that `to_json` wrote."""
        return cls(
            data["source"],
            data["column"],
            parse(pa.array(data["keys"], pa.string()), source),
            parse(pa.array(data["values"], pa.string()), column),
        )


def learn_lookup(source: Column, column: Column, data: pa.Table, crowd: Crowd) -> Lookup | None:
    """Learn which value goes with each; None unless it holds in every row that is kept.

    Values of ``source`` that too few subjects share are left out: they are not sampled either.
    """
    known = data.filter(pc.is_valid(data.column(0)))
    if data.num_rows - known.num_rows > data.column(1).null_count:
        return None
    lost = data.filter(pc.is_null(data.column(0))).column(1)
    if len(lost) - lost.null_count:
        return None
    pairs = known.group_by([source.name, column.name]).aggregate([([], "count_all")])
    sizes = known.group_by(source.name).aggregate([([], "count_all")])
    if pairs.num_rows != sizes.num_rows or pairs.num_rows > len(known) / 2:
        return None
    kept = pairs.filter(pc.is_in(pairs.column(source.name), value_set=crowd.common(data.column(0))))
    exact = kept.num_rows == pairs.num_rows <= BINS
    if not kept.num_rows or not (exact or _is_label(source)):
        return None
    kept = kept.take(pc.sort_indices(kept, [(source.name, "ascending")]))
    return Lookup(
        source.name,
        column.name,
        kept.column(source.name).combine_chunks(),
        kept.column(column.name).combine_chunks(),
    )


def _is_label(source: Column) -> bool:
    """Whether only values that are kept are sampled; of numbers, others may be."""
    kind = arrow_type(source.storage)
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind) or pa.types.is_boolean(kind))
