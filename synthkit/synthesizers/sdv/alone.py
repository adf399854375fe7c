"""Columns that SDV does not model: each drawn on its own, personal data and free text made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.contracts.values import Values
from synthkit.schema import Column, Schema
from synthkit.synthesizers.marginals import Marginal
from synthkit.synthesizers.replacements import Cells, Replacement, learn
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["Alone"]

_REPLACEMENT: TypeAdapter[Replacement] = TypeAdapter(Replacement)


@dataclass(frozen=True)
class Alone:
    """One column: what was learned of it, by itself."""

    table: str
    column: Column
    learned: Marginal | Replacement

    @classmethod
    def learn(cls, table: str, column: Column, seen: pa.ChunkedArray, values: Values) -> Alone:
        """Learn a column as the baseline does."""
        return cls(table, column, learn(column, seen, values) or Marginal.learn(seen))

    def draw(self, rows: Rows, request: SampleRequest, locale: str) -> pa.Array:
        """Return values for some rows; a function of the request's streams and the rows."""
        place = ("column", self.table, self.column.name)
        rng = request.streams.at(*place, rows.start)
        if isinstance(self.learned, Marginal):
            return self.learned.draw(rows.count, rng)
        key = request.streams.integer(*place)
        return self.learned.make(Cells(rows.start, rows.count, rng, key, request.values, locale))

    def to_state(self) -> tuple[list[Any], dict[str, npt.NDArray[Any]]]:
        """Return the column as JSON and arrays."""
        head = [self.table, self.column.name]
        if isinstance(self.learned, Marginal):
            data, arrays = self.learned.to_state(self.column)
            return [*head, "marginal", data], arrays
        return [*head, "replacement", self.learned.model_dump(mode="json")], {}

    @classmethod
    def from_state(
        cls, schema: Schema, data: list[Any], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Alone:
        """Return the column that `to_state` wrote."""
        table, name, kind, learned = data
        column = schema.table(table).column(name)
        if kind == "marginal":
            return cls(table, column, Marginal.from_state(column, learned, arrays))
        return cls(table, column, _REPLACEMENT.validate_python(learned))


def members(arrays: Mapping[str, npt.NDArray[Any]], number: int) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of column ``number`` under their own names."""
    prefix = f"{number}."
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def numbered(
    columns: Mapping[tuple[str, str], Alone],
) -> Iterator[tuple[list[Any], dict[str, npt.NDArray[Any]]]]:
    """Yield the JSON of each column, and its arrays under names that no other column has."""
    for number, column in enumerate(columns.values()):
        data, arrays = column.to_state()
        yield data, {f"{number}.{name}": array for name, array in arrays.items()}
