"""Keeps the rules of rows in the blocks of a sample.

What follows from other columns is filled in; rows that break a rule then get the columns that it
ties from rows that keep it, until all do.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.conditions import Conditions
from synthkit.errors import UsageError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, UniqueTogether
from synthkit.synthesizers.rules.book import RuleBook
from synthkit.synthesizers.rules.checks import Check, Columns, plain
from synthkit.synthesizers.rules.repeats import Seen, continued, placed, repeated_rows
from synthkit.synthesizers.rules.spare import NoSpare, Spare
from synthkit.synthesizers.rules.table_rules import TableRules
from synthkit.synthesizers.sampling.finished import Finished
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["Keeper"]

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]
Made = MutableMapping[str, pa.Array]
_ROUNDS = 80
_PATIENCE = 10
"""Draws in all, and those from rows of the block before rows beside the sample are drawn too."""
_IDLE = 15
"""Draws in a row that mended nothing, after which no more are made."""
_PASSES = 2
"""Times that all rules are gone through: what one mends, another may have to mend again."""
_FEW = 20
"""Rows that keep a rule from which on a block has enough of them to choose from."""


@dataclass
class Keeper:
    """Keeps the rules of one sample.

    Columns of which ``asked`` says what they shall be are not changed. ``spare`` gives rows of a
    table that are not part of the sample; of these themselves, those that cannot be mended stay
    as they are.
    """

    book: RuleBook
    profile: Profile
    streams: Streams
    finished: Finished
    seen: Seen
    spare: Spare
    orders_are_kept: bool = False
    asked: Conditions = field(default_factory=Conditions)
    tables: dict[str, TableRules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the rules by table."""
        for name in self.profile.schema.table_names:
            if name not in self.profile.fixed:
                kept = self.orders_are_kept
                rules = TableRules.of(self.book, self.profile, name, orders_are_kept=kept)
                if rules is not None:
                    held = self._held(name) - {formula.column for formula in rules.formulas}
                    self.tables[name] = replace(rules, fixed=rules.fixed | held)

    def _held(self, table: str) -> set[str]:
        """Return the columns of a table that a sample was asked to have values in."""
        given = self.asked.given.get(table)
        return {
            *(each.column for each in self.asked.where if each.table == table),
            *(each.column for each in self.asked.weights if each.table == table),
            *(given.column_names if given is not None else ()),
        }

    def changes(self, table: str) -> bool:
        """Say whether the columns of a table may be changed."""
        return table in self.tables

    def fill(self, rows: Rows, number: int, made: Made) -> None:
        """Change the columns of some rows so that all rules of their table hold.

        Raises:
            UsageError: a rule cannot hold in these rows.
        """
        if rows.table in self.tables and rows.count:
            _Block(self, self.tables[rows.table], rows, number, made).keep()


@dataclass
class _Block:
    """The rows of a block whose rules are being kept."""

    keeper: Keeper
    rules: TableRules
    rows: Rows
    number: int
    made: Made

    def keep(self) -> None:
        """Fill in what follows, then mend what is broken, rule by rule."""
        self.rng = self.keeper.streams.at("rules", self.rows.table, self.rows.start)
        for name in list(self.made):
            self.made[name] = self._plain(name, self.made[name])
        self._follow()
        is_spare = isinstance(self.keeper.spare, NoSpare)
        self.rounds = _PATIENCE if is_spare else _ROUNDS
        for _ in range(1 if is_spare else _PASSES):
            for check in self.rules.checks:
                self._mend(partial(self._broken, check), self._tied(check))
            for rule in () if is_spare else self.rules.unique:
                self._mend(partial(self._repeated, rule), self._redrawn(rule))
                self._part(rule)
        if not is_spare:
            self._move()
            self._confirm()

    def _plain(self, name: str, values: pa.Array) -> pa.Array:
        tied = any(name in group for group in self.rules.groups)
        tied |= any(name in rule.columns for rule in self.rules.unique)
        return plain(values, self.rules.table, name) if tied else values

    def _of_parent(self, key: ForeignKey, column: str, columns: Columns) -> pa.Array:
        if not key.is_self_reference:
            return self.keeper.finished.of_parent(self.rows, self.number, key, column)
        above = self.rows.parents[key]
        return columns[column].take(pa.array(above - self.rows.start, mask=above < 0))

    def _follow(self) -> None:
        spare = partial(self.keeper.spare, self.rows.table)
        self.rules.follow(self.made, self._of_parent, spare, self.rng)

    def _broken(self, check: Check) -> Mask:
        return check.broken(self.made, self._of_parent)

    def _others_broken(self, tied: frozenset[str]) -> Mask:
        """Return which rows break a rule of columns that are drawn together."""
        bad = np.zeros(self.rows.count, bool)
        for check in self.rules.checks:
            if tied & set(check.columns):
                bad |= self._broken(check)
        return bad

    def _tied(self, check: Check) -> frozenset[str]:
        """Return the columns that are drawn again, together, where a rule is broken."""
        free = [name for name in check.columns if name not in self.rules.fixed]
        return self.rules.group_of(free[0]) if free else frozenset()

    def _mend(self, broken: Callable[[], Mask], tied: frozenset[str]) -> None:
        """Give the rows that break a rule the tied columns of others, until none does."""
        bad = broken()
        if not bad.any() or not tied:
            return
        free = [name for name in self.made if name in tied and name not in self.rules.fixed]
        least, idle = int(bad.sum()), 0
        for round_ in range(self.rounds):
            waiting = np.flatnonzero(bad)
            idle = 0 if len(waiting) < least else idle + 1
            least = min(least, len(waiting))
            if not len(waiting) or idle > _IDLE:
                return
            donors = np.flatnonzero(~bad)
            if len(donors) < _FEW or (round_ >= _PATIENCE and round_ % 2):
                self._take_beside(free, waiting)
            else:
                self._take(free, waiting, donors[self.rng.integers(0, len(donors), len(waiting))])
            self._follow()
            bad = broken() | (self._others_broken(tied) & bad)

    def _take(self, names: list[str], rows: Indices, donors: Indices) -> None:
        places = np.arange(self.rows.count)
        places[rows] = donors
        for name in names:
            self.made[name] = self.made[name].take(pa.array(places))

    def _take_beside(self, names: list[str], rows: Indices) -> None:
        pool = self.keeper.spare(self.rows.table)
        if pool is None or not pool.num_rows:
            return
        places = np.arange(self.rows.count)
        places[rows] = self.rows.count + self.rng.integers(0, pool.num_rows, len(rows))
        for name in names:
            other = plain(_whole(pool.column(name)), self.rules.table, name)
            both = pa.concat_arrays([self.made[name].cast(other.type), other])
            self.made[name] = both.take(pa.array(places))

    def _redrawn(self, rule: UniqueTogether) -> frozenset[str]:
        """Return the columns to draw again where values repeat: those that vary most."""
        free = [name for name in rule.columns if name not in self.rules.fixed]
        computed = {formula.column for formula in self.rules.formulas}
        free = [name for name in free if name not in computed] or free
        if not free:
            return frozenset()
        most = max(free, key=lambda name: len(self.made[name].unique()))
        return self.rules.group_of(most)

    def _part(self, rule: UniqueTogether) -> None:
        """Give rows that still repeat others what is free, of columns that no other rule ties.

        Whole numbers and days go on after the last one, where those seen are not enough.
        """
        for goes_on in (False, True):
            waiting = np.flatnonzero(self._repeated(rule))
            spare = self.keeper.spare(self.rows.table) if len(waiting) else None
            free: dict[str, pa.Array] = {}
            for name in rule.columns if len(waiting) else ():
                if name not in self.rules.fixed and self.rules.group_of(name) == {name}:
                    own = self.made[name]
                    more = [] if spare is None else spare.column(name).cast(own.type).chunks
                    free[name] = pa.concat_arrays([own, *more]).unique().drop_null()
            if not free:
                return
            if goes_on:
                free = {name: continued(values, len(waiting)) for name, values in free.items()}
            columns = {name: self.made[name] for name in rule.columns}
            self.made.update(placed(columns, free, waiting, self.rng))

    def _repeated(self, rule: UniqueTogether) -> Mask:
        columns = {name: self.made[name] for name in rule.columns}
        earlier = self.keeper.seen.before(rule, self.number)
        return repeated_rows(columns, earlier)

    def _move(self) -> None:
        """Move what breaks an order still, since no other row has a value there, to its bound."""
        for _ in range(len(self.rules.checks)):
            moved = False
            for check in self.rules.checks:
                own = [name for name in check.columns if name not in self.rules.fixed]
                bad = self._broken(check) if check.at_bound is not None and own else None
                if check.at_bound is None or bad is None or not bad.any():
                    continue
                bound = check.at_bound(self.made, self._of_parent, own[-1])
                if bound is not None:
                    kept = plain(self.made[own[-1]], self.rules.table, own[-1])
                    self.made[own[-1]] = pc.if_else(pa.array(bad), bound, kept)
                    moved = True
            if not moved:
                return
            self._follow()

    def _confirm(self) -> None:
        """Raise `UsageError` if a rule is broken still, and note what may not be repeated."""
        hard = [(check.text, self._broken(check)) for check in self.rules.checks if check.is_hard]
        hard += [(str(rule), self._repeated(rule)) for rule in self.rules.unique]
        for text, bad in hard:
            if bad.any():
                raise UsageError(
                    f"The rule {text} cannot hold in {int(bad.sum()):,} of "
                    f"{self.rows.count:,} rows of {self.rows.table}.",
                    hint="Ask for another number of rows, or change the rule and fit again.",
                )
        for rule in self.rules.unique:
            columns = {name: self.made[name] for name in rule.columns}
            self.keeper.seen.note(rule, self.number, columns)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
