"""One pass over a table: checks its columns chunk by chunk and keeps those needed whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from synthkit.errors import DataError, near_matches
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.rules import FixedCombinations, Range
from synthkit.schema.storage import arrow_type
from synthkit.schema.validate.columns import ColumnCheck, column_checks, range_checks
from synthkit.schema.validate.violations import Tally, Violation

__all__ = ["Read", "TablePass", "kept_columns"]

Read = Callable[[str, Sequence[str]], Iterable[pa.Table]]
"""Reads columns of a table in chunks, as `synthkit.dataset.Dataset.chunks` does."""


def kept_columns(schema: Schema) -> dict[str, set[str]]:
    """Return the columns that are needed whole, by table: those of keys and of most rules."""
    kept: dict[str, set[str]] = {table.name: set() for table in schema.tables}
    for table in schema.tables:
        for key in (table.primary_key or (), *table.alternate_keys):
            kept[table.name].update(key)
    for link in schema.foreign_keys:
        kept[link.table].update(link.columns)
        kept[link.parent].update(link.parent_columns)
    for rule in schema.rules:
        if not isinstance(rule, Range | FixedCombinations):
            for name, column in rule.touches():
                kept[name].add(column)
    return kept


@dataclass
class TablePass:
    """What a pass over a table found. ``broken`` are columns that are not of their storage."""

    table: Table
    row_count: int = 0
    tallies: list[Tally] = field(default_factory=list)
    faults: list[Violation] = field(default_factory=list)
    columns: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    @classmethod
    def run(cls, schema: Schema, table: Table, keep: set[str], read: Read) -> TablePass:
        """Read a table once, and check it."""
        done = cls(table)
        checks: list[ColumnCheck] = []
        found = [*column_checks(table)]
        for rule in schema.rules:
            if isinstance(rule, Range) and rule.table == table.name:
                found += range_checks(table, rule)
        for check in found:
            if isinstance(check, Violation):
                done.faults.append(check)
            else:
                checks.append(check)
                done.tallies.append(check.tally)
        pieces: dict[str, list[pa.Array]] = {name: [] for name in table.column_names}
        for chunk in read(table.name, table.column_names) if table.columns else ():
            arrays = done._arrays(chunk)
            for check in checks:
                if check.column in arrays:
                    check.tally.add(check.bad(arrays[check.column]), done.row_count)
            for name in keep & set(arrays):
                pieces[name].append(arrays[name])
            done.row_count += chunk.num_rows
        done.columns = {
            name: pa.chunked_array(pieces[name], arrow_type(table.column(name).storage))
            for name in table.column_names
            if name in keep and name not in done.broken
        }
        return done

    def _arrays(self, chunk: pa.Table) -> dict[str, pa.Array]:
        """Return the columns of a chunk in their storages, without those that are broken."""
        arrays = {}
        for column in self.table.columns:
            if column.name not in chunk.column_names:
                raise DataError(
                    "it is not in the data",
                    hint=near_matches(column.name, chunk.column_names),
                    table=self.table.name,
                    column=column.name,
                )
            values = _whole(chunk.column(column.name))
            kind = arrow_type(column.storage)
            if values.type != kind:
                try:
                    values = values.cast(kind)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                    self._break(column, values)
            if column.name not in self.broken:
                arrays[column.name] = values
        return arrays

    def _break(self, column: Column, values: pa.Array) -> None:
        subject = f"{self.table.name}.{column.name}"
        tally = next(
            (item for item in self.tallies if (item.kind, item.subject) == ("type", subject)), None
        )
        if tally is None:
            text = f"is held as {values.type}, which does not fit the storage {column.storage}"
            tally = Tally("type", self.table.name, subject, text)
            self.tallies.append(tally)
            self.broken.add(column.name)
        present: np.ndarray[tuple[int], np.dtype[np.bool_]] = values.is_valid().to_numpy(
            zero_copy_only=False
        )
        tally.add(present, self.row_count)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
