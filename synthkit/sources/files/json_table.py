"""A table in JSON files: types from JSON's own kinds, dates and the like from text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthkit.dataset import Notice
from synthkit.errors import DataError
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse
from synthkit.sources.files.json_kinds import Kinds
from synthkit.sources.files.json_rows import Rows, row_chunks
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
    """A table in files of JSON or JSON lines; ``within`` names it in a file of several tables."""

    def __init__(self, files: TableFiles, within: str | None = None) -> None:
        self._name = within or files.name
        self._parts = files.parts
        self._within = within

    def describe(self, declared: Declared) -> Described:
        """Look at all rows, for columns may appear in any of them."""
        settled = declared.settled
        kinds: dict[str, Kinds] = {}
        rows = 0
        for part in self._parts:
            for chunk in row_chunks(part, self._within):
                rows += len(chunk)
                for name in _names(chunk):
                    observed = kinds.setdefault(name, Kinds(declared.forms.get(name)))
                    if name not in settled:
                        observed.observe([row.get(name) for row in chunk])
        if not rows:
            if not settled:
                raise DataError(
                    "there are no rows, and so no columns",
                    file=self._parts[0].label,
                    hint="Name the columns in a schema.yaml beside the file.",
                )
            notice = Notice(self._name, "no rows", 0, "It is read as an empty table.")
            return Described(tuple(settled.values()), notices=(notice,))
        decided = {
            name: observed.decide(name, self._name)
            for name, observed in kinds.items()
            if name not in settled
        }
        columns = [settled[name] if name in settled else decided[name].column for name in kinds]
        # JSON leaves out what is null: a declared column may be in no row.
        columns += [column for name, column in settled.items() if name not in kinds]
        return Described(tuple(columns), about(self._name, decided.values()))

    def read(self, columns: Sequence[Column]) -> Iterator[pa.Table]:
        """Yield columns in their storages."""
        names = [column.name for column in columns]
        exact = any(column.storage.startswith("decimal") for column in columns)
        for part in self._parts:
            first = 0
            for chunk in row_chunks(part, self._within, exact=exact):
                arrays = []
                for column in columns:
                    values = [row.get(column.name) for row in chunk]
                    try:
                        arrays.append(_stored(values, column))
                    except TextError as error:
                        raise DataError(
                            f"not {error.expected}",
                            file=part.label,
                            row=first + error.index + 1,
                            column=column.name,
                            hint=f"The column is declared as {column.storage}: mend the value, "
                            "or change schema.yaml.",
                        ) from None
                first += len(chunk)
                yield pa.table(arrays, names=names)


def _names(chunk: Rows) -> list[str]:
    """Return the names in some rows in order of appearance; most rows have the same ones."""
    layouts = dict.fromkeys(map(tuple, chunk))
    return list(dict.fromkeys(name for layout in layouts for name in layout))


def _stored(values: list[Any], column: Column) -> pa.Array:
    """Return JSON values in the storage of a column; `TextError` names the first misfit."""
    wanted = arrow_type(column.storage)
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


def _fitting(values: list[Any], wanted: pa.DataType) -> pa.Array | None:
    """Return values as an array, or None where one is too large: its text will name the row."""
    try:
        return pa.array(values, wanted)
    except (pa.ArrowInvalid, OverflowError):
        return None


def _texts(values: list[str | None]) -> pa.Array:
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
