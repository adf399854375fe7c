"""Numbers that are none (NaN) or infinite: models have no place for them, so they are missing."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.schema import Table

__all__ = ["finite"]


def finite(dataset: Dataset) -> tuple[Dataset, list[str]]:
    """Return a data set in memory with null for NaN and infinity, and what to tell of infinity.

    Columns that get nulls by this may be null from then on, in samples too.
    """
    tables = {name: dataset.arrow(name) for name in dataset}
    changed: dict[str, list[str]] = {}
    notes: list[str] = []
    for table, data in tables.items():
        for place, name in enumerate(data.column_names):
            values = data.column(place)
            if not pa.types.is_floating(values.type) or pc.all(pc.is_finite(values)).as_py():
                continue
            if infinite := pc.sum(pc.is_inf(values)).as_py():
                notes.append(
                    f"Note: {table}.{name}: {infinite:,} infinite numbers are learned as missing."
                )
            kept = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
            tables[table] = tables[table].set_column(place, name, kept)
            changed.setdefault(table, []).append(name)
    if not changed:
        return dataset, notes
    described = (_nullable(each, changed.get(each.name, ())) for each in dataset.schema.tables)
    made = Dataset.in_memory(
        dataset.schema.model_copy(update={"tables": tuple(described)}),
        tables,
        reasons=dataset.reasons,
        notices=dataset.notices,
        origin=dataset.origin,
        history=dataset.history,
    )
    return made, notes


def _nullable(table: Table, names: Collection[str]) -> Table:
    columns = (
        column.model_copy(update={"nullable": column.nullable or column.name in names})
        for column in table.columns
    )
    return table.model_copy(update={"columns": tuple(columns)})
