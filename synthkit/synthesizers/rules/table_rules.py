"""The rules of one table, ready to be kept: what follows from what, and what is to be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import (
    Dependency,
    Equality,
    FixedCombinations,
    Formula,
    Inequality,
    Range,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.formulas import evaluate
from synthkit.schema.storage import arrow_type, scale_of
from synthkit.schema.validate.keys import rows_of, shared_codes
from synthkit.synthesizers.relational.coding.numbers import as_numbers, to_arrow
from synthkit.synthesizers.rules.book import RuleBook, formulas_of
from synthkit.synthesizers.rules.checks import (
    Check,
    OfParent,
    ends_check,
    inequality_check,
    key_of,
    plain,
    range_check,
    settled_check,
    tuples_check,
)
from synthkit.synthesizers.rules.repeats import is_local, marks_of
from synthkit.synthesizers.rules.tuples import Matcher
from synthkit.synthesizers.structure.profile import Profile

__all__ = ["TableRules"]

Made = MutableMapping[str, pa.Array]
OfSpare = Callable[[], pa.Table | None]
"""Gives rows of the table that are not part of the sample, if there are any."""
_GENERATIONS = 64
"""Levels of a self reference down which an order is carried at most."""


@dataclass(frozen=True)
class TableRules:
    """The rules of a table.

    ``fixed`` are the columns that are not drawn: keys, references, what repeats a parent's.
    ``inherited`` are orders along a reference of the table to itself.
    """

    table: Table
    formulas: tuple[Formula, ...]
    combined: tuple[Matcher, ...]
    dependent: tuple[Matcher | Dependency, ...]
    inherited: tuple[Inequality, ...]
    unique: tuple[UniqueTogether, ...]
    checks: tuple[Check, ...]
    groups: tuple[frozenset[str], ...]
    fixed: frozenset[str]
    profile: Profile

    @classmethod
    def of(
        cls, book: RuleBook, profile: Profile, name: str, *, orders_are_kept: bool
    ) -> TableRules | None:
        """Return the rules of a table, or None if there is nothing to do.

        ``orders_are_kept`` says that a synthesizer keeps all orders but those of a table with
        itself, of computed columns and of what is settled.
        """
        schema = profile.schema
        table = schema.table(name)
        own = [rule for rule in schema.rules if rule.table == name]
        formulas = tuple(formulas_of(schema, name))
        combined = tuple(Matcher(one, table) for one in book.combined if one.table == name)
        settled = tuple(Matcher(one, table) for one in book.settled if one.table == name)
        grouped = tuple(rule for rule in book.grouped if rule.table == name)
        unique = tuple(rule for rule in own if isinstance(rule, UniqueTogether))
        orders = [rule for rule in own if isinstance(rule, Inequality)]
        ranges = any(isinstance(rule, Range) for rule in own)
        loose = any(not orders_are_kept or _is_loose(rule, profile) for rule in orders)
        if not (formulas or combined or settled or grouped or unique or ranges or loose):
            return None
        checks = tuple(_checks(book, schema, name, combined, settled))
        ties = [
            *(check.columns for check in checks),
            *((rule.column, *rule.operands) for rule in formulas),
            *((*rule.determinant, rule.dependent) for rule in own if isinstance(rule, Dependency)),
            *((r.column, r.equals) for r in own if isinstance(r, Equality) and not r.parent),
        ]
        fixed = {*profile.roles(name).all}
        fixed |= {rule.column for rule in own if isinstance(rule, Equality) and rule.parent}
        return cls(
            table=table,
            formulas=formulas,
            combined=combined,
            dependent=tuple(_determinants_first(settled, grouped)),
            inherited=tuple(rule for rule in orders if rule.parent == name),
            unique=unique,
            checks=checks,
            groups=tuple(_tied(ties, fixed)),
            fixed=frozenset(fixed),
            profile=profile,
        )

    def group_of(self, column: str) -> frozenset[str]:
        """Return the columns that are drawn together with one, so that rules between them hold."""
        return next((one for one in self.groups if column in one), frozenset({column}))

    def follow(
        self, made: Made, of_parent: OfParent, spare: OfSpare, rng: np.random.Generator
    ) -> None:
        """Fill in what follows from other columns: combinations, what is settled, formulas."""
        follows: dict[str, pa.Array]
        for combined in self.combined:
            if (combined.find(made) < 0).any():
                found = pa.array(combined.nearest(made, rng))
                follows = {name: values.take(found) for name, values in combined.arrays.items()}
                made.update(self._free(follows))
        for rule in self.dependent:
            if isinstance(rule, Matcher):
                made.update(self._free({rule.known.columns[-1]: rule.settled(made)}))
            else:
                made.update(self._free({rule.dependent: self._grouped(rule, made, spare)}))
        for formula in self.formulas:
            made.update(self._free({formula.column: self._computed(formula, made)}))
        for order in self.inherited:
            self._inherit(order, made, of_parent)

    def _free(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        return {name: values for name, values in columns.items() if name not in self.fixed}

    def _grouped(self, rule: Dependency, made: Made, spare: OfSpare) -> pa.Array:
        """Return what the first row of each determinant has; or, across blocks, a spare row."""
        key = {name: plain(made[name], self.table, name) for name in rule.determinant}
        others = None if is_local(self.profile, rule.table, rule.determinant) else spare()
        if others is not None and others.num_rows:
            marks, _ = marks_of(key)
            places = (marks % np.uint64(others.num_rows)).astype(np.int64)
            values = others.column(rule.dependent).take(pa.array(places)).combine_chunks()
            return plain(values, self.table, rule.dependent)
        (codes,), count = shared_codes(
            [pa.chunked_array([values]) for values in key.values()], null_is_value=True
        )
        return made[rule.dependent].take(pa.array(rows_of(codes, count)[codes]))

    def _computed(self, rule: Formula, made: Made) -> pa.Array:
        """Return what a formula gives; where it gives nothing, what was drawn, if anything was."""
        rows = len(next(iter(made.values())))
        numbers = {
            name: as_numbers(pa.chunked_array([plain(made[name], self.table, name)]))
            for name in rule.operands
        }
        values = evaluate(rule.expression, numbers, rows)
        storage = self.table.column(rule.column).storage
        scale = scale_of(arrow_type(storage))
        decimals = scale if rule.decimals is None else rule.decimals
        if decimals is not None:
            values = np.round(values, decimals)
        if rule.column not in made:
            return to_arrow(values, storage)
        drawn = plain(made[rule.column], self.table, rule.column)
        replaced = pc.and_(pc.is_valid(drawn), pa.array(~np.isnan(values)))
        return pc.if_else(replaced, to_arrow(values, storage), drawn)

    def _inherit(self, rule: Inequality, made: Made, of_parent: OfParent) -> None:
        """Carry an order down the levels of a table that points at itself."""
        key = key_of(self.profile.schema, rule)
        own, above = (rule.high, rule.low) if rule.parent_side == "low" else (rule.low, rule.high)
        storages = {self.table.column(name).storage for name in (own, above)}
        if key is None or own in self.fixed or rule.strict or len(storages) > 1:
            return
        join = pc.max_element_wise if rule.parent_side == "low" else pc.min_element_wise
        for _ in range(_GENERATIONS):
            drawn = plain(made[own], self.table, own)
            bound = plain(of_parent(key, above, made), self.table, above)
            moved = pc.if_else(pc.is_valid(drawn), join(drawn, bound), drawn)
            if moved.equals(drawn):
                return
            made[own] = moved


def _determinants_first(
    settled: Sequence[Matcher], grouped: Sequence[Dependency]
) -> Iterator[Matcher | Dependency]:
    """Yield what fills in dependent columns, so that what fills in a determinant comes before it.

    In a circle the first goes first.
    """
    waiting: dict[Matcher | Dependency, tuple[tuple[str, ...], str]] = {
        **{one: (one.known.columns[:-1], one.known.columns[-1]) for one in settled},
        **{one: (one.determinant, one.dependent) for one in grouped},
    }
    while waiting:
        later = {dependent for _, dependent in waiting.values()}
        ready = [one for one, (known, _) in waiting.items() if not later & {*known}]
        for one in ready or [next(iter(waiting))]:
            del waiting[one]
            yield one


def _tied(ties: list[tuple[str, ...]], fixed: set[str]) -> Iterator[frozenset[str]]:
    """Yield the columns that rules hold together, those that are not drawn left out."""
    groups: list[set[str]] = []
    for tie in ties:
        free = set(tie) - fixed
        touching = [group for group in groups if group & free]
        groups = [group for group in groups if group not in touching]
        groups.append(free.union(*touching))
    yield from (frozenset(group) for group in groups if group)


def _is_loose(rule: Inequality, profile: Profile) -> bool:
    """Whether an order is one that synthesizers do not see to while they draw numbers.

    They leave out what is computed, settled or a key, fixed parents, and a table's own rows.
    """
    schema = profile.schema
    key = None if rule.parent is None else key_of(schema, rule)
    if rule.parent is not None and (
        rule.parent == rule.table or rule.parent in profile.fixed or key in profile.forest.cut
    ):
        return True
    drawn_otherwise = {
        *((r.table, r.dependent) for r in schema.rules if isinstance(r, Dependency)),
        *((r.table, r.column) for r in schema.rules if isinstance(r, Formula | Equality)),
        *(
            (r.table, name)
            for r in schema.rules
            if isinstance(r, FixedCombinations | UniqueTogether)
            for name in r.columns
        ),
    }
    return any(
        (table, name) in drawn_otherwise or name in profile.roles(table).all
        for table, name in rule.touches()[:2]
    )


def _checks(
    book: RuleBook,
    schema: Schema,
    name: str,
    combined: tuple[Matcher, ...],
    settled: tuple[Matcher, ...],
) -> Iterator[Check]:
    """Yield the checks of a table; rules that cannot be checked are left out."""
    table = schema.table(name)
    operands = {rule.column: rule.operands for rule in formulas_of(schema, name)}
    for rule in schema.rules:
        if rule.table == name and isinstance(rule, Inequality | Range):
            check = (
                inequality_check(schema, rule)
                if isinstance(rule, Inequality)
                else range_check(table, rule)
            )
            if check is not None:
                yield check
    yield from (tuples_check(one) for one in combined)
    yield from (settled_check(one, table) for one in settled)
    for one in book.computed:
        if one.table == name and one.column in operands:
            yield ends_check(table, one, operands[one.column])
