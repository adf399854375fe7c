"""Labels as codes of one byte; labels that too few share are not kept."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.schema.storage import arrow_type

__all__ = ["REST", "LabelCodec"]

Codes = npt.NDArray[np.uint8]
_LABELS = 253
"""Labels with a code of their own; the others that are kept share one."""
REST = 255
"""The code of all labels that are not kept, where they are made anew."""


class LabelCodec(BaseModel):
    """Labels by frequency, the commonest first.

    ``rest`` says that labels which are not kept have a code of their own, for others to make
    values for; else kept ones stand in for them.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["labels"] = "labels"
    storage: str
    labels: tuple[str | bool, ...] = ()
    frequencies: tuple[int, ...] = ()
    rest: bool = False

    @classmethod
    def learn(
        cls,
        storage: str,
        values: pa.ChunkedArray,
        entities: npt.NDArray[np.int64],
        protect: int,
    ) -> Self:
        """Learn the labels that at least ``protect`` entities share; true and false always."""
        table = pa.table({"label": values, "entity": pa.array(entities)}).filter(
            pc.is_valid(values)
        )
        counted = table.group_by("label").aggregate(
            [("entity", "count"), ("entity", "count_distinct")]
        )
        pairs = sorted(
            zip(
                counted.column("entity_count").to_pylist(),
                counted.column("label").to_pylist(),
                counted.column("entity_count_distinct").to_pylist(),
                strict=True,
            ),
            key=lambda found: (-found[0], str(found[1])),
        )
        kept = [
            (count, label)
            for count, label, owners in pairs
            if owners >= protect or isinstance(label, bool)
        ]
        return cls(
            storage=storage,
            labels=tuple(label for _, label in kept),
            frequencies=tuple(count for count, _ in kept),
        )

    @property
    def ordered(self) -> bool:
        """Labels have no order."""
        return False

    @property
    def known(self) -> pa.Array:
        """The labels, in their storage."""
        return pa.array(list(self.labels), arrow_type(self.storage))

    @property
    def shared(self) -> int:
        """The number of labels with a code of their own; the next code stands for all others."""
        return _LABELS

    def encode(self, values: pa.ChunkedArray) -> Codes:
        """Return the code of each label.

        One that is not kept gets that of the rest, or a kept one's, by the square root of
        frequency: the commonest gain least for what they have, and the least common no crowd.
        """
        found = pc.index_in(values, value_set=self.known, skip_nulls=True)
        place = np.asarray(pc.fill_null(found, -1).to_numpy(), np.int64)
        present = np.asarray(pc.is_valid(values).to_numpy(), bool)
        rare = np.flatnonzero(present & (place < 0))
        if self.rest:
            place[rare] = -1
        elif len(rare) and self.labels:
            bounds = np.cumsum(np.sqrt(self.frequencies))
            even = (np.arange(len(rare)) + 0.5) / len(rare) * bounds[-1]
            place[rare] = np.searchsorted(bounds, even, side="right")
        codes = (np.minimum(place, _LABELS) + 1).astype(np.uint8)
        if self.rest:
            codes[rare] = REST
        return codes

    def spread(self, count: int) -> pa.Array:
        """Return all labels in turn; nulls if there are none."""
        labels = pa.array(list(self.labels), arrow_type(self.storage))
        if not self.labels:
            return pa.nulls(count, labels.type)
        return labels.take(pa.array(np.arange(count) % len(self.labels)))

    def decode(self, codes: Codes, uniform: npt.NDArray[np.float64]) -> pa.Array:
        """Return the label of each code; null for 0 and for the rest."""
        place = np.where(codes == REST, 0, codes).astype(np.int64) - 1
        shared = np.flatnonzero(place == _LABELS)
        if len(shared):
            bounds = np.cumsum(self.frequencies[_LABELS:])
            more = np.searchsorted(bounds, uniform[shared] * bounds[-1], side="right")
            place[shared] += np.minimum(more, len(bounds) - 1)
        indices = pa.array(place.astype(np.int32), mask=place < 0)
        known = self.known
        if pa.types.is_string(known.type):
            return pa.DictionaryArray.from_arrays(indices, known)
        return known.take(indices)
