"""A table in delimited files: types decided over all rows first, then read with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from synthkit.dataset import Notice
from synthkit.errors import DataError
from synthkit.schema import Column
from synthkit.schema.infer.types import ColumnTypes, decide_all
from synthkit.schema.text import TextError, parse, parse_mixed
from synthkit.sources.files.delimited import DelimitedFile
from synthkit.sources.files.header import Header
from synthkit.sources.files.kept import Kept, Room
from synthkit.sources.files.places import TableFiles
from synthkit.sources.files.table import Declared, Described, about

__all__ = ["DelimitedTable"]


class DelimitedTable:
    """A table in CSV or TSV files; ``room`` is for rows kept between types and reading.

    ``header`` is that of its files where it was read already.
    """

    def __init__(self, files: TableFiles, room: Room, header: Header | None = None) -> None:
        self._name = files.name
        self._kept = Kept(room)
        self._parts = [DelimitedFile(part, header) for part in files.parts]

    def describe(self, declared: Declared) -> Described:
        """Decide the types of the columns that are not settled, in one pass over the rows."""
        names, settled = self._names(), declared.settled
        unnamed = any(part.header.unnamed for part in self._parts)
        types = {
            name: ColumnTypes(declared.forms.get(name)) for name in names if name not in settled
        }
        notices: list[Notice] = []
        rows = 0
        if types or unnamed:
            for number, part in enumerate(self._parts):
                for chunk in part.chunks([*types, ""]):
                    rows += chunk.num_rows
                    for name, observed in types.items():
                        observed.observe(chunk.column(name).combine_chunks())
                    self._check_unnamed(part, chunk)
                    self._kept.add(number, chunk.select(list(types)))
            notices += self._tolerated(rows)
        decided = decide_all(types, table=self._name)
        columns = [settled[name] if name in settled else decided[name].column for name in names]
        reasons = about(self._name, decided.values())
        return Described(tuple(columns), reasons, tuple(notices))

    def read(self, columns: Sequence[Column], *, keep_text: bool = False) -> Iterator[pa.Table]:
        """Yield columns in their storages, or mixed ones; see `FileTable`."""
        row, before = 0, None
        for part, chunk in self._chunks([column.name for column in columns]):
            row = row if part is before else 0
            arrays = [
                parse_mixed(chunk.column(each.name), each)
                if keep_text
                else _parsed(chunk.column(each.name), each, part, row)
                for each in columns
            ]
            row, before = row + chunk.num_rows, part
            yield pa.table(arrays, names=[column.name for column in columns])

    def _chunks(self, names: Sequence[str]) -> Iterator[tuple[DelimitedFile, pa.Table]]:
        if self._kept.has(names):
            for number, chunk in self._kept.take():
                yield self._parts[number], chunk
            return
        for part in self._parts:
            for chunk in part.chunks(names):
                yield part, chunk

    def _names(self) -> list[str]:
        names = [name for name in self._parts[0].header.names if name]
        for part in self._parts[1:]:
            odd = [name for name in part.header.names if name and name not in names]
            odd += [name for name in names if name not in part.header.names]
            if odd:
                raise DataError(
                    "not in every part of the table",
                    file=part.part.label,
                    line=part.header.lines,
                    column=odd[0],
                    hint="The parts of a table have the same columns.",
                )
        return names

    def _check_unnamed(self, part: DelimitedFile, chunk: pa.Table) -> None:
        """Raise `DataError` if a column without a name has values."""
        extra = [at for at, name in enumerate(chunk.column_names) if not name]
        for at, position in zip(extra, part.header.unnamed, strict=False):
            if chunk.column(at).null_count < chunk.num_rows:
                raise DataError(
                    f"column {position + 1} has values but no name",
                    file=part.part.label,
                    line=part.header.lines,
                    hint="Name it in the first line, or quote the fields that contain "
                    f"{part.header.delimiter!r}.",
                )

    def _tolerated(self, rows: int) -> Iterator[Notice]:
        if rows == 0:
            yield Notice(
                self._name, "a header and nothing below it", 0, "It is read as an empty table."
            )
        blank = sum(part.blank_lines for part in self._parts)
        if blank:
            yield Notice(self._name, "blank lines", blank, "They are passed over.")
        if any(part.header.unnamed for part in self._parts):
            yield Notice(
                self._name,
                "lines end with a delimiter, which makes a last column without name or values",
                rows,
                "That column is left out.",
            )


def _parsed(values: pa.ChunkedArray, column: Column, part: DelimitedFile, first: int) -> pa.Array:
    try:
        return parse(values, column)
    except TextError as error:
        row = first + error.index
        raise DataError(
            f"not {error.expected}",
            file=part.part.label,
            line=part.line_of(row),
            column=column.name,
            hint=f"The column is declared as {column.storage}"
            f"{f' in the form {column.format}' if column.format else ''}: "
            "mend the value, or change schema.yaml; `synthkit validate` lists all such rows.",
        ) from None
