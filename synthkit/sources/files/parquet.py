"""Parquet and Arrow IPC files as tables: their types, widened to storages, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from synthkit.dataset import CHUNK_ROWS, Reason
from synthkit.errors import DataError, UsageError
from synthkit.schema import Column
from synthkit.schema.infer.types import Decided, column_from_arrow, column_of_storage
from synthkit.schema.storage import arrow_type, storage_of
from synthkit.schema.text import TextError, parse
from synthkit.sources.files.nested import as_json
from synthkit.sources.files.parquet_size import runs
from synthkit.sources.files.places import TableFiles
from synthkit.sources.files.table import Declared, Described, about

__all__ = ["ParquetTable"]

_CODE_BYTES = 4
"""Bytes per value up to which a column is taken to lie in dictionaries."""


class ParquetTable:
    """A table in Parquet files, or in Arrow IPC files."""

    def __init__(self, files: TableFiles) -> None:
        self._files = files

    def describe(self, declared: Declared) -> Described:
        """Return the columns from the files' own schemas."""
        found: dict[str, list[pa.DataType]] = {}
        first: list[str] | None = None
        for part in self._files.parts:
            with _opened(part.label) as file:
                schema = file.schema_arrow
            _check_names(schema.names, first, part.label)
            first = first or list(schema.names)
            for field in schema:
                found.setdefault(field.name, []).append(field.type)
        decided = {
            name: self._decide(name, kinds, declared.forms.get(name))
            for name, kinds in found.items()
            if name not in declared.settled
        }
        columns = [
            declared.settled[name] if name in declared.settled else decided[name].column
            for name in found
        ]
        return Described(tuple(columns), about(self._files.name, decided.values()))

    def read(
        self,
        columns: Sequence[Column],
        *,
        keep_text: bool = False,
        groups: Sequence[int] | None = None,
    ) -> Iterator[pa.Table]:
        """Yield columns in their storages; there is no text among values to keep.

        With ``groups``, of these row groups of each file.
        """
        del keep_text
        yield from self._read(columns, groups)

    def read_coded(
        self, columns: Sequence[Column], *, groups: Sequence[int] | None = None
    ) -> Iterator[pa.Table]:
        """Yield the same, text dictionary-encoded where it lies so in the file."""
        yield from self._read(columns, groups, coded=True)

    def _read(
        self, columns: Sequence[Column], groups: Sequence[int] | None, *, coded: bool = False
    ) -> Iterator[pa.Table]:
        names = [column.name for column in columns]
        for part in self._files.parts:
            row = 0
            with _opened(part.label, names if coded else ()) as file:
                for batch in _batches(file, names, part.label, groups):
                    table = pa.Table.from_batches([batch])
                    arrays = [
                        _stored(table.column(column.name), column, part.label, row, coded=coded)
                        for column in columns
                    ]
                    row += table.num_rows
                    yield pa.table(dict(zip(names, arrays, strict=True)))

    def least_bytes(self) -> int:
        """Return the bytes of all values as the files have them encoded; 0 for Arrow IPC files."""
        total = 0
        for part in self._files.parts:
            with _opened(part.label) as file:
                if not isinstance(file, _ArrowFile):
                    metadata = file.metadata
                    groups = range(metadata.num_row_groups)
                    total += sum(metadata.row_group(at).total_byte_size for at in groups)
        return total

    def groups(self) -> list[list[int]]:
        """Return the rows of each row group of each file; an Arrow file is one group."""
        found = []
        for part in self._files.parts:
            with _opened(part.label) as file:
                found.append(_group_rows(file))
        return found

    def _decide(self, name: str, kinds: Sequence[pa.DataType], form: str | None) -> Decided:
        """Return the column for the types that it has in the files and for its values."""
        known = [kind for kind in dict.fromkeys(kinds) if not pa.types.is_null(kind)]
        if any(_is_nested(kind) for kind in known):
            column = column_of_storage(name, "string", "json")
            because = "nested values are kept as JSON text"
            return Decided(column, (Reason(name, "string (json)", because),))
        column = Column(name=name, storage=self._held(name, known) if known else "string")
        values = (chunk.column(0) for chunk in self.read([column]))
        kind = arrow_type(column.storage)
        return column_from_arrow(name, kind, values, table=self._files.name, form=form)

    def _held(self, name: str, known: Sequence[pa.DataType]) -> str:
        """Return the storage that holds all values of some types."""
        storages = list(dict.fromkeys(_storage(kind) for kind in known))
        if len(storages) > 1:
            storages = [self._common(name, storages)]
        storage = storages[0]
        for kind in known:
            if _may_lose(kind) and not self._fits(name, storage):
                storage = "string"
        return storage

    def _common(self, name: str, storages: Sequence[str]) -> str:
        kinds = [arrow_type(storage) for storage in storages]
        try:
            merged = pa.unify_schemas(
                [pa.schema([(name, kind)]) for kind in kinds], promote_options="permissive"
            )
            return storage_of(merged.field(0).type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, UsageError):
            raise DataError(
                f"its parts have different types: {', '.join(storages)}",
                file=str(self._files.parts[0].path.parent),
                column=name,
                hint="Write all parts of a table with one type.",
            ) from None

    def _fits(self, name: str, storage: str) -> bool:
        column = Column(name=name, storage=storage)
        try:
            for _ in self.read([column]):
                pass
        except DataError:
            return False
        return True


class _ArrowFile:
    """An Arrow IPC file: its columns, and its rows a batch at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.schema_arrow: pa.Schema = file.schema

    @property
    def row_count(self) -> int:
        """Rows of all batches."""
        batches = range(self._file.num_record_batches)
        return sum(self._file.get_batch(number).num_rows for number in batches)

    def iter_batches(self, size: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield rows of some columns, batch by batch, up to ``size`` at a time."""
        for number in range(self._file.num_record_batches):
            batch = self._file.get_batch(number).select(list(columns))
            for start in range(0, batch.num_rows, size):
                yield batch.slice(start, size)


@contextmanager
def _opened(label: str, coded: Sequence[str] = ()) -> Iterator[Any]:
    """Open a file, turning what Arrow says about damage into a `DataError`.

    Of the columns named ``coded``, text that repeats is read as the dictionaries that it lies in.
    """
    ipc = label.lower().endswith((".arrow", ".feather"))
    try:
        if ipc:
            with pa.memory_map(label) as raw:
                yield _ArrowFile(pa.ipc.open_file(raw))
        else:
            with pa.OSFile(label) as raw:
                file = pyarrow.parquet.ParquetFile(raw, pre_buffer=False)
                if names := _repeating(file, coded):
                    file = pyarrow.parquet.ParquetFile(
                        raw, metadata=file.metadata, pre_buffer=False, read_dictionary=names
                    )
                yield file
    except PermissionError:
        raise DataError(
            "may not be read by this user",
            file=label,
            hint="Ask its owner, or run as a user who may.",
        ) from None
    except (pa.ArrowException, OSError):
        raise DataError(
            f"not a whole {'Arrow IPC' if ipc else 'Parquet'} file: it is damaged, cut short or of "
            "another format",
            file=label,
            hint="Copy or download the file again, and check its ending.",
        ) from None


def _repeating(file: Any, names: Sequence[str]) -> list[str]:
    """Return the columns of text that take little more than the numbers of a dictionary."""
    metadata, schema = file.metadata, file.schema_arrow
    found = []
    for at in range(metadata.num_columns):
        name = metadata.schema.column(at).path
        if name in names and pa.types.is_string(schema.field(name).type):
            groups = range(metadata.num_row_groups)
            chunks = [metadata.row_group(group).column(at) for group in groups]
            size = sum(chunk.total_uncompressed_size for chunk in chunks)
            if size <= _CODE_BYTES * sum(chunk.num_values for chunk in chunks):
                found.append(name)
    return found


def _group_rows(file: Any) -> list[int]:
    if isinstance(file, _ArrowFile):
        return [file.row_count]
    metadata = file.metadata
    return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]


def _batches(
    file: Any, names: Sequence[str], label: str, groups: Sequence[int] | None = None
) -> Iterator[pa.RecordBatch]:
    if isinstance(file, _ArrowFile):
        yield from file.iter_batches(CHUNK_ROWS, names)
        return
    with pa.OSFile(label) as again:
        for run, rows in runs(file, again, names, CHUNK_ROWS, label, groups):
            yield from file.iter_batches(rows, row_groups=run, columns=list(names))


def _check_names(names: Sequence[str], first: Sequence[str] | None, label: str) -> None:
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise DataError(
            "two columns have the same name",
            file=label,
            column=repeated[0],
            hint="Names of columns are different: rename one of them.",
        )
    if not names:
        raise DataError("has no columns", file=label, hint="Remove the file, or write it again.")
    if first is not None and set(names) != set(first):
        odd = sorted(set(names) ^ set(first))
        raise DataError(
            "not in every part of the table",
            file=label,
            column=odd[0],
            hint="The parts of a table have the same columns.",
        )


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _storage(kind: pa.DataType) -> str:
    if isinstance(kind, pa.BaseExtensionType):
        return "string" if str(kind) == "extension<arrow.uuid>" else _storage(kind.storage_type)
    if pa.types.is_decimal(kind):
        return (
            f"decimal128({min(kind.precision, 38)}, {kind.scale})" if kind.scale <= 38 else "string"
        )
    if pa.types.is_duration(kind):
        return "int64"
    try:
        return storage_of(kind)
    except UsageError:
        return "string"


def _may_lose(kind: pa.DataType) -> bool:
    """Say whether some values of a type do not fit the storage that most of them fit."""
    nanoseconds = pa.types.is_time64(kind) and kind.unit == "ns"
    return bool(nanoseconds or pa.types.is_decimal256(kind))


def _stored(
    values: pa.ChunkedArray, column: Column, label: str, row: int, *, coded: bool
) -> pa.ChunkedArray:
    """Return values in the storage of a column; `DataError` where they do not fit it.

    ``coded`` values of a dictionary that fit it stay as they are.
    """
    wanted = arrow_type(column.storage)
    kind = values.type
    if kind == wanted or (coded and pa.types.is_dictionary(kind) and kind.value_type == wanted):
        return values
    if _is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
        texts = [None if v is None else _text(v) for v in values.to_pylist()]
        values = pa.chunked_array([pa.array(texts, pa.string())])
        kind = values.type
        if kind == wanted:
            return values
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    try:
        if _is_text(kind) and not pa.types.is_string(wanted):
            return pa.chunked_array([parse(values.cast(pa.string()), column)])
        if pa.types.is_duration(kind):
            values = values.cast(pa.int64())
        return values.cast(wanted)
    except TextError as error:
        found, expected = row + error.index + 1, error.expected
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        found, expected = None, f"{column.storage}, which the schema says"
    raise DataError(
        f"a value is not {expected}" if found else f"its type {kind} does not fit {expected}",
        file=label,
        row=found,
        column=column.name,
        hint="Change the column's storage in schema.yaml, or the file.",
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text(value: Any) -> str:
    return as_json(value) if isinstance(value, dict | list | tuple) else str(value)
