"""Which parent row each row of a child points at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.profiles import Columns
from synthkit.schema.model import ForeignKey

__all__ = ["parent_rows"]


def parent_rows(key: ForeignKey, columns: Columns) -> Any:
    """Return for each row of a child the row of its parent, null where there is none."""
    own = columns.read(key.table, key.columns)
    theirs = columns.read(key.parent, key.parent_columns)
    if len(key.columns) == 1:
        left, right = own.column(0).combine_chunks(), theirs.column(0).combine_chunks()
        return pc.index_in(left, value_set=right, skip_nulls=True)
    names = [f"k{at}" for at in range(len(key.columns))]
    left = own.rename_columns(names).append_column("child", pa.array(np.arange(own.num_rows)))
    right = theirs.rename_columns(names)
    right = right.append_column("parent", pa.array(np.arange(theirs.num_rows)))
    joined = left.join(right, names, join_type="left outer").sort_by("child")
    return joined.column("parent").combine_chunks()
