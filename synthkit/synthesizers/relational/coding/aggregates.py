"""What a parent row's children are like on the whole: fields of the parent that they then follow.

Siblings agree with each other, and children of different tables with each other, because they
share a parent that knows what they are like.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec
from synthkit.synthesizers.structure.references import Indices

__all__ = ["aggregate_fields", "is_aggregated"]

Codes = npt.NDArray[np.uint8]


def aggregate_fields(
    fields: list[ColumnField], codes: Codes, parents: Indices, parent_count: int
) -> list[tuple[ColumnField, Codes]]:
    """Return fields of the parent table for the children of one foreign key.

    For an ordered field the mean and the largest code of its children, for labels the commonest
    one and how many different ones there are; 0 where there are no children. None is decoded.

    Args:
        fields: the child's fields.
        codes: uint8 (fields, child rows).
        parents: int64 (child rows,), parent row numbers, -1 for none.
        parent_count: rows of the parent.
    """
    owned = parents >= 0
    owner = parents[owned]
    made: list[tuple[ColumnField, Codes]] = []
    for field, column in zip(fields, codes[:, owned], strict=True):
        if not is_aggregated(field):
            continue
        name = f"{field.kind}:{field.name}"
        if field.codec.ordered:
            made.append(
                (_field(f"mean of {name}", ordered=True), _mean(column, owner, parent_count))
            )
            largest = np.zeros(parent_count, np.uint8)
            np.maximum.at(largest, owner, column)
            made.append((_field(f"largest of {name}", ordered=True), largest))
        else:
            table = np.zeros((parent_count, 256), np.int32)
            np.add.at(table, (owner, column), 1)
            table[:, 0] = 0
            commonest = table.argmax(1).astype(np.uint8)
            different = np.minimum((table > 0).sum(1), 255).astype(np.uint8)
            made.append((_field(f"commonest of {name}", ordered=False), commonest))
            made.append((_field(f"different of {name}", ordered=True), different))
    return made


def is_aggregated(field: ColumnField) -> bool:
    """Whether parents are told of a field of their children."""
    apart = ("aggregate", "same", "gap", "copy", "tight", "weekday", "time", "present")
    return field.kind not in apart


def _field(name: str, *, ordered: bool) -> ColumnField:
    codec = NumberCodec(storage="int64") if ordered else LabelCodec(storage="string")
    return ColumnField(kind="aggregate", name=name, codec=codec)


def _mean(column: Codes, owner: Indices, parent_count: int) -> Codes:
    present = column > 0
    sums = np.bincount(owner[present], weights=column[present], minlength=parent_count)
    counts = np.bincount(owner[present], minlength=parent_count)
    return np.where(counts > 0, np.round(sums / np.maximum(counts, 1)), 0).astype(np.uint8)
