"""Some rows of a table as the structure knows them: numbered, each under its parent rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Rows", "RowsOf"]


@dataclass(frozen=True)
class Rows:
    """Rows ``start .. stop`` of a table: for each foreign key the parent row's number (-1: none).

    ``within`` holds the values of key parts that differ inside each parent.
    """

    table: str
    start: int
    stop: int
    parents: Mapping[ForeignKey, Indices]
    within: Mapping[str, pa.Array] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.stop - self.start

    def between(self, start: int, stop: int) -> Rows:
        """Return rows ``start .. stop`` of these."""
        first, last = start - self.start, stop - self.start
        return Rows(
            self.table,
            start,
            stop,
            {key: parents[first:last] for key, parents in self.parents.items()},
            {name: values.slice(first, last - first) for name, values in self.within.items()},
        )

    @classmethod
    def joined(cls, pieces: Sequence[Rows]) -> Rows:
        """Put rows of one table together that follow each other; at least one piece."""
        first, last = pieces[0], pieces[-1]
        if first is last:
            return first
        return cls(
            first.table,
            first.start,
            last.stop,
            {key: np.concatenate([each.parents[key] for each in pieces]) for key in first.parents},
            {
                name: pa.concat_arrays([each.within[name] for each in pieces])
                for name in first.within
            },
        )


RowsOf = Callable[[str, int], Rows]
"""Gives the rows of a table in a block of its root."""
