"""Frames as users have them, to data sets and back: the same labels, order and dtypes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.errors import SynthkitError
from synthkit.schema import Column, Inequality, Schema, Table
from synthkit.schema.files import from_sdv
from synthkit.schema.infer import complete
from synthkit.schema.infer.types import ColumnTypes, column_from_arrow
from synthkit.schema.merge import merge
from synthkit.schema.rules import Rule
from synthkit.schema.storage import arrow_schema, arrow_type, storage_of
from synthkit.schema.text import parse, render
from synthkit.sources.frames import column_values, in_own_type, no_common_type

__all__ = ["Look", "dataset_of", "frame_of", "look_of"]


@dataclass(frozen=True)
class Look:
    """How a column looks in a frame.

    ``label`` is its name there, ``place`` its number from the left, ``categories`` those of an
    ordered categorical. ``written`` says that dates are written out (as text or digits), ``nan``
    that an object column has NaN for what is missing, not None.
    """

    label: str | int
    dtype: str
    place: int = 0
    categories: tuple[Any, ...] | None = None
    written: bool = False
    nan: bool = False

    def named(self, label: object) -> Look:
        """Return the look of a column of another name."""
        return replace(self, label=label if isinstance(label, int) else str(label))

    def to_json(self) -> dict[str, Any]:
        """Return the look as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Look:
        """Return the look that `to_json` wrote."""
        categories = data["categories"]
        return cls(**{**data, "categories": None if categories is None else tuple(categories)})


def dataset_of(
    content: Mapping[str, Any],
    frames: Mapping[str, pd.DataFrame],
    rules: Sequence[Rule] = (),
    *,
    references: bool = True,
) -> tuple[Dataset, dict[str, tuple[Look, ...]]]:
    """Return frames as a data set, and how each of their columns looked.

    Args:
        content: SDV's metadata as a dict.
        frames: by table; their columns are those of the metadata, in any order.
        rules: what every row keeps, beside what is found to be so.
        references: whether tables of fixed meaning are to be found and kept as they are.

    Raises:
        DataError: a column holds values that have no common type.
    """
    declared = _settled(from_sdv(content, "the metadata"))
    tables, typed, looks = {}, [], {}
    for table in declared.tables:
        frame = frames[table.name]
        labels = [str(label) for label in frame.columns]
        places = _arranged(labels, [rule for rule in rules if rule.table == table.name])
        parts = [
            _typed(frame.iloc[:, place], table.name, table.column(labels[place]))
            for place in places
        ]
        columns = tuple(column for column, _, _ in parts)
        typed.append(Table(name=table.name, columns=columns))
        tables[table.name] = pa.table({column.name: values for column, values, _ in parts})
        looks[table.name] = tuple(
            replace(look, place=place) for place, (_, _, look) in zip(places, parts, strict=True)
        )
    schema, _ = merge(declared, typed)
    found = complete(schema, lambda table, columns: tables[table].select(list(columns))).schema
    schema = found.model_copy(update={"rules": _together(rules, found.rules)})
    if not references:
        plain = tuple(each.model_copy(update={"reference": False}) for each in schema.tables)
        schema = schema.model_copy(update={"tables": plain})
    return Dataset.in_memory(schema, _stored(schema, tables)), looks


def frame_of(table: Table, rows: pa.Table, looks: Sequence[Look]) -> pd.DataFrame:
    """Return rows of a table as a frame that looks as the one that was learned."""
    columns = {
        look.place: _looking(rows.column(column.name).combine_chunks(), column, look)
        for column, look in zip(table.columns, looks, strict=True)
    }
    order = sorted(looks, key=lambda look: look.place)
    index = pd.RangeIndex(rows.num_rows)
    frame = pd.DataFrame({at.place: columns[at.place] for at in order}, index=index, copy=False)
    frame.columns = pd.Index([look.label for look in order])
    return frame


def look_of(series: pd.Series[Any], *, written: bool = False) -> Look:
    """Return how a column looks."""
    dtype: Any = series.dtype
    ordered = isinstance(dtype, pd.CategoricalDtype) and dtype.ordered
    missing = series[series.isna()].tolist() if pd.api.types.is_object_dtype(dtype) else []
    return Look(
        label=series.name if isinstance(series.name, int) else str(series.name),
        dtype=str(dtype),
        categories=tuple(dtype.categories.tolist()) if ordered else None,
        written=written,
        nan=any(isinstance(value, float) for value in missing),
    )


def _settled(declared: Schema) -> Schema:
    """Return a schema with its foreign keys in the order of its tables and columns.

    SDV's detection finds them in an order that differs from process to process.
    """
    order = {
        (table.name, name): (place, column)
        for place, table in enumerate(declared.tables)
        for column, name in enumerate(table.column_names)
    }
    keys = sorted(
        declared.foreign_keys,
        key=lambda key: (
            [order[key.table, name] for name in key.columns],
            [order[key.parent, name] for name in key.parent_columns],
        ),
    )
    return declared.model_copy(update={"foreign_keys": tuple(keys)})


def _arranged(names: Sequence[str], rules: Sequence[Rule]) -> list[int]:
    """Return places of columns, those that are to be lower before those that are to be higher.

    Sampling goes from the left, and a column that lies between two others may find no room there.
    """
    lower: dict[str, set[str]] = {}
    for rule in rules:
        if isinstance(rule, Inequality) and rule.parent is None:
            lower.setdefault(rule.high, set()).add(rule.low)
    left, places = list(names), []
    while left:
        free = (name for name in left if not lower.get(name, set()).intersection(left))
        name = next(free, left[0])
        left.remove(name)
        places.append(names.index(name))
    return places


def _together(given: Sequence[Rule], found: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules given, and those found that are about something else."""
    about = {(rule.rule, frozenset(rule.touches())) for rule in given}
    return (
        *given,
        *(rule for rule in found if (rule.rule, frozenset(rule.touches())) not in about),
    )


def _stored(schema: Schema, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    return {
        table.name: tables[table.name].cast(
            arrow_schema(table.column_names, [column.storage for column in table.columns])
        )
        for table in schema.tables
    }


def _typed(
    series: pd.Series[Any], table: str, declared: Column
) -> tuple[Column, pa.ChunkedArray, Look]:
    """Return what a column of a frame is, its values in that storage, and its look."""
    is_key = declared.sdtype == "id"
    values = in_own_type(column_values(series, table), is_key=is_key, days=True)
    if declared.sdtype == "datetime" and _may_be_written(values, declared.format):
        texts = values.cast(pa.string())
        types = ColumnTypes(declared.format)
        types.observe(texts)
        column = types.decide(declared.name, table=table).column
        if pa.types.is_temporal(arrow_type(column.storage)):
            parsed = pa.chunked_array([parse(texts, column)])
            return column, parsed, look_of(series, written=True)
    try:
        stored = values.cast(arrow_type(storage_of(values.type)))
        decided = column_from_arrow(declared.name, stored.type, stored.chunks, table=table)
    except (SynthkitError, pa.ArrowException):
        raise no_common_type(table, declared.name) from None
    return decided.column, stored, look_of(series)


def _may_be_written(values: pa.ChunkedArray, form: str | None) -> bool:
    if values.null_count == len(values):
        return False
    is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    return bool(is_text or (form is not None and pa.types.is_integer(values.type)))


def _looking(values: pa.Array, column: Column, look: Look) -> Any:
    """Return values as a column of a frame."""
    if look.written:
        values = render(values, column)
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    dtype: Any = pd.api.types.pandas_dtype(look.dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return _categorical(values, look.categories)
    if pd.api.types.is_object_dtype(dtype):
        return _objects(values, np.nan if look.nan else None)
    if isinstance(dtype, pd.ArrowDtype):
        return values.cast(dtype.pyarrow_dtype).to_pandas(types_mapper=pd.ArrowDtype)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return values.cast(pa.timestamp(dtype.unit, str(dtype.tz))).to_pandas().astype(dtype)
    if hasattr(dtype, "__from_arrow__"):
        return values.to_pandas(types_mapper=lambda _: dtype)
    if dtype.kind == "m":
        values = values.cast(pa.duration("ns"))
    if dtype.kind == "M" and not look.written:
        values = values.cast(pa.timestamp(np.datetime_data(dtype)[0]))
    made = values.to_pandas()
    return made if values.null_count and dtype.kind in "iub" else made.astype(dtype)


def _objects(values: pa.Array, missing: float | None) -> pd.Series[Any]:
    """Return values as Python's own objects, ``missing`` where there is none."""
    if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
        values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
    cells: pd.Series[Any] = pd.Series(values.to_pylist(), dtype=object)
    return cells.where(cells.notna(), missing) if values.null_count else cells


def _categorical(values: pa.Array, order: tuple[Any, ...] | None) -> pd.Series[Any]:
    """Return a categorical: ordered as it was, or of the labels that there are."""
    if order is None:
        labels = pc.unique(values).drop_null()
        found = labels.take(pc.array_sort_indices(labels)).to_pandas()
        return pd.Series(values.to_pandas().astype(pd.CategoricalDtype(found)))
    return pd.Series(values.to_pandas().astype(pd.CategoricalDtype(list(order), ordered=True)))
