"""Prepares a data set for learning: what is looked up, made anew, coded, and aggregated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.schema import Column, Dependency, ForeignKey
from synthkit.schema.graph import topological
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.columns.replacements import learn
from synthkit.synthesizers.relational.coding.aggregates import aggregate_fields
from synthkit.synthesizers.relational.coding.companions import companions, reordered
from synthkit.synthesizers.relational.coding.families import dispensable
from synthkit.synthesizers.relational.coding.fields import ColumnField, is_number
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.lookups import Lookup, learn_lookup
from synthkit.synthesizers.relational.coding.prepared import Prepared
from synthkit.synthesizers.relational.coding.presence import add_presence
from synthkit.synthesizers.relational.coding.rest import Rest, kind_of, learn_rest, placed
from synthkit.synthesizers.relational.coding.table import TableCoder
from synthkit.synthesizers.rules import computed_columns
from synthkit.synthesizers.sampling.repeats import repeated_columns
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import parent_rows
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["aggregated_keys", "prepare"]

Codes = npt.NDArray[np.uint8]
_FEWEST = 100
"""Parents with children from which on what these are like is learned: of fewer, with many children
each, these would depend on which parent they have, and not on what it is like."""


def prepare(
    dataset: Dataset, profile: Profile, values: Values, protect: int, locale: str
) -> Prepared:
    """Code every table of a data set, parents before children."""
    schema, wood = dataset.schema, profile.forest
    made = Prepared(
        order=topological(schema, ignore=wood.cut),
        parents={key: parent_rows(dataset, key) for key in schema.foreign_keys},
        repeated=repeated_columns(dataset) | computed_columns(dataset, profile),
    )
    columns = {
        table.name: [
            column
            for column in table.columns
            if not table.reference
            and column.name not in profile.roles(table.name).all
            and (table.name, column.name) not in made.repeated
        ]
        for table in schema.tables
    }
    modelled: set[tuple[str, str]] = set()
    crowds = {
        table: Crowd(subjects_of(wood, dataset.row_counts, made.parents, table), protect)
        for table in columns
    }
    for table, chosen in columns.items():
        data, crowd = dataset.arrow(table), crowds[table]
        for column in list(chosen):
            replacement = learn(column, data.column(column.name), values, crowd)
            if replacement is not None:
                made.replaced[table, column.name] = replacement
                chosen.remove(column)
        made.lookups[table] = _lookups(dataset, table, {column.name for column in chosen}, crowd)
    _add_companions(dataset, profile, made, columns)
    for table, chosen in columns.items():
        made.rests[table] = _rests(dataset, made, table, chosen, values, crowds[table], locale)
        settled = {lookup.column for lookup in made.lookups[table]}
        modelled |= {
            (table, column.name)
            for column in chosen
            if is_number(column.storage) and column.name not in settled
        }
    for table in made.order:
        TableCoder(dataset, profile, made, table, protect).code(modelled)
        add_presence(dataset, made, table, protect)
    _add_aggregates(dataset, profile, made)
    return made


def _add_companions(
    dataset: Dataset, profile: Profile, made: Prepared, columns: dict[str, list[Column]]
) -> None:
    """Find tables whose rows go with those of another; what they share is not theirs to draw."""
    for table, (companion, rows) in companions(dataset, profile, columns).items():
        shared = {*companion.columns}
        lookups = [lookup for lookup in made.lookups[table] if lookup.column not in shared]
        if any(lookup.source in shared for lookup in lookups):
            continue
        made.companions[table] = (companion, rows)
        made.lookups[table] = lookups
        columns[table] = [column for column in columns[table] if column.name not in shared]
    made.order = reordered(made.order, made.companions)


def aggregated_keys(dataset: Dataset, profile: Profile, made: Prepared) -> list[ForeignKey]:
    """Return the foreign keys whose parents are told what their children are like."""
    primary = (profile.forest.primary[table] for table in made.order)
    keys = [
        key
        for key in primary
        if key is not None
        and dataset.row_counts[key.table] > dataset.row_counts[key.parent]
        and len(np.unique(made.parents[key])) >= _FEWEST
    ]
    for parent in {key.parent: None for key in keys}:
        left_out = dispensable(made, [key for key in keys if key.parent == parent])
        if left_out is not None:
            made.untold.append(left_out)
    return [key for key in keys if key not in made.untold]


def _add_aggregates(dataset: Dataset, profile: Profile, made: Prepared) -> None:
    """Give every parent fields that tell what its children are like."""
    added: dict[str, list[tuple[ColumnField, Codes]]] = {}
    for key in aggregated_keys(dataset, profile, made):
        added.setdefault(key.parent, []).extend(
            aggregate_fields(
                made.fields[key.table],
                made.codes[key.table],
                made.parents[key],
                dataset.row_counts[key.parent],
            )
        )
    for table, fields in added.items():
        made.fields[table] = [*made.fields[table], *(field_ for field_, _ in fields)]
        made.codes[table] = np.vstack([made.codes[table], *(codes for _, codes in fields)])
        made.learned_from[table] = [*made.learned_from[table], *[None] * len(fields)]


def _rests(
    dataset: Dataset,
    made: Prepared,
    table: str,
    chosen: Sequence[Column],
    values: Values,
    crowd: Crowd,
    locale: str,
) -> list[Rest]:
    """Learn which labels of a table are kept and how the rest is made, what settles others last."""
    if not dataset.row_counts[table]:
        return []
    data = dataset.arrow(table)
    lookups = made.lookups[table]
    found: list[Rest] = []
    sources = {lookup.source for lookup in lookups}
    for column in sorted(chosen, key=lambda each: each.name in sources, reverse=True):
        settles = [lookup.column for lookup in lookups if lookup.source == column.name]
        looked_up = {lookup.source for lookup in lookups if lookup.column == column.name}
        if is_number(column.storage) or looked_up - {rest.column for rest in found}:
            continue
        seen = data.column(column.name)
        codec = LabelCodec.learn(column.storage, seen, crowd.owners, crowd.least)
        rest = learn_rest(column, seen, codec, values, crowd, settles=bool(settles))
        made.labels[table, column.name] = codec.model_copy(update={"rest": rest is not None})
        if rest is not None:
            found.append(rest.with_settled(settles))
    kinds = {
        column.name: kind_of(column, data.column(column.name), values)
        for column in chosen
        if column.storage == "string"
    }
    return placed(found[::-1], kinds, locale)


def _lookups(dataset: Dataset, table: str, chosen: set[str], crowd: Crowd) -> list[Lookup]:
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
        lookup = learn_lookup(schema.column(source), schema.column(target), data, crowd)
        if lookup is not None:
            found.append(lookup)
            gone.add(target)
    return found
