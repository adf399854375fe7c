"""Prepares a data set for learning: coded fields, bounds, lookups, and whose rows they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.schema import Column, Dependency, ForeignKey
from synthkit.schema.graph import topological
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.aggregates import aggregate_fields
from synthkit.synthesizers.relational.fields import (
    Bound,
    ColumnField,
    bounds_of,
    is_number,
    relative,
)
from synthkit.synthesizers.relational.labels import LabelCodec
from synthkit.synthesizers.relational.lookups import Lookup, learn_lookup
from synthkit.synthesizers.relational.numbers import NumberCodec, as_numbers, decimals_of
from synthkit.synthesizers.replacements import Replacement, learn, shape_of
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices, parent_rows

__all__ = ["Prepared", "joined", "pointed_at", "prepare"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_SMALL = 250
"""A reference table of up to so many rows is pointed at by a field of its own."""
_LARGE = 50
"""A table of fewer rows is no crowd: protecting its rows would leave nothing to learn."""
_PEOPLE = ("first_name", "last_name", "name", "email", "phone_number", "ssn", "user_name")


@dataclass
class Prepared:
    """A data set, coded. Keys of the mappings are table names unless said otherwise."""

    order: list[str]
    parents: Mapping[ForeignKey, Indices]
    fields: dict[str, list[ColumnField]] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    lookups: dict[str, list[Lookup]] = field(default_factory=dict)
    replaced: dict[tuple[str, str], Replacement] = field(default_factory=dict)
    numbers: dict[tuple[str, str], Numbers] = field(default_factory=dict)


def prepare(dataset: Dataset, profile: Profile, values: Values, protect: int) -> Prepared:
    """Code every table of a data set, parents before children."""
    schema, wood = dataset.schema, profile.forest
    made = Prepared(
        order=topological(schema, ignore=wood.cut),
        parents={key: parent_rows(dataset, key) for key in schema.foreign_keys},
    )
    columns = {
        table.name: [
            column
            for column in table.columns
            if not table.reference and column.name not in profile.roles(table.name).all
        ]
        for table in schema.tables
    }
    for table, chosen in columns.items():
        data = dataset.arrow(table)
        for column in list(chosen):
            replacement = learn(column, data.column(column.name), values)
            if replacement is not None:
                made.replaced[table, column.name] = replacement
                chosen.remove(column)
        made.lookups[table] = _lookups(dataset, table, {column.name for column in chosen}, protect)
        gone = {lookup.column for lookup in made.lookups[table]}
        columns[table] = [column for column in chosen if column.name not in gone]
    modelled = {
        (table, column.name)
        for table, chosen in columns.items()
        for column in chosen
        if is_number(column.storage)
    }
    for table in made.order:
        _code_table(dataset, profile, made, table, modelled, protect)
    _add_aggregates(dataset, profile, made)
    return made


def _add_aggregates(dataset: Dataset, profile: Profile, made: Prepared) -> None:
    """Give every parent fields that tell what its children are like."""
    added: dict[str, list[tuple[ColumnField, Codes]]] = {}
    for table in made.order:
        key = profile.forest.primary[table]
        if key is not None and dataset.row_counts[table] > dataset.row_counts[key.parent]:
            added.setdefault(key.parent, []).extend(
                aggregate_fields(
                    made.fields[table],
                    made.codes[table],
                    made.parents[key],
                    dataset.row_counts[key.parent],
                )
            )
    for table, fields in added.items():
        made.fields[table] = [*made.fields[table], *(field_ for field_, _ in fields)]
        made.codes[table] = np.vstack([made.codes[table], *(codes for _, codes in fields)])


def subjects_of(dataset: Dataset, profile: Profile, made: Prepared, table: str) -> Indices:
    """Return whom each row is about, as a number: rows of one subject share it.

    The subject is the nearest table upwards that holds people; where there is none, the highest
    ancestor that is large enough to hide in. Rows without one are subjects of their own.
    """
    path = [profile.forest.primary[table]]
    while path[-1] is not None:
        path.append(profile.forest.primary[path[-1].parent])
    keys = [key for key in path if key is not None]
    names = [table, *(key.parent for key in keys)]
    people = [place for place, name in enumerate(names) if _holds_people(profile, name)]
    large = [
        place
        for place, name in enumerate(names)
        if profile.row_counts[name] >= _LARGE or name == table
    ]
    height = people[0] if people else large[-1]
    rows = np.arange(dataset.row_counts[table], dtype=np.int64)
    owner = rows
    for key in keys[:height]:
        above = made.parents[key]
        owner = np.where(owner >= 0, above[np.maximum(owner, 0)], -1)
    return np.where(owner >= 0, owner, -1 - rows)


def _holds_people(profile: Profile, table: str) -> bool:
    return any(column.sdtype in _PEOPLE for column in profile.schema.table(table).columns)


def _lookups(dataset: Dataset, table: str, chosen: set[str], protect: int) -> list[Lookup]:
    """Learn the columns that another one determines; chains are followed, circles are not."""
    found: list[Lookup] = []
    gone: set[str] = set()
    for rule in dataset.schema.rules:
        if not isinstance(rule, Dependency) or rule.table != table or len(rule.determinant) != 1:
            continue
        source, target = rule.determinant[0], rule.dependent
        if not {source, target} <= chosen - gone or any(each.source == target for each in found):
            continue
        data = dataset.arrow(table, [source, target])
        schema = dataset.schema.table(table)
        lookup = learn_lookup(schema.column(source), schema.column(target), data, protect)
        if lookup is not None:
            found.append(lookup)
            gone.add(target)
    return found


def _code_table(
    dataset: Dataset,
    profile: Profile,
    made: Prepared,
    table: str,
    modelled: set[tuple[str, str]],
    protect: int,
) -> None:
    """Code the fields of a table: its columns, small references, and counts of children."""
    schema, wood = dataset.schema, profile.forest
    described = schema.table(table)
    rows = dataset.row_counts[table]
    owners = subjects_of(dataset, profile, made, table)
    primary = wood.primary[table]
    bounds = bounds_of(schema, table, primary, modelled)
    apart = {
        *profile.roles(table).all,
        *(lookup.column for lookup in made.lookups[table]),
        *(name for owner, name in made.replaced if owner == table),
    }
    coded: list[tuple[ColumnField, Codes]] = []
    if not described.reference:
        data = dataset.arrow(table)
        for column in described.columns:
            if column.name in apart:
                continue
            seen = data.column(column.name)
            if is_number(column.storage):
                made.numbers[table, column.name] = as_numbers(seen)
                coded.append(
                    _number(
                        made,
                        table,
                        column,
                        bounds.get(column.name, ((), ())),
                        primary,
                        owners,
                        protect,
                    )
                )
            else:
                labels = LabelCodec.learn(column.storage, seen, owners, protect)
                if not labels.labels and seen.null_count < len(seen):
                    made.replaced[table, column.name] = shape_of(seen)
                    continue
                field_ = ColumnField(kind="column", name=column.name, codec=labels)
                coded.append((field_, labels.encode(seen)))
        for key in pointed_at(profile, table):
            place = [str(row) if row >= 0 else None for row in made.parents[key]]
            names = pa.chunked_array([pa.array(place, pa.string())])
            labels = LabelCodec.learn("string", names, owners, 1)
            coded.append(
                (ColumnField(kind="reference", name=str(key), codec=labels), labels.encode(names))
            )
    for key in schema.children_of(table):
        if wood.primary[key.table] == key:
            below = made.parents[key]
            counts = np.bincount(below[below >= 0], minlength=rows).astype(float)
            codec = NumberCodec.learn("int64", counts, owners, 1)
            coded.append(
                (ColumnField(kind="count", name=str(key), codec=codec), codec.encode(counts))
            )
    made.fields[table] = [field_ for field_, _ in coded]
    made.codes[table] = np.array([codes for _, codes in coded], np.uint8).reshape(len(coded), rows)


def pointed_at(profile: Profile, table: str) -> list[ForeignKey]:
    """Return the links of a table to small fixed tables, which become fields."""
    schema = profile.schema
    return [
        key
        for key in profile.forest.links(table)
        if schema.table(key.parent).reference
        and not schema.table(table).reference
        and profile.row_counts[key.parent] <= _SMALL
        and not profile.forest.is_unique(key)
        and not set(key.columns) & set(schema.table(table).primary_key or ())
    ]


def _number(
    made: Prepared,
    table: str,
    column: Column,
    bounds: tuple[tuple[Bound, ...], tuple[Bound, ...]],
    primary: ForeignKey | None,
    owners: Indices,
    protect: int,
) -> tuple[ColumnField, Codes]:
    """Code a numeric column, against its bounds where it has any."""
    numbers = made.numbers[table, column.name]
    lows, highs = bounds
    low = joined(lows, lambda bound: _bound_numbers(made, table, bound, primary), np.fmax)
    high = joined(highs, lambda bound: _bound_numbers(made, table, bound, primary), np.fmin)
    defaults = {}
    for name, bound in (("low", low), ("high", high)):
        if bound is not None:
            defaults[name] = float(np.nanmedian(bound)) if not np.isnan(bound).all() else 0.0
            bound[np.isnan(bound)] = defaults[name]
    kind = arrow_type(column.storage)
    fractional = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    present = numbers[~np.isnan(numbers)]
    decimals = decimals_of(present) if fractional and len(present) else (None if fractional else 0)
    between = low is not None and high is not None
    coded = relative(numbers, low, high)
    codec = NumberCodec.learn(
        "double" if fractional or between else "int64", coded, owners, protect
    )
    described = ColumnField(
        kind="column",
        name=column.name,
        codec=codec,
        lows=lows,
        highs=highs,
        decimals=decimals,
        **defaults,
    )
    return described, codec.encode(coded)


def joined(
    bounds: tuple[Bound, ...], numbers_of: Callable[[Bound], Numbers], join: np.ufunc
) -> Numbers | None:
    """Return the tightest of some bounds for each row, or None if there is no bound."""
    result: Numbers | None = None
    for bound in bounds:
        numbers = numbers_of(bound)
        result = numbers.copy() if result is None else join(result, numbers)
    return result


def _bound_numbers(made: Prepared, table: str, bound: Bound, primary: ForeignKey | None) -> Numbers:
    if bound.parent is None or primary is None:
        return made.numbers[table, bound.column]
    above = made.parents[primary]
    numbers = made.numbers[bound.parent, bound.column][np.maximum(above, 0)]
    return np.where(above >= 0, numbers, np.nan)
