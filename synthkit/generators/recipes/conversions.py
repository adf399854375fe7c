"""Whether what a column is made as can be bounded, and written as the type that is asked for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit.errors import DataError
from synthkit.generators.recipes.arrays import Floats, same, stored
from synthkit.generators.recipes.fields import Read
from synthkit.generators.recipes.maker import Scope
from synthkit.generators.recipes.makers.choices import Case, Choice
from synthkit.generators.recipes.makers.computed import Aggregate
from synthkit.generators.recipes.makers.hooks import Hook
from synthkit.generators.recipes.makers.providers import Person
from synthkit.generators.recipes.makers.texts import Constant
from synthkit.generators.recipes.model import ColumnRecipe
from synthkit.schema.files.yaml_nodes import Node
from synthkit.schema.storage import arrow_type, scale_of

__all__ = ["check_conversion", "written"]


def check_conversion(scope: Scope, column: ColumnRecipe) -> None:
    """Raise `DataError` for bounds of what is no number, and for a type that nothing leads to."""
    _check_compared(scope, column)
    if isinstance(column.maker, Hook):
        return
    made = arrow_type(column.maker.kind(scope).storage)
    wanted = arrow_type(column.kind(scope).storage)
    _check_bounds(scope, column, made, wanted)
    if made != wanted:
        place = _field(column, "type", "decimals")
        for sample in _samples(scope, column, made):
            written(column, sample, str(wanted), place)


def _check_compared(scope: Scope, column: ColumnRecipe) -> None:
    """Check that values which columns are compared with can be values of those columns."""
    nulls = column.nulls
    conditions = [nulls.when, nulls.unless] if nulls is not None else []
    if isinstance(column.maker, Aggregate):
        conditions.append(column.maker.where)
    pairs = [pair for each in conditions if each is not None for pair in each.wanted]
    if isinstance(column.maker, Case) and column.maker.column is not None:
        pairs.append((column.maker.column, column.maker.values()))
    for read, values in pairs:
        storage = scope.kind_of(read).storage
        for value in values:
            try:
                same(pa.nulls(0, arrow_type(storage)), value)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError):
                raise read.node.error(
                    f"{read.key!r} holds {storage}, and is compared with something else",
                    "Compare it with values that it can have.",
                ) from None


def _check_bounds(
    scope: Scope, column: ColumnRecipe, made: pa.DataType, wanted: pa.DataType
) -> None:
    bounds = [each for each in (column.low, column.high) if each is not None]
    if bounds and (pa.types.is_string(made) or pa.types.is_temporal(wanted)):
        raise _field(column, "min", "max").error(
            "only numbers have a least and a greatest value",
            "Of times, write {time: {start: ..., end: ..., after: ...}}.",
        )
    for bound in bounds:
        scope.check_numbers([bound] if isinstance(bound, Read) else bound.reads())


def _samples(scope: Scope, column: ColumnRecipe, made: pa.DataType) -> list[pa.Array | Floats]:
    """Return arrays as the maker makes them: no rows, and all text that is known beforehand."""
    if scale_of(made) is not None or pa.types.is_floating(made):
        return [np.empty(0)]
    texts: list[object] = []
    if isinstance(column.maker, Choice):
        texts = list(column.maker.weights)
    elif isinstance(column.maker, Constant):
        texts = [column.maker.value]
    elif isinstance(column.maker, Person):
        texts = ["a name"]
    if not pa.types.is_string(made):
        texts = []
    return (
        [pa.array([str(each) for each in texts if each is not None], pa.string())]
        if texts
        else [pa.nulls(0, made)]
    )


def written(
    column: ColumnRecipe, values: pa.Array | Floats, storage: str, node: Node | None = None
) -> pa.Array:
    """Return values in a storage; `DataError` with the column's place where they do not fit it."""
    try:
        with np.errstate(invalid="raise"):
            return stored(values, storage)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, FloatingPointError):
        raise _refused(column, storage, node) from None


def _refused(column: ColumnRecipe, storage: str, node: Node | None) -> DataError:
    return (node or column.node).error(
        f"what is made for {column.name!r} cannot be written as {storage}",
        "Take `type` or `decimals` away, or make other values.",
    )


def _field(column: ColumnRecipe, *names: str) -> Node:
    """Return the place of the first of some fields that a column has, or of the column."""
    if not column.node.node.tag.endswith(":map"):
        return column.node
    fields = column.node.fields()
    return next((fields[name] for name in names if name in fields), column.node)
