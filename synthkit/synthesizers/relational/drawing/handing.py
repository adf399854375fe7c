"""Codes of a block's table as one table, for other processes that draw the same sample."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.schema import Schema
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["packed", "unpacked"]

Codes = npt.NDArray[np.uint8]
Drawn = tuple[Rows, Codes, Codes]


def packed(schema: Schema, drawn: Drawn, anchors: Indices | None) -> pa.Table:
    """Return rows, their own codes and those of all ancestors, and the rows that they go with."""
    rows, own, outer = drawn
    columns: dict[str, pa.Array] = {}
    for key, parents in rows.parents.items():
        columns[f"parent {schema.foreign_keys.index(key)}"] = pa.array(parents)
    columns |= {f"within {name}": values for name, values in rows.within.items()}
    for kind, codes in (("own", own), ("outer", outer)):
        columns |= {f"{kind} {place}": pa.array(each) for place, each in enumerate(codes)}
    if anchors is not None:
        columns["anchors"] = pa.array(anchors)
    return pa.table(columns)


def unpacked(
    schema: Schema, data: pa.Table, table: str, start: int, stop: int
) -> tuple[Drawn, Indices | None]:
    """Return what `packed` was given for a table's rows from ``start`` to ``stop``."""
    found: dict[str, dict[str, pa.Array]] = {"parent": {}, "within": {}, "own": {}, "outer": {}}
    anchors = None
    for name, values in zip(data.column_names, data.columns, strict=True):
        kind, _, rest = name.partition(" ")
        if kind == "anchors":
            anchors = np.array(values)
        else:
            found[kind][rest] = values.combine_chunks()
    parents = {
        schema.foreign_keys[int(place)]: np.array(values)
        for place, values in found["parent"].items()
    }
    nothing = np.zeros((0, stop - start), np.uint8)
    own, outer = (
        np.vstack([nothing, *(values.to_numpy() for values in found[kind].values())])
        for kind in ("own", "outer")
    )
    return (Rows(table, start, stop, parents, found["within"]), own, outer), anchors
