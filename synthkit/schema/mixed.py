"""Mixed columns: values of a storage, and text where a cell holds no value of it.

In Arrow a struct of both; at most one of them is there. Only what writes text, and what checks
text that was read, knows of them.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["cast_mixed", "is_mixed", "mixed", "mixed_type", "text_in", "values_in"]

_VALUE, _TEXT = "value", "text"


def mixed_type(kind: pa.DataType) -> pa.StructType:
    """Return the type of a column that holds text among values of an Arrow type."""
    return pa.struct([(_VALUE, kind), (_TEXT, pa.string())])


def is_mixed(kind: pa.DataType) -> bool:
    """Say whether a type is that of a mixed column."""
    return pa.types.is_struct(kind) and [each.name for each in kind] == [_VALUE, _TEXT]


def mixed(values: pa.Array, text: pa.Array) -> pa.Array:
    """Return a mixed column of values and text of the same length; where text is, no value is."""
    present = text.is_valid()
    kept = pc.if_else(present, pa.scalar(None, values.type), values)
    return pa.StructArray.from_arrays([kept, text], names=[_VALUE, _TEXT])


def values_in(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the values of a column, null where it holds text; a plain column as it is.

    Of an array it is an array.
    """
    return pc.struct_field(column, _VALUE) if is_mixed(column.type) else column


def text_in(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the text of a mixed column, null where it holds a value or nothing; as `values_in`."""
    return pc.struct_field(column, _TEXT)


def cast_mixed(table: pa.Table, kinds: pa.Schema) -> pa.Table:
    """Return a table in the types of a schema, columns that are mixed in mixed types of these."""
    fields = [
        pa.field(wanted.name, mixed_type(wanted.type)) if is_mixed(given.type) else wanted
        for given, wanted in zip(table.schema, kinds, strict=True)
    ]
    return table.cast(pa.schema(fields))
