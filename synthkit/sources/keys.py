"""Whether declared keys hold in the rows: repeated keys stop, orphans and gaps are counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset, Notice
from synthkit.errors import DataError
from synthkit.schema import ForeignKey, Table

__all__ = ["check_keys"]

Codes = npt.NDArray[np.int64]


def check_keys(dataset: Dataset) -> Iterator[Notice]:
    """Check primary, alternate and foreign keys; yield what is tolerated.

    Raises:
        DataError: A key that is declared as unique has a value twice; names both rows.
    """
    for table in dataset.schema.tables:
        for key in (*((table.primary_key,) if table.primary_key else ()), *table.alternate_keys):
            yield from _check_unique(dataset, table, key)
    for reference in dataset.schema.foreign_keys:
        yield from _check_reference(dataset, reference)


def _check_unique(dataset: Dataset, table: Table, key: Sequence[str]) -> Iterator[Notice]:
    rows = dataset.arrow(table.name, key)
    (codes,), present = _codes([rows]), _present(rows)
    known = np.flatnonzero(present)
    order = known[np.argsort(codes[known], kind="stable")]
    repeats = np.flatnonzero(codes[order][1:] == codes[order][:-1])
    if len(repeats):
        first = repeats[np.argmin(order[repeats + 1])]
        one, other = int(order[first]) + 1, int(order[first + 1]) + 1
        kind = "primary" if tuple(key) == table.primary_key else "alternate"
        raise DataError(
            f"the {kind} key ({', '.join(key)}) is the same in rows {one} and {other}, "
            f"and repeated in {len(repeats):,} rows in all",
            table=table.name,
            hint="Remove the repeated rows, or correct the key in the schema file.",
        )
    gaps = int(len(present) - len(known))
    if gaps:
        yield Notice(
            f"{table.name}({', '.join(key)})",
            "key with missing values",
            gaps,
            "The rows are kept; nothing can refer to them.",
        )


def _check_reference(dataset: Dataset, key: ForeignKey) -> Iterator[Notice]:
    child = dataset.arrow(key.table, key.columns)
    parent = dataset.arrow(key.parent, key.parent_columns)
    parent = parent.rename_columns(child.column_names)
    try:
        parent = parent.cast(child.schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        # Kinds of two worlds, such as numbers and text, compare as text.
        text = pa.schema([(name, pa.string()) for name in child.column_names])
        child, parent = child.cast(text), parent.cast(text)
    of_child, of_parent = _codes([child, parent])
    known = of_parent[_present(parent)]
    present = _present(child)
    orphans = int((present & ~np.isin(of_child, known)).sum())
    if orphans:
        yield Notice(
            str(key),
            "references to a row that does not exist",
            orphans,
            "They are kept; synthesizers treat them as missing references.",
        )


def _present(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Return which rows have no null in any column."""
    result = np.ones(rows.num_rows, bool)
    for column in rows.columns:
        if column.null_count:
            result &= column.is_valid().to_numpy()
    return result


def _codes(tables: Sequence[pa.Table]) -> list[Codes]:
    """Number the distinct rows of tables with the same columns, alike where they are equal."""
    sizes = [table.num_rows for table in tables]
    whole = pa.concat_tables(tables)
    result: Any = np.zeros(whole.num_rows, np.int64)
    for column in whole.columns:
        encoded = pc.fill_null(column, column.drop_null()[0]) if _gaps(column) else column
        numbers = _numbers(encoded)
        top = int(numbers.max(initial=0)) + 1
        if int(result.max(initial=0)) >= np.iinfo(np.int64).max // top - 1:
            result = np.unique(result, return_inverse=True)[1].astype(np.int64)
        result = result * top + numbers
    return list(np.split(result, np.cumsum(sizes)[:-1]))


def _gaps(column: pa.ChunkedArray) -> bool:
    return bool(0 < column.null_count < len(column))


def _numbers(column: pa.ChunkedArray) -> Codes:
    if column.null_count:
        return np.zeros(len(column), np.int64)
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes: Codes = encoded.indices.to_numpy().astype(np.int64)
    return codes
