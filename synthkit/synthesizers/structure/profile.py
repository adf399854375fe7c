"""What is learned of a data set's structure: child counts, nesting, key formats, fixed rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter

from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema
from synthkit.schema.graph import Forest, forest
from synthkit.schema.storage import arrow_schema
from synthkit.schema.text import parse, render
from synthkit.synthesizers.columns.crowd import LEAST, Crowd
from synthkit.synthesizers.structure.agreements import common_ancestor, inherited
from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.keys import (
    KeyFormat,
    learn_domain,
    learn_key,
)
from synthkit.synthesizers.structure.levels import Levels, seen_levels
from synthkit.synthesizers.structure.references import Indices, parent_rows
from synthkit.synthesizers.structure.roles import Roles, roles_of
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["Profile", "ReferenceProfile", "learn_profile"]

_KEY: TypeAdapter[KeyFormat] = TypeAdapter(KeyFormat)


@dataclass(frozen=True)
class ReferenceProfile:
    """What is known of one foreign key.

    ``missing`` is the share of child rows without a parent row. ``fixed`` are the child counts
    of each row of a reference table, whose rows keep their meaning and so their popularity.
    ``inherited`` is the number of the primary parent's own foreign key that the key agrees with
    (a payment's customer is that of its rental), which then holds in every sampled row. ``common``
    is the table further up whose row both ends share (an order's address is one of its customer's,
    a comment answers one on the same article).
    """

    missing: float
    counts: CountDistribution
    levels: Levels | None = None
    fixed: Indices | None = None
    inherited: int | None = None
    common: str | None = None


@dataclass(frozen=True)
class Profile:
    """The learned structure of a data set.

    ``references`` are aligned with the schema's foreign keys; ``keys`` hold the formats of the
    key columns that are made anew, by (table, column); ``ordinals`` the first number of those
    that count the rows of a parent; ``fixed`` the rows of reference tables.
    """

    schema: Schema
    row_counts: Mapping[str, int]
    references: tuple[ReferenceProfile, ...]
    keys: Mapping[tuple[str, str], KeyFormat]
    ordinals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    fixed: Mapping[str, pa.Table] = field(default_factory=dict)

    def roles(self, table: str) -> Roles:
        """Return the roles of a table's key columns."""
        return roles_of(self.forest, table)

    @cached_property
    def forest(self) -> Forest:
        """The forest of primary parents."""
        return forest(self.schema, self.row_counts)

    def of(self, key: ForeignKey) -> ReferenceProfile:
        """Return what is known of a foreign key."""
        return self.references[self.schema.foreign_keys.index(key)]

    def to_json(self) -> dict[str, Any]:
        """Return the profile as JSON values, the schema left out."""
        return {
            "row_counts": dict(self.row_counts),
            "references": [
                {
                    "missing": each.missing,
                    "counts": each.counts.to_json(),
                    "levels": None
                    if each.levels is None
                    else [list(each.levels.rows), each.levels.top_points_at_itself],
                    "fixed": None if each.fixed is None else each.fixed.tolist(),
                    "inherited": each.inherited,
                    "common": each.common,
                }
                for each in self.references
            ],
            "keys": [
                [table, column, _KEY.dump_python(made, mode="json")]
                for (table, column), made in self.keys.items()
            ],
            "ordinals": [
                [table, column, first] for (table, column), first in self.ordinals.items()
            ],
            "fixed": {
                name: {
                    column.name: render(
                        rows.column(column.name).combine_chunks(), _plain(column)
                    ).to_pylist()
                    for column in self.schema.table(name).columns
                }
                for name, rows in self.fixed.items()
            },
        }

    @classmethod
    def from_json(cls, schema: Schema, data: Mapping[str, Any]) -> Profile:
        """Return the profile that `to_json` wrote."""
        return cls(
            schema=schema,
            row_counts=dict(data["row_counts"]),
            references=tuple(
                ReferenceProfile(
                    missing=each["missing"],
                    counts=CountDistribution.from_json(each["counts"]),
                    levels=Levels(tuple(each["levels"][0]), each["levels"][1])
                    if each["levels"]
                    else None,
                    fixed=None if each["fixed"] is None else np.asarray(each["fixed"], np.int64),
                    inherited=each["inherited"],
                    common=each["common"],
                )
                for each in data["references"]
            ),
            keys={
                (table, column): _KEY.validate_python(made) for table, column, made in data["keys"]
            },
            ordinals={(table, column): first for table, column, first in data["ordinals"]},
            fixed={
                name: pa.table(
                    [
                        parse(pa.array(columns[column.name], pa.string()), _plain(column))
                        for column in schema.table(name).columns
                    ],
                    schema=arrow_schema(
                        schema.table(name).column_names,
                        [column.storage for column in schema.table(name).columns],
                    ),
                )
                for name, columns in data["fixed"].items()
            },
        )


def learn_profile(dataset: Dataset, values: Values, protect: int = LEAST) -> Profile:
    """Learn the structure of a data set; reads its key columns, and reference tables whole.

    ``values`` says which kinds of personal data a key can be made anew as; what is kept of other
    keys is shared by at least ``protect`` subjects.
    """
    schema, counts = dataset.schema, dataset.row_counts
    wood = forest(schema, counts)
    parents = {key: parent_rows(dataset, key) for key in schema.foreign_keys}
    references = tuple(
        _reference(wood, key, parents, counts[key.parent]) for key in schema.foreign_keys
    )
    keys: dict[tuple[str, str], KeyFormat] = {}
    ordinals: dict[tuple[str, str], int] = {}
    for table in schema.tables:
        if table.reference:
            continue
        roles = roles_of(wood, table.name)
        crowd = Crowd(subjects_of(wood, counts, parents, table.name), protect)
        for name in roles.made:
            seen = dataset.arrow(table.name, [name]).column(0)
            column = table.column(name)
            primary = wood.primary[table.name]
            if name in roles.within and primary is not None:
                first = _ordinal(seen, parents[primary])
                if first is not None and crowd.is_enough:
                    ordinals[table.name, name] = first
            keep_values = name in roles.within or name in roles.digits
            keys[table.name, name] = (
                learn_domain(column, seen, values, crowd)
                if keep_values
                else learn_key(column, seen, values, crowd)
            )
    fixed = {table.name: dataset.arrow(table.name) for table in schema.tables if table.reference}
    return Profile(schema, dict(counts), references, keys, ordinals, fixed)


def _plain(column: Column) -> Column:
    """Return a column whose text loses nothing, which that of a format in files may."""
    return Column(name=column.name, storage=column.storage)


def _reference(
    wood: Forest, key: ForeignKey, parents: Mapping[ForeignKey, Indices], parent_count: int
) -> ReferenceProfile:
    table, rows = wood.schema.table(key.table), parents[key]
    nullable = any(table.column(name).nullable for name in key.columns)
    missing = float((rows < 0).mean()) if nullable and len(rows) else 0.0
    fixed = None
    if wood.schema.table(key.parent).reference:
        fixed = np.bincount(rows[rows >= 0], minlength=parent_count).astype(np.int64)
    same = inherited(wood, key, parents)
    return ReferenceProfile(
        missing=missing,
        counts=CountDistribution.seen(rows, parent_count),
        levels=seen_levels(rows) if key.is_self_reference else None,
        fixed=fixed,
        inherited=same,
        common=common_ancestor(wood, key, parents) if same is None else None,
    )


def _ordinal(values: pa.ChunkedArray, parents: Indices) -> int | None:
    """Return the first number if a column counts each parent's rows upwards without a gap."""
    if not pa.types.is_integer(values.type) or values.null_count or not len(values):
        return None
    numbers = np.asarray(values.to_numpy(), np.int64)
    order = np.lexsort((numbers, parents))
    owner, sorted_numbers = parents[order], numbers[order]
    starts = np.ones(len(order), bool)
    starts[1:] = owner[1:] != owner[:-1]
    first = int(pc.min(values).as_py())
    expected = (
        first
        + np.arange(len(order))
        - np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    )
    return first if np.array_equal(sorted_numbers, expected) else None
