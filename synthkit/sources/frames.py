"""Tables that are in memory: pandas frames, and whatever hands its columns to Arrow (Polars)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import CHUNK_ROWS, Notice, Reason
from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.infer.types import Decided, column_from_arrow
from synthkit.schema.merge import matched, merge, settled_columns
from synthkit.schema.storage import arrow_type, storage_of
from synthkit.schema.text import TextError, parse

__all__ = ["Frames", "OpenFrames", "column_values", "in_own_type", "named_frames", "no_common_type"]

Frames: TypeAlias = Mapping[str, pd.DataFrame]

_EXACT = 2.0**53
"""Whole numbers up to here are told apart in a float."""


def named_frames(given: object) -> dict[str, pd.DataFrame]:
    """Return frames by table: what was given, or a single frame as the table ``table``.

    An index that has a name is a column, since it is often the key. Raises `UsageError` for
    anything else than frames by name.
    """
    tables = given if isinstance(given, Mapping) else {"table": given}
    if not tables:
        raise UsageError("There are no frames.", hint="Give them by the names of their tables.")
    return {_name(name): _frame(frame, str(name)) for name, frame in tables.items()}


class OpenFrames:
    """Frames as an open source; ``declared`` is their schema, where one is known."""

    def __init__(self, frames: Frames, declared: Schema | None = None) -> None:
        known = None if declared is None else matched(declared, list(frames), "the schema")
        decided: dict[str, list[Decided]] = {}
        self._tables: dict[str, pa.Table] = {}
        for name, frame in frames.items():
            own = None if known is None or name not in known else known.table(name)
            found = [_decide(frame.iloc[:, at], name, own) for at in range(frame.shape[1])]
            decided[name] = [each for each, _ in found]
            self._tables[name] = pa.table({each.column.name: values for each, values in found})
        typed = [
            Table(name=name, columns=tuple(each.column for each in columns))
            for name, columns in decided.items()
        ]
        self._declared = known is not None
        self._schema, departures = (
            (Schema(tables=tuple(typed)), ()) if known is None else merge(known, typed)
        )
        self._notices = [
            Notice(each.subject, each.message, 0, each.treatment) for each in departures
        ]
        self._reasons = [
            Reason(f"{name}.{each.column.name}", reason.decision, reason.because)
            for name, columns in decided.items()
            for each in columns
            for reason in each.reasons
        ]

    def read_schema(self) -> tuple[Schema, bool]:
        """Return the schema, and whether keys and rules are declared."""
        return self._schema, self._declared

    def reasons(self) -> Sequence[Reason]:
        """Return why the types are what they are."""
        return self._reasons

    def notices(self) -> Sequence[Notice]:
        """Return where the declared schema and the frames differ."""
        return self._notices

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows in order, in the types of the schema."""
        described = self._schema.table(table)
        names = described.column_names if columns is None else list(columns)
        rows = self._tables[table].select(names).slice(0, limit)
        for start in range(0, rows.num_rows, CHUNK_ROWS):
            yield rows.slice(start, CHUNK_ROWS)


def column_values(series: pd.Series[Any], table: str) -> pa.ChunkedArray:
    """Return a column's values as Arrow has them.

    Raises `DataError` for values that have no type in common, nested ones and infinite numbers.
    """
    try:
        values = pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise no_common_type(table, str(series.name)) from None  # theirs quotes a value
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_nested(values.type) or isinstance(values.type, pa.BaseExtensionType):
        raise no_common_type(table, str(series.name))
    if pa.types.is_floating(values.type) and pc.any(pc.is_inf(values)).as_py():
        raise DataError(
            "infinite numbers cannot be learned",
            table=table,
            column=str(series.name),
            hint="Replace them, by missing values for example.",
        )
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def in_own_type(values: pa.ChunkedArray, *, is_key: bool, days: bool) -> pa.ChunkedArray:
    """Return values in the type that they have apart from pandas' ways with it.

    pandas makes floats of whole numbers as soon as one is missing, and nanoseconds of all dates.
    With ``days``, times that are all midnight become dates.
    """
    kind = values.type
    if pa.types.is_duration(kind):
        return values.cast(pa.duration("ns")).cast(pa.int64())
    if pa.types.is_floating(kind):
        return values.cast(pa.int64()) if _are_whole(values, is_key) else values
    return _coarsest(values, days) if pa.types.is_timestamp(kind) else values


def no_common_type(table: str, column: str) -> DataError:
    """Return the error for a column that mixes types."""
    return DataError(
        "its values have no type in common that can be learned",
        table=table,
        column=column,
        hint="Make them all numbers, text, dates, times, booleans or bytes: "
        "for example frame[column].astype('string').",
    )


def _name(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise UsageError("Frames are given by the names of their tables, which are text.")
    return name


def _frame(given: Any, table: str) -> pd.DataFrame:
    """Return a frame with labels that are text and all different, and its index if it is named."""
    if not isinstance(given, pd.DataFrame):
        if not hasattr(given, "__arrow_c_stream__"):
            raise UsageError(
                f"Table {table!r} is a {type(given).__name__}, and no frame.",
                hint="Give pandas frames by the names of their tables: "
                "synthkit.read({'customers': customers, 'orders': orders}).",
            )
        given = pa.table(given).to_pandas(types_mapper=pd.ArrowDtype)
    if any(name is not None for name in given.index.names):
        given = given.reset_index()
    labels = pd.Index([str(label) for label in given.columns])
    if not labels.is_unique:
        raise DataError(
            f"has several columns {labels[labels.duplicated()][0]!r}",
            table=table,
            hint="Give each column a name of its own.",
        )
    frame: pd.DataFrame = given.set_axis(labels, axis="columns")
    return frame


def _decide(
    series: pd.Series[Any], table: str, declared: Table | None
) -> tuple[Decided, pa.ChunkedArray]:
    """Return what a column of a frame is, and its values in that storage."""
    name = str(series.name)
    known = None
    if declared is not None and name in declared.column_names:
        known = declared.column(name)
    is_key = known is not None and known.sdtype == "id"
    values = in_own_type(column_values(series, table), is_key=is_key, days=False)
    if declared is not None and name in settled_columns(declared) and known is not None:
        return Decided(known, ()), _stored(values, known, table)
    try:
        stored = values.cast(arrow_type(storage_of(values.type)))
        return column_from_arrow(name, stored.type, stored.chunks, table=table), stored
    except (SynthkitError, pa.ArrowException):
        raise no_common_type(table, name) from None


def _stored(values: pa.ChunkedArray, column: Column, table: str) -> pa.ChunkedArray:
    """Return values in the storage that a schema declares; text of dates and numbers is read."""
    wanted = arrow_type(column.storage)
    try:
        if _is_text(values.type) and not _is_text(wanted):
            return pa.chunked_array([parse(values.cast(pa.string()), column)], wanted)
        return values.cast(wanted)
    except (TextError, pa.ArrowException):
        raise DataError(
            f"its values are not of the declared storage {column.storage}",
            table=table,
            column=column.name,
            hint="Change the frame's dtype, or the storage in the schema.",
        ) from None


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _coarsest(values: pa.ChunkedArray, days: bool) -> pa.ChunkedArray:
    """Return times in the coarsest unit that loses nothing."""
    for unit in ("s", "ms", "us"):
        try:
            values = values.cast(pa.timestamp(unit, values.type.tz))
        except pa.ArrowInvalid:
            continue
        break
    if not days or values.type.tz is not None:
        return values
    dates = values.cast(pa.date32())
    return dates if dates.cast(values.type).equals(values) else values


def _are_whole(values: pa.ChunkedArray, is_key: bool) -> bool:
    if not (values.null_count or is_key) or values.null_count == len(values):
        return False
    numbers = np.asarray(values.drop_null().cast(pa.float64()))
    return bool((np.abs(numbers) <= _EXACT).all() and (numbers == np.round(numbers)).all())
