"""One pass over a table: checks its columns chunk by chunk and keeps those needed whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from synthkit.errors import DataError, near_matches
from synthkit.schema.mixed import is_mixed, text_in, values_in
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.rules import FixedCombinations, Range
from synthkit.schema.storage import arrow_type
from synthkit.schema.validate.columns import ColumnCheck, column_checks, range_checks
from synthkit.schema.validate.violations import Mask, Tally, Violation

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


_MEND = (
    "Mend the values, or change schema.yaml. Keys and rules of the column are checked after that."
)


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
            arrays, texts = done._arrays(chunk, keep)
            for check in checks:
                if check.column in arrays:
                    bad = check.bad(arrays[check.column])
                    if check.column in texts:  # that it is text is what is wrong with such a row
                        bad &= ~texts[check.column]
                    check.tally.add(bad, done.row_count)
            for name in keep & set(arrays):
                pieces[name].append(arrays[name])
            done.row_count += chunk.num_rows
        done.columns = {
            name: pa.chunked_array(pieces[name], arrow_type(table.column(name).storage))
            for name in table.column_names
            if name in keep and name not in done.broken
        }
        return done

    def _arrays(
        self, chunk: pa.Table, keep: set[str]
    ) -> tuple[dict[str, pa.Array], dict[str, Mask]]:
        """Return the columns of a chunk in their storages, without those that are broken.

        And, of columns that have some, which rows hold text that is no value; of the columns that
        are needed whole (``keep``), these are broken.
        """
        arrays, texts = {}, {}
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
            if is_mixed(values.type):
                texts[column.name] = self._add_texts(column, text_in(values))
                values = values_in(values)
                if column.name in keep and texts[column.name].any():
                    self.broken.add(column.name)
            if values.type != kind:
                try:
                    values = values.cast(kind)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                    self._break(column, values)
            if column.name not in self.broken:
                arrays[column.name] = values
        return arrays, texts

    def _add_texts(self, column: Column, text: pa.Array) -> Mask:
        """Count the rows that hold text, and return which they are."""
        subject = f"{self.table.name}.{column.name}"
        found: Mask = text.is_valid().to_numpy(zero_copy_only=False)
        said = f"holds text that is no value of its type, {column.storage}"
        said += f" in the form {column.format}" if column.format else ""
        self._type_tally(subject, said, _MEND).add(found, self.row_count)
        return found

    def _type_tally(self, subject: str, text: str, hint: str | None = None) -> Tally:
        """Return the tally of a column's type, a new one if there is none."""
        for tally in self.tallies:
            if (tally.kind, tally.subject) == ("type", subject):
                return tally
        self.tallies.append(Tally("type", self.table.name, subject, text, hint))
        return self.tallies[-1]

    def _break(self, column: Column, values: pa.Array) -> None:
        subject = f"{self.table.name}.{column.name}"
        text = f"is held as {values.type}, which does not fit the storage {column.storage}"
        self.broken.add(column.name)
        present: Mask = values.is_valid().to_numpy(zero_copy_only=False)
        self._type_tally(subject, text).add(present, self.row_count)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
