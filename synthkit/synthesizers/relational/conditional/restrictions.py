"""What conditions mean for a table's codes, and which of them cannot be met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.conditions import Condition, Conditions, Weighting
from synthkit.errors import UsageError
from synthkit.schema.text import render
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import REST, LabelCodec
from synthkit.synthesizers.relational.coding.lookups import Lookup
from synthkit.synthesizers.relational.coding.numbers import as_numbers, to_arrow
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.rules.book import formulas_of

__all__ = ["Restriction", "Source", "restrictions", "source_of"]

Mask = npt.NDArray[np.bool_]
_CODES = 256
_SHOWN = 20


@dataclass(frozen=True)
class Source:
    """Where a column's values come from: a field, then lookups or the rows of a fixed table.

    ``own`` are, for each lookup, the place of the field that stands in where it knows nothing.
    """

    place: int
    field: ColumnField
    lookups: tuple[Lookup, ...] = ()
    own: tuple[int | None, ...] = ()
    fixed: pa.Array | None = None

    def labels(self) -> pa.Array:
        """Return the column's value for each label of the field."""
        assert isinstance(self.field.codec, LabelCodec)
        if self.fixed is not None:
            return self.fixed.take(pa.array([int(label) for label in self.field.codec.labels]))
        return self.found(self.field.codec.known)

    def found(self, values: pa.Array) -> pa.Array:
        """Follow the lookups from the values of the field's own column."""
        for lookup in self.lookups:
            values = lookup.find(values)
        return values


@dataclass(frozen=True)
class Restriction:
    """What is asked of one table's rows.

    ``groups`` are conditions that some of the rows have to fulfil, all of them ``where``; which
    row is in which group follows from ``weights``, the last changing fastest.
    """

    table: str
    where: tuple[Condition, ...]
    weights: tuple[Weighting, ...]
    sources: Mapping[str, Source]

    @cached_property
    def groups(self) -> tuple[tuple[Condition, ...], ...]:
        """The conditions of each group."""
        found: list[tuple[Condition, ...]] = [self.where]
        for weighting in self.weights:
            found = [(*group, each) for group in found for each in _parts(weighting)]
        return tuple(found)

    @cached_property
    def allowed(self) -> Mask:
        """Which codes can fulfil each group's conditions; bool (groups, fields up to the last)."""
        allowed = np.ones((len(self.groups), self.until, _CODES), bool)
        for number, group in enumerate(self.groups):
            for condition in group:
                source = self.sources[condition.column]
                allowed[number, source.place] &= possible(condition, source)
        return allowed

    @property
    def until(self) -> int:
        """Number of fields up to the last that matters."""
        return 1 + max(
            max(place for place in (source.place, *source.own) if place is not None)
            for source in self.sources.values()
        )


def restrictions(model: Knowledge, conditions: Conditions) -> dict[str, Restriction]:
    """Return what conditions ask of each table; `UsageError` for what cannot be met."""
    found = {}
    for table in Conditions(conditions.where, conditions.weights).tables:
        where = tuple(each for each in conditions.where if each.table == table)
        weights = tuple(each for each in conditions.weights if each.table == table)
        columns = dict.fromkeys([*(x.column for x in where), *(x.column for x in weights)])
        sources = {name: source_of(model, table, name) for name in columns}
        restriction = Restriction(table, where, weights, sources)
        for group in restriction.groups:
            for condition in group:
                _check(model, condition, sources[condition.column])
        _check_codes(model, restriction)
        found[table] = restriction
    return found


def source_of(model: Knowledge, table: str, column: str) -> Source:
    """Return where a column comes from; `UsageError` says why it cannot be asked for."""
    if table in model.profile.fixed:
        raise UsageError(
            f"{table!r} is a reference table, whose rows stay as they are.",
            hint=f"Put the condition on a table that points at {table!r}.",
        )
    if any(column == rule.column for rule in formulas_of(model.schema, table)):
        raise UsageError(
            f"{table}.{column} is computed from other columns: nothing can be asked of it.",
            hint="Ask for the columns that it is computed from.",
        )
    learned = model.tables[table]
    lookups: list[Lookup] = []
    name = column
    while step := next((each for each in learned.lookups if each.column == name), None):
        lookups.insert(0, step)
        name = step.source
    places = {each.name: n for n, each in enumerate(learned.fields) if each.kind == "column"}
    if name in places:
        own = tuple(places.get(each.column) for each in lookups)
        return Source(places[name], learned.fields[places[name]], tuple(lookups), own)
    for place, field in enumerate(learned.fields):
        if field.kind == "reference":
            key = next(k for k in model.schema.foreign_keys_of(table) if str(k) == field.name)
            if column in key.columns:
                other = key.parent_columns[key.columns.index(column)]
                fixed = model.profile.fixed[key.parent].column(other).combine_chunks()
                return Source(place, field, fixed=fixed)
    raise UsageError(_why_not(model, table, column), hint=_columns_hint(model, table))


def possible(condition: Condition, source: Source) -> Mask:
    """Return which codes of the source's field may fulfil a condition; bool (256,)."""
    allowed = np.zeros(_CODES, bool)
    codec = source.field.codec
    if isinstance(codec, LabelCodec):
        labels = source.labels()
        allowed[0] = condition.holds(pa.nulls(1, labels.type))[0]
        holds = condition.holds(labels)
        codes = np.minimum(np.arange(len(holds)), codec.shared) + 1
        np.logical_or.at(allowed, codes, holds)
        # A label that is made anew equals none that can be asked for.
        stands_in = any(place is not None for place in source.own)
        allowed[REST] = codec.rest and (condition.operator == "not in" or stands_in)
        return allowed
    if source.lookups:
        allowed[:] = True
        return allowed
    allowed[0] = condition.holds(pa.nulls(1, condition.values.type))[0]
    lows = np.asarray([knots[0] for knots in codec.knots])
    highs = np.asarray([knots[-1] for knots in codec.knots])
    # Rounding moves a number by half a step; against bounds, codes do not tell it at all.
    grain = codec.step if codec.decimals is None else 10.0**-codec.decimals
    relative = source.field.is_bounded or source.field.origin is not None
    around = np.inf if relative else grain / 2
    allowed[1 : len(lows) + 1] = _meets(condition, lows - around, highs + around)
    return allowed


def _parts(weighting: Weighting) -> list[Condition]:
    """Return the condition of each share, that of the rest last."""
    table, column, values = weighting.table, weighting.column, weighting.values
    parts = [Condition(table, column, "in", values.slice(place, 1)) for place in range(len(values))]
    return [*parts, Condition(table, column, "not in", values)] if weighting.rest else parts


def _meets(
    condition: Condition, lows: npt.NDArray[np.float64], highs: npt.NDArray[np.float64]
) -> Mask:
    """Return which ranges of numbers hold one that fulfils a condition."""
    wanted = as_numbers(pa.chunked_array([condition.values]))
    wanted = wanted[~np.isnan(wanted)]
    if condition.operator == "in":
        inside = (lows[:, None] <= wanted) & (wanted <= highs[:, None])
        return np.asarray(inside.any(1), bool)
    if condition.operator == "not in":
        return np.asarray(~((lows == highs) & np.isin(lows, wanted)), bool)
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
    ends = lows if condition.operator in ("<", "<=") else highs
    return np.asarray(compare[condition.operator](ends, wanted[0]), bool)


def _check(model: Knowledge, condition: Condition, source: Source) -> None:
    """Raise `UsageError` for a condition that no value which was learned fulfils."""
    learned = model.tables[condition.table]
    donors = learned.forests[source.place].donors
    fits = bool(possible(condition, source)[donors].any())
    field, codec = source.field, source.field.codec
    hint = "Ask for something that the data had."
    if isinstance(codec, LabelCodec):
        labels = source.labels()
        column = model.schema.table(condition.table).column(condition.column)
        shown = sorted({str(each) for each in render(labels.drop_null(), column).to_pylist()})
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        hint = f"The model knows: {', '.join(shown[:_SHOWN])}{more}."
        known = pc.is_in(condition.values, value_set=labels)
        if condition.operator == "in":
            absent = pc.drop_null(condition.values.filter(pc.invert(known)))
            nulls = condition.values.null_count and not (labels.null_count or 0 in donors)
            fits = fits and not len(absent) and not nulls
    elif not source.lookups and field.reach is not None:
        storage = model.schema.table(condition.table).column(condition.column).storage
        ends = np.asarray(field.reach)
        low, high = (str(each) for each in to_arrow(ends, storage))
        hint = f"The model samples from {low} to {high}."
        missing = bool(condition.holds(pa.nulls(1, condition.values.type))[0])
        reached = bool(_meets(condition, ends[:1], ends[1:])[0])
        fits = fits and (reached or (missing and 0 in donors))
    if not fits:
        raise UsageError(
            f"No row was learned that fulfils what is asked of {condition}.", hint=hint
        )


def _check_codes(model: Knowledge, restriction: Restriction) -> None:
    """Raise `UsageError` where two conditions on one field exclude each other."""
    learned = model.tables[restriction.table]
    for allowed in restriction.allowed:
        for source in restriction.sources.values():
            if not allowed[source.place][learned.forests[source.place].donors].any():
                names = [each for each, other in restriction.sources.items() if other == source]
                raise UsageError(
                    f"The conditions on {restriction.table}.{names[0]} exclude each other.",
                    hint="Leave one of them out.",
                )


def _why_not(model: Knowledge, table: str, column: str) -> str:
    name = f"{table}.{column}"
    described = model.schema.table(table)
    keys = [key for key in model.schema.foreign_keys_of(table) if column in key.columns]
    if keys:
        return (
            f"{name} points at {keys[0].parent!r}, whose rows are made anew: "
            "nothing can be asked of it."
        )
    if column in model.profile.roles(table).made or column in (described.primary_key or ()):
        return f"{name} is a key and made anew: nothing can be asked of it."
    if (table, column) in model.replaced:
        return f"{name} is made anew and not learned: nothing can be asked of it."
    companion = model.tables[table].companion
    if companion is not None and column in companion.columns:
        return f"{name} is that of a row of {companion.base!r}: ask it of that table."
    return f"{name} is not learned: nothing can be asked of it."


def _columns_hint(model: Knowledge, table: str) -> str:
    learned = model.tables[table]
    found = {field.name for field in learned.fields if field.kind == "column"}
    found |= {lookup.column for lookup in learned.lookups}
    names = [name for name in model.schema.table(table).column_names if name in found]
    if not names:
        return "No column of this table is learned."
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"These columns are learned: {', '.join(names[:_SHOWN])}{more}."
