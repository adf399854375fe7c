"""Data sets side by side: the same columns as floats, and for every row its parent rows.

All metrics read from here; nothing else in this package touches Arrow tables or keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.errors import DataError
from synthkit.metrics.columns import Floats, Integers, Kind, scored_columns, to_floats
from synthkit.schema import ForeignKey, Schema

__all__ = ["Side", "parent_rows", "sides_of"]


@dataclass(frozen=True)
class Side:
    """One data set as arrays.

    ``values[table][column]`` is a float64 array, one item per row (see `columns.to_floats`);
    ``labels[table][column]`` what the codes of a category mean; ``parents[key]`` the row of the
    parent that each child row points at, -1 where there is none. ``kinds`` and ``labels`` are the
    same on every side.
    """

    schema: Schema
    rows: Mapping[str, int]
    kinds: Mapping[str, Mapping[str, Kind]]
    values: Mapping[str, Mapping[str, Floats]]
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    parents: Mapping[ForeignKey, Integers]


def sides_of(datasets: Sequence[Dataset]) -> tuple[Side, ...]:
    """Read data sets into arrays; the first one's schema says what the others must hold.

    In memory afterwards: 8 bytes for every cell of a scored column and for every foreign key.

    Raises:
        DataError: A table or a column is missing, or holds another type.
    """
    schema = datasets[0].schema
    kinds = {table: scored_columns(schema, table) for table in schema.table_names}
    rows: list[dict[str, int]] = [{} for _ in datasets]
    values: list[dict[str, dict[str, Floats]]] = [{} for _ in datasets]
    labels: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in schema.table_names:
        names = _needed(schema, table, kinds[table])
        tables = [_columns(data, table, names) for data in datasets]
        labels[table] = {}
        for number, data in enumerate(tables):
            rows[number][table] = data.num_rows
            values[number][table] = {}
        for name, kind in kinds[table].items():
            try:
                found, meanings = to_floats([data.column(name) for data in tables], kind)
            except pa.ArrowInvalid as error:
                raise DataError(
                    f"the data sets hold different types, and not all are a {kind}",
                    table=table,
                    column=name,
                    hint="Read both with one schema.yaml.",
                ) from error
            labels[table][name] = meanings
            for number, each in enumerate(found):
                values[number][table][name] = each
    return tuple(
        Side(schema, rows[number], kinds, values[number], labels, _links(schema, data))
        for number, data in enumerate(datasets)
    )


def parent_rows(child: pa.Table, parent: pa.Table) -> Integers:
    """Return for every child row the first parent row with the same key, or -1.

    The tables hold the key's columns, in the same order; a key with a missing part points nowhere.
    """
    count = parent.num_rows
    codes = np.zeros(count + child.num_rows, np.int64)
    for above, below in zip(parent.columns, child.columns, strict=True):
        part = _key_codes(above, below)
        width = int(part.max(initial=0)) + 1
        joined = np.where((codes < 0) | (part < 0), -1, codes * width + part)
        found, codes = np.unique(joined, return_inverse=True)
        codes = codes.astype(np.int64) - int(len(found) > 0 and found[0] == -1)
    first = np.full(int(codes.max(initial=-1)) + 2, -1, np.int64)
    above_codes = codes[:count][::-1]
    first[above_codes] = np.arange(count - 1, -1, -1)
    first[-1] = -1  # where the code -1 of a missing key leads
    found_rows: Integers = first[codes[count:]]
    return found_rows


def _key_codes(above: pa.ChunkedArray, below: pa.ChunkedArray) -> Integers:
    if above.type != below.type:
        above, below = above.cast(pa.string()), below.cast(pa.string())
    joined = pa.chunked_array([*above.chunks, *below.chunks], above.type).combine_chunks()
    indices = joined.dictionary_encode().indices
    codes: Integers = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _needed(schema: Schema, table: str, kinds: Mapping[str, Kind]) -> list[str]:
    """Return the scored columns of a table, or its first one, so that rows can be counted."""
    return list(kinds) or schema.table(table).column_names[:1]


def _columns(data: Dataset, table: str, names: Sequence[str]) -> pa.Table:
    if table not in data:
        raise DataError(
            "the table is missing from a data set that is compared",
            table=table,
            hint="Compare data sets that have the same tables.",
        )
    there = set(data.schema.table(table).column_names)
    for name in names:
        if name not in there:
            raise DataError(
                "the column is missing from a data set that is compared",
                table=table,
                column=name,
                hint="Compare data sets that have the same columns.",
            )
    return data.arrow(table, names)


def _links(schema: Schema, data: Dataset) -> dict[ForeignKey, Integers]:
    return {
        key: parent_rows(
            _columns(data, key.table, key.columns), _columns(data, key.parent, key.parent_columns)
        )
        for key in schema.foreign_keys
    }
