"""Columns that stand alone: each learned and drawn by itself, whatever the others hold.

Personal data and free text are made anew; of the rest the values seen are drawn, as often as seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.contracts.values import Values
from synthkit.schema import Column, Schema
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.marginals import Marginal
from synthkit.synthesizers.columns.replacements import Cells, Replacement, learn, made_anew
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["Alone", "learn_alone"]

_REPLACEMENT: TypeAdapter[Replacement] = TypeAdapter(Replacement)


def learn_alone(
    column: Column, seen: pa.ChunkedArray, values: Values, crowd: Crowd | None = None
) -> Marginal | Replacement:
    """Learn a column by itself: how it is made anew, or which values enough of a crowd share."""
    made = learn(column, seen, values, crowd)
    if made is not None or crowd is None or not pa.types.is_string(seen.type):
        return made or Marginal.learn(seen, crowd)
    nothing = seen.null_count < len(seen) and not len(crowd.common(seen))
    return (made_anew(column, seen, values, crowd) if nothing else None) or Marginal.learn(
        seen, crowd
    )


@dataclass(frozen=True)
class Alone:
    """What was learned of columns that stand alone, by (table, column)."""

    schema: Schema
    columns: Mapping[tuple[str, str], Marginal | Replacement]

    def draw(self, rows: Rows, request: SampleRequest, locale: str) -> dict[str, pa.Array]:
        """Return the columns of some rows; a function of the request's streams and the rows."""
        made = {}
        for (table, name), learned in self.columns.items():
            if table != rows.table:
                continue
            rng = request.streams.at("column", table, name, rows.start)
            if isinstance(learned, Marginal):
                made[name] = learned.draw(rows.count, rng)
            else:
                key = request.streams.integer("column", table, name)
                cells = Cells(rows.start, rows.count, rng, key, request.values, locale)
                made[name] = learned.make(cells)
        return made

    def to_state(self) -> tuple[list[list[Any]], dict[str, npt.NDArray[Any]]]:
        """Return the columns as JSON and arrays, whose names begin with the column's number."""
        described: list[list[Any]] = []
        arrays: dict[str, npt.NDArray[Any]] = {}
        for number, ((table, name), learned) in enumerate(self.columns.items()):
            if isinstance(learned, Marginal):
                data, parts = learned.to_state(self.schema.table(table).column(name))
                arrays |= {f"{number}.{part}": array for part, array in parts.items()}
                described.append([table, name, "marginal", data])
            else:
                described.append([table, name, "replacement", learned.model_dump(mode="json")])
        return described, arrays

    @classmethod
    def from_state(
        cls,
        schema: Schema,
        described: Sequence[Sequence[Any]],
        arrays: Mapping[str, npt.NDArray[Any]],
    ) -> Alone:
        """Return the columns that `to_state` wrote."""
        columns: dict[tuple[str, str], Marginal | Replacement] = {}
        for number, (table, name, kind, data) in enumerate(described):
            if kind == "marginal":
                prefix = f"{number}."
                parts = {
                    part.removeprefix(prefix): array
                    for part, array in arrays.items()
                    if part.startswith(prefix)
                }
                column = schema.table(table).column(name)
                columns[table, name] = Marginal.from_state(column, data, parts)
            else:
                columns[table, name] = _REPLACEMENT.validate_python(data)
        return cls(schema, columns)
