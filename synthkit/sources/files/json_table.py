"""A table in JSON files: types from JSON's own kinds, dates and the like from text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Notice
from synthkit.errors import DataError
from synthkit.schema import Column
from synthkit.schema.mixed import is_mixed, mixed, text_in, values_in
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse, parse_mixed
from synthkit.sources.files.json_kinds import Kinds
from synthkit.sources.files.json_rows import Rows, row_chunks
from synthkit.sources.files.kept import Kept, Room
from synthkit.sources.files.nested import as_json, as_text
from synthkit.sources.files.places import TableFiles
from synthkit.sources.files.table import Declared, Described, about

__all__ = ["JsonTable"]

_NATIVE: dict[type, Callable[[pa.DataType], bool]] = {
    bool: pa.types.is_boolean,
    int: lambda kind: (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    ),
    float: pa.types.is_floating,
    Decimal: pa.types.is_decimal,
    str: pa.types.is_string,
}
"""The storages that hold a kind of JSON value as it is."""


class JsonTable:
    """A table in files of JSON or JSON lines; ``within`` names it in a file of several tables.

    ``room`` is for rows kept between types and reading.
    """

    def __init__(self, files: TableFiles, room: Room, within: str | None = None) -> None:
        self._name = within or files.name
        self._parts = files.parts
        self._within = within
        self._kept = Kept(room)

    def describe(self, declared: Declared) -> Described:
        """Look at all rows, for columns may appear in any of them."""
        settled = declared.settled
        kinds: dict[str, Kinds] = {}
        counts: dict[str, int] = {}
        rows = 0
        for number, part in enumerate(self._parts):
            for chunk in row_chunks(part, self._within):
                rows += len(chunk)
                arrays: dict[str, pa.Array | None] = {}
                for name, values in _columns(chunk).items():
                    observed = kinds.setdefault(name, Kinds(declared.forms.get(name)))
                    counts[name] = counts.get(name, 0) + len(chunk)
                    if name not in settled:
                        arrays[name] = observed.observe(values)
                self._keep(number, arrays)
        if not rows:
            return self._described_without_rows(settled)
        if "" in kinds or not (kinds or settled):
            raise DataError(
                "a column has no name" if kinds else "its rows are empty: there are no columns",
                file=self._parts[0].label,
                hint="Every value of a row has a name: give it one, or leave it out.",
            )
        for name, observed in kinds.items():
            if counts[name] < rows:
                observed.observe([None])
        decided = {
            name: observed.decide(name, self._name)
            for name, observed in kinds.items()
            if name not in settled
        }
        columns = [settled[name] if name in settled else decided[name].column for name in kinds]
        # JSON leaves out what is null: a declared column may be in no row.
        columns += [column for name, column in settled.items() if name not in kinds]
        return Described(tuple(columns), about(self._name, decided.values()))

    def _described_without_rows(self, settled: Mapping[str, Column]) -> Described:
        if not settled:
            raise DataError(
                "there are no rows, and so no columns",
                file=self._parts[0].label,
                hint="Name the columns in a schema.yaml beside the file, or move the file away.",
            )
        notice = Notice(self._name, "no rows", 0, "It is read as an empty table.")
        return Described(tuple(settled.values()), notices=(notice,))

    def _keep(self, part: int, arrays: Mapping[str, pa.Array | None]) -> None:
        """Keep a chunk if every column of it has one plain kind, as nearly all have."""
        plain = {name: array for name, array in arrays.items() if array is not None}
        if len(plain) < len(arrays) or not arrays:
            self._kept.give_up()
        else:
            self._kept.add(part, pa.table(list(plain.values()), names=list(plain)))

    def read(self, columns: Sequence[Column], *, keep_text: bool = False) -> Iterator[pa.Table]:
        """Yield columns in their storages, or mixed ones; see `FileTable`."""
        stored = _stored_mixed if keep_text else _stored
        names = [column.name for column in columns]
        before, first = -1, 0
        for part, chunk in self._chunks(columns):
            first = first if part == before else 0
            arrays = []
            for column in columns:
                try:
                    arrays.append(stored(chunk[column.name], column))
                except TextError as error:
                    raise DataError(
                        f"not {error.expected}",
                        file=self._parts[part].label,
                        row=first + error.index + 1,
                        column=column.name,
                        hint=f"The column is declared as {column.storage}: mend the value, "
                        "or change schema.yaml; `synthkit validate` lists all such rows.",
                    ) from None
            before, first = part, first + len(arrays[0])
            yield pa.table(arrays, names=names)

    def _chunks(self, columns: Sequence[Column]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the values of columns by name, and the number of the file that they are from."""
        names = [column.name for column in columns]
        if self._kept.has(names) and all(
            _is_as_kept(kind, column)
            for column in columns
            for kind in self._kept.types(column.name)
        ):
            for number, rows in self._kept.take():
                yield number, {name: rows.column(name).combine_chunks() for name in names}
            return
        exact = any(column.storage.startswith("decimal") for column in columns)
        for number, part in enumerate(self._parts):
            for chunk in row_chunks(part, self._within, exact=exact):
                found = _columns(chunk)
                yield number, {name: found.get(name, [None] * len(chunk)) for name in names}


def _columns(chunk: Rows) -> dict[str, Sequence[Any]]:
    """Return the values of some rows by name, in order of appearance."""
    layouts = dict.fromkeys(map(tuple, chunk))
    if len(layouts) == 1:
        # Nearly all files: every row has the same names in the same order.
        return dict(
            zip(next(iter(layouts)), zip(*map(dict.values, chunk), strict=True), strict=True)
        )
    names = dict.fromkeys(name for layout in layouts for name in layout)
    return {name: [row.get(name) for row in chunk] for name in names}


def _is_as_kept(kind: pa.DataType, column: Column) -> bool:
    """Say whether a plain array is what a column shall be, or text that is parsed to be it."""
    if pa.types.is_string(kind):
        return column.format != "json"
    return bool(kind == arrow_type(column.storage))


def _stored(values: Sequence[Any] | pa.Array, column: Column) -> pa.Array:
    """Return JSON values in the storage of a column; `TextError` names the first misfit."""
    wanted = arrow_type(column.storage)
    if isinstance(values, pa.Array):
        return values if values.type == wanted else parse(values, column)
    kinds = set(map(type, values)) - {type(None)}
    if column.format == "json" and pa.types.is_string(wanted):
        return _texts([_as_json_text(value) for value in values])
    if kinds == {str} and pa.types.is_string(wanted):
        return _texts(values)
    if all(_NATIVE.get(kind, pa.types.is_null)(wanted) for kind in kinds):
        made = _fitting(values, wanted)
        if made is not None:
            return made
    if Decimal in kinds and pa.types.is_floating(wanted):
        values = [float(value) if type(value) is Decimal else value for value in values]
        return _stored(values, column)
    text = _texts([None if value is None else as_text(value) for value in values])
    if kinds <= {int, float, Decimal, bool}:
        # JSON's own numbers are in the plain form, whatever form text has in this column.
        column = column.model_copy(update={"format": None})
    return parse(text, column)


def _stored_mixed(values: Sequence[Any] | pa.Array, column: Column) -> pa.Array:
    """Return JSON values as `_stored` does, as a mixed column where some do not fit."""
    try:
        return _stored(values, column)
    except TextError:
        if isinstance(values, pa.Array):
            return parse_mixed(values, column)
    texts = [value if isinstance(value, str) else None for value in values]
    others = [
        None if value is None or isinstance(value, str) else as_text(value) for value in values
    ]
    # JSON's own numbers are in the plain form, whatever form text has in this column.
    plain = column.model_copy(update={"format": None})
    read = parse_mixed(_texts(texts), column), parse_mixed(_texts(others), plain)
    odd = [text_in(each) for each in read if is_mixed(each.type)]
    if not odd:
        return pc.coalesce(*read)
    return mixed(pc.coalesce(*map(values_in, read)), pc.coalesce(*odd))


def _fitting(values: Sequence[Any], wanted: pa.DataType) -> pa.Array | None:
    """Return values as an array, or None where one is too large: its text will name the row."""
    try:
        return pa.array(values, wanted)
    except (pa.ArrowInvalid, OverflowError):
        return None


def _texts(values: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        for index, value in enumerate(values):
            if value is not None and not _encodes(value):
                raise TextError(index, "text: half of a surrogate pair stands alone") from None
        raise


def _encodes(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _as_json_text(value: Any) -> str | None:
    """Return a value as JSON text; text that is a JSON object or array itself stays as it is."""
    if value is None:
        return None
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        return value
    return as_json(value)
