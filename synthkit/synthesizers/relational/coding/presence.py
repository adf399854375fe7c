"""Which rows have a value of a column that is made anew: a card number where one paid by card."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.prepared import Prepared

__all__ = ["PRESENT", "add_presence", "without_absent"]

PRESENT = 1
"""The code of a row that has a value; 0 is that of one without."""

Codes = npt.NDArray[np.uint8]


def add_presence(dataset: Dataset, made: Prepared, table: str, protect: int) -> None:
    """Add a field for each column made anew of which some rows have a value and some have none.

    At least ``protect`` rows must be of either kind. The columns then have no gaps of their own.
    """
    for (owner, name), replacement in made.replaced.items():
        if owner != table:
            continue
        seen = dataset.arrow(table, [name]).column(0)
        if not protect <= seen.null_count <= len(seen) - protect or not seen.null_count:
            continue
        codes = np.asarray(pc.is_valid(seen).to_numpy(), np.uint8)
        field = ColumnField(kind="present", name=name, codec=LabelCodec(storage="string"))
        made.replaced[owner, name] = replacement.model_copy(update={"missing": 0.0})
        made.fields[table].append(field)
        made.codes[table] = np.vstack([made.codes[table], codes])
        made.learned_from[table].append(None)


def without_absent(
    fields: tuple[ColumnField, ...], own: Codes, made: Mapping[str, pa.Array]
) -> dict[str, pa.Array]:
    """Return the columns among some whose presence is drawn, without the values of absent rows."""
    return {
        field.name: pc.if_else(
            pa.array(codes == PRESENT), made[field.name], pa.scalar(None, made[field.name].type)
        )
        for field, codes in zip(fields, own, strict=True)
        if field.kind == "present"
    }
