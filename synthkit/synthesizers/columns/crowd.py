"""Whom rows are about, and how many of them must share what is kept of their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Crowd", "holders"]

Places = npt.NDArray[np.int64]
LEAST = 5
_LIMIT = 2.0**62
_MARKS = 64
"""Marks for each row up to which pairs of group and owner are told apart without being sorted."""
_MOST_MARKS = 2**24
"""Bytes that these may take."""


@dataclass(frozen=True)
class Crowd:
    """The subjects of some rows: ``owners`` is int64 (rows,), rows of one subject share a number.

    What is kept word for word is shared by at least ``least`` subjects.
    """

    owners: Places
    least: int = LEAST

    @classmethod
    def of_rows(cls, count: int, least: int = LEAST) -> Self:
        """Return rows that are each about someone else."""
        return cls(np.arange(count, dtype=np.int64), least)

    def where(self, chosen: pa.ChunkedArray | pa.Array) -> Crowd:
        """Return the subjects of the rows for which a boolean array is true."""
        return Crowd(
            self.owners[np.asarray(chosen.to_numpy(zero_copy_only=False), bool)], self.least
        )

    def present(self, values: pa.ChunkedArray) -> Crowd:
        """Return the subjects of the rows that have a value."""
        return self.where(pc.is_valid(values).combine_chunks()) if values.null_count else self

    @property
    def size(self) -> int:
        """How many subjects there are."""
        return len(np.unique(self.owners))

    @property
    def is_enough(self) -> bool:
        """Whether there are as many subjects as must share what is kept."""
        return self.size >= self.least

    def common(self, values: pa.ChunkedArray) -> pa.Array:
        """Return the different values, null left out, that enough subjects share."""
        codes = pc.drop_null(values).combine_chunks().dictionary_encode()
        places = np.asarray(codes.indices.to_numpy(), np.int64)
        found = holders(places, self.present(values).owners, len(codes.dictionary))
        return codes.dictionary.filter(pa.array(found >= self.least))


def holders(groups: Places, owners: Places, count: int) -> Places:
    """Return how many different owners each of ``count`` groups has."""
    lowest = int(owners.min(initial=0))
    most = int(owners.max(initial=0)) - lowest + 1
    ranks = owners - lowest
    if most > _LIMIT / max(count, 1):
        ranks = np.unique(owners, return_inverse=True)[1].astype(np.int64)
        most = int(ranks.max(initial=0)) + 1
    pairs = groups * most + ranks
    if count * most <= min(_MARKS * len(pairs), _MOST_MARKS):
        marks = np.zeros(count * most, np.bool_)
        marks[pairs] = True
        return np.asarray(marks.reshape(count, most).sum(1), np.int64)
    return np.bincount(np.unique(pairs) // most, minlength=count).astype(np.int64)
