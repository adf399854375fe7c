"""What has to be known of real rows so that samples keep their rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.schema import Dependency, FixedCombinations, Formula, Range, Schema, UniqueTogether
from synthkit.schema.formulas import deviates, evaluate
from synthkit.schema.storage import arrow_type, scale_of
from synthkit.synthesizers.relational.coding.numbers import as_numbers
from synthkit.synthesizers.rules.tuples import KnownTuples
from synthkit.synthesizers.structure.profile import Profile

__all__ = ["Computed", "RuleBook", "computed_columns", "formulas_of", "learn_rules", "made_anew"]

Indices = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


class Computed(BaseModel):
    """A column that a formula computes, and the ends of what it may be: enough rows lie beyond."""

    model_config = ConfigDict(frozen=True)

    table: str
    column: str
    least: float
    most: float


class RuleBook(BaseModel):
    """What is kept of real rows: ends of computed columns, tuples seen together, what settles what.

    Of ``settled`` the last column follows from those before it; ``grouped`` are the dependencies
    of which nothing may be kept.
    """

    model_config = ConfigDict(frozen=True)

    computed: tuple[Computed, ...] = ()
    combined: tuple[KnownTuples, ...] = ()
    settled: tuple[KnownTuples, ...] = ()
    grouped: tuple[Dependency, ...] = ()


def formulas_of(schema: Schema, table: str) -> list[Formula]:
    """Return a formula for each computed column, operands first; circles are left out."""
    waiting: dict[str, Formula] = {}
    for rule in schema.rules:
        if isinstance(rule, Formula) and rule.table == table:
            waiting.setdefault(rule.column, rule)
    ordered: list[Formula] = []
    while waiting:
        ready = [name for name, rule in waiting.items() if not waiting.keys() & {*rule.operands}]
        if not ready:
            waiting.pop(next(reversed(waiting)))
        ordered += [waiting.pop(name) for name in ready]
    return ordered


def computed_columns(dataset: Dataset, profile: Profile) -> set[tuple[str, str]]:
    """Return the (table, column) pairs that need not be learned, as formulas give them.

    A column that breaks its formula, or has values or gaps where the formula has none, is learned
    too: the formula then replaces what is drawn where it gives a value.
    """
    found = set()
    for table in dataset.schema.tables:
        for rule in formulas_of(dataset.schema, table.name):
            if table.reference or rule.column in profile.roles(table.name).all:
                continue
            numbers = _numbers(dataset, table.name, (rule.column, *rule.operands))
            target = numbers[rule.column]
            made = evaluate(rule.expression, numbers, len(target))
            storage = arrow_type(table.column(rule.column).storage)
            decimals = scale_of(storage) if rule.decimals is None else rule.decimals
            same_gaps = np.array_equal(np.isnan(made), np.isnan(target))
            if same_gaps and not deviates(rule.expression, numbers, target, decimals).any():
                found.add((table.name, rule.column))
    return found


def _numbers(dataset: Dataset, table: str, names: Sequence[str]) -> dict[str, Numbers]:
    wanted = list(dict.fromkeys(names))
    data = dataset.arrow(table, wanted)
    return {name: as_numbers(data.column(name)) for name in wanted}


def learn_rules(
    dataset: Dataset,
    profile: Profile,
    subjects: Callable[[str], Indices],
    protect: int,
    covered: Collection[tuple[str, str, str]] = (),
) -> RuleBook:
    """Learn what is needed to keep the rules of rows.

    Args:
        dataset: real rows.
        profile: their structure.
        subjects: gives whom each row of a table is about.
        protect: number of subjects that must share what is kept.
        covered: dependencies that a synthesizer keeps by itself, as (table, determinant,
            dependent).

    Raises:
        UnsupportedError: combinations of values that are made anew.
    """
    computed: list[Computed] = []
    combined: list[KnownTuples] = []
    settled: list[KnownTuples] = []
    for table in dataset.schema.tables:
        if table.reference or not dataset.row_counts[table.name]:
            continue
        owners = subjects(table.name)
        computed += _computed(dataset, table.name, protect)
        combined += _combined(dataset, profile, table.name, owners, protect)
        settled += _settled(dataset, profile, table.name, owners, protect, covered)
    known = {(one.table, one.columns) for one in settled}
    grouped = [
        rule
        for rule in dataset.schema.rules
        if isinstance(rule, Dependency)
        and not dataset.schema.table(rule.table).reference
        and not _is_covered(rule, covered)
        and (rule.table, (*rule.determinant, rule.dependent)) not in known
        and rule.dependent not in {one.column for one in computed if one.table == rule.table}
    ]
    return RuleBook(
        computed=tuple(computed),
        combined=tuple(combined),
        settled=tuple(settled),
        grouped=tuple(grouped),
    )


def _computed(dataset: Dataset, table: str, protect: int) -> Iterator[Computed]:
    """Yield the ends of computed columns."""
    for rule in formulas_of(dataset.schema, table):
        values = _numbers(dataset, table, (rule.column,))[rule.column]
        present = np.sort(values[~np.isnan(values)])
        if len(present):
            end = min(protect, (len(present) + 1) // 2) - 1
            low, high = present[end], present[len(present) - 1 - end]
            yield Computed(table=table, column=rule.column, least=low, most=high)


def _combined(
    dataset: Dataset, profile: Profile, table: str, owners: Indices, protect: int
) -> Iterator[KnownTuples]:
    """Yield the combinations that are kept."""
    anew = made_anew(profile, table)
    for group in _joint(dataset.schema, table):
        lost = [name for name in group if name in anew]
        if lost:
            raise UnsupportedError(
                f"The rule of fixed combinations of {table} names {lost[0]}, "
                "whose values are made anew.",
                hint="Leave keys and personal data out of the rule.",
            )
        data = dataset.arrow(table, group)
        order = _in_order(group, profile.roles(table).pointing, data)
        known = KnownTuples.learn(dataset.schema.table(table), order, data, owners, protect)
        if not known.counts:
            raise UnsupportedError(
                f"No combination of {', '.join(group)} in {table} is shared by "
                f"{protect} subjects or more, so none may be kept.",
                hint="Take the rule out of schema.yaml, or protect less (--set protect=1).",
            )
        yield known


def _in_order(names: Sequence[str], fixed: Collection[str], data: pa.Table) -> list[str]:
    """Put what cannot be changed first, then texts, whose values are found again more often."""
    return sorted(
        names, key=lambda name: (name not in fixed, not pa.types.is_string(data[name].type))
    )


def made_anew(profile: Profile, table: str) -> set[str]:
    """Return the columns whose values in samples are others than the real ones."""
    schema = profile.schema
    described = schema.table(table)
    roles = profile.roles(table)
    anew = {*roles.made, *(column.name for column in described.columns if column.pii)}
    for key in schema.foreign_keys_of(table):
        if not schema.table(key.parent).reference:
            anew |= set(key.columns)
    return anew


def _joint(schema: Schema, table: str) -> list[list[str]]:
    """Return the groups of columns whose combinations are fixed; those that overlap are one."""
    groups: list[set[str]] = []
    for rule in schema.rules:
        if isinstance(rule, FixedCombinations) and rule.table == table:
            touching = [group for group in groups if group & set(rule.columns)]
            groups = [group for group in groups if group not in touching]
            groups.append(set(rule.columns).union(*touching))
    order = schema.table(table).column_names
    return [[name for name in order if name in group] for group in groups]


def _settled(
    dataset: Dataset,
    profile: Profile,
    table: str,
    owners: Indices,
    protect: int,
    covered: Collection[tuple[str, str, str]],
) -> list[KnownTuples]:
    """Learn what settles what, determinants first; nothing if all of it is kept already."""
    anew = made_anew(profile, table)
    computed = {rule.column for rule in formulas_of(dataset.schema, table)}
    waiting = [
        rule
        for rule in dataset.schema.rules
        if isinstance(rule, Dependency)
        and rule.table == table
        and not anew & {*rule.determinant, rule.dependent}
        and rule.dependent not in computed
    ]
    mended = {
        name
        for rule in dataset.schema.rules
        if isinstance(rule, FixedCombinations | UniqueTogether | Range | Formula)
        for place, name in rule.touches()
        if place == table
    }
    named = {name for rule in waiting for name in (*rule.determinant, rule.dependent)}
    if all(_is_covered(rule, covered) for rule in waiting) and not mended & named:
        return []
    found: list[KnownTuples] = []
    described = dataset.schema.table(table)
    while waiting:
        later = {rule.dependent for rule in waiting}
        ready = [rule for rule in waiting if not later & {*rule.determinant}] or waiting[:1]
        for rule in ready:
            waiting.remove(rule)
            names = [*rule.determinant, rule.dependent]
            data = dataset.arrow(table, names)
            known = KnownTuples.learn(described, names, data, owners, protect)
            if known.counts:
                found.append(known)
    return found


def _is_covered(rule: Dependency, covered: Collection[tuple[str, str, str]]) -> bool:
    if len(rule.determinant) != 1:
        return False
    one, other = rule.determinant[0], rule.dependent
    return (rule.table, one, other) in covered or (rule.table, other, one) in covered
