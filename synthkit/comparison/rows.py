"""Data sets in a folder, for another process to read: exact types, and nothing inferred."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from synthkit.dataset import Dataset, TableChunk
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema

__all__ = ["few_rows", "store_tables", "stored_tables"]

_SCHEMA = "schema.json"


def store_tables(schema: Schema, chunks: Iterator[TableChunk], folder: Path) -> int:
    """Write rows as they come, tables taking turns or not; return how many there were."""
    folder.mkdir(parents=True)
    (folder / _SCHEMA).write_text(schema.model_dump_json(), encoding="utf-8")
    rows = 0
    with ExitStack() as stack:
        kinds = {
            table.name: arrow_schema(
                table.column_names, [column.storage for column in table.columns]
            )
            for table in schema.tables
        }
        sinks = {
            name: stack.enter_context(pa.ipc.new_file(str(folder / f"{number}.arrow"), kind))
            for number, (name, kind) in enumerate(kinds.items())
        }
        for chunk in chunks:
            sinks[chunk.table].write_table(chunk.data.cast(kinds[chunk.table]))
            rows += chunk.data.num_rows
    return rows


def stored_tables(folder: Path) -> Dataset:
    """Return the data set that `store_tables` wrote, in memory."""
    schema = Schema.model_validate_json((folder / _SCHEMA).read_text(encoding="utf-8"))
    tables = {}
    for number, name in enumerate(schema.table_names):
        with pa.OSFile(str(folder / f"{number}.arrow"), "rb") as source:
            tables[name] = pa.ipc.open_file(source).read_all()
    return Dataset.in_memory(schema, tables, origin="compared")


def few_rows() -> Dataset:
    """Return two tables of 60 rows, one below the other, that any synthesizer can learn."""
    key = {"sdtype": "id", "storage": "int64", "nullable": False}
    own = [{"name": "id", **key}, {"name": "size", "sdtype": "numerical", "storage": "double"}]
    more = [{"name": "above", **key}, {"name": "label", "sdtype": "categorical"}]
    link = {"table": "below", "columns": "above", "parent": "above", "parent_columns": "id"}
    schema = Schema.model_validate(
        {
            "tables": [
                {"name": "above", "columns": own, "primary_key": "id"},
                {"name": "below", "columns": own + more, "primary_key": "id"},
            ],
            "foreign_keys": [link],
        }
    )
    rows = {"id": range(60), "size": [float(number % 7) for number in range(60)]}
    above = [number % 40 for number in range(60)]
    tables = {
        "above": pa.table(rows),
        "below": pa.table({**rows, "above": above, "label": ["x", "y", "z"] * 20}),
    }
    return Dataset.in_memory(schema, tables, origin="a few rows")
