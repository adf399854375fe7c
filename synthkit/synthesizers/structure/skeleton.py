"""The structure of one planned sample: which rows a block has, whose children, with which keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.errors import UnsupportedError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import Forest, forest
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.counts import fit_total
from synthkit.synthesizers.structure.keys import DomainKey, NumberKey, ProviderKey
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.levels import draw_parents
from synthkit.synthesizers.structure.picks import (
    Permutation,
    Weights,
    pick_distinct,
    pick_in_groups,
)
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices, key_codes
from synthkit.synthesizers.structure.roles import Roles, roles_of
from synthkit.synthesizers.structure.rows import bridge_keys

__all__ = ["Rows", "Skeleton", "check_structure"]


@dataclass(frozen=True)
class Rows:
    """Rows ``start .. stop`` of a table: for each foreign key the parent row's number (-1: none).

    ``within`` holds the values of key parts that differ inside each parent.
    """

    table: str
    start: int
    stop: int
    parents: Mapping[ForeignKey, Indices]
    within: Mapping[str, pa.Array] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.stop - self.start


def check_structure(schema: Schema) -> None:
    """Raise `UnsupportedError` for the one shape that cannot be kept exactly.

    That is a one-to-one key that shares a column with another foreign key of its table.
    """
    wood = forest(schema, dict.fromkeys(schema.table_names, 1))
    for key in schema.foreign_keys:
        shared = [
            other
            for other in schema.foreign_keys_of(key.table)
            if other != key and set(other.columns) & set(key.columns)
        ]
        if wood.is_unique(key) and shared:
            raise UnsupportedError(
                f"The one-to-one key {key} shares a column with {shared[0]}.",
                hint="Remove one of the two foreign keys from schema.yaml.",
            )


class Skeleton:
    """Structure of a sample, drawn block by block; a function of profile, plan and seed."""

    def __init__(
        self,
        profile: Profile,
        plan: Mapping[str, int],
        streams: Streams,
        values: Values,
        locale: str = "en_US",
    ) -> None:
        """Store what the sample is made from; nothing is drawn yet."""
        self.profile = profile
        self.plan = plan
        self.layout = Layout(self.forest, plan)
        self._streams = streams.under("structure")
        self._values = values
        self._locale = locale
        self._weights: dict[ForeignKey, Weights] = {}
        self._columns: dict[tuple[str, str], pa.Array] = {}
        self._roles: dict[str, Roles] = {}
        self._latest: dict[str, tuple[int, Rows]] = {}
        self.rows_of: Callable[[str, int], Rows] = self._cached
        """Rows of a table in a block, for keys that follow from them; a synthesizer that draws
        child counts of its own puts its own source here."""

    @cached_property
    def forest(self) -> Forest:
        """The forest that the sample follows."""
        return self.profile.forest

    def roles(self, table: str) -> Roles:
        """Return the roles of a table's key columns."""
        if table not in self._roles:
            self._roles[table] = roles_of(self.forest, table)
        return self._roles[table]

    def rows(self, table: str, number: int, counts: Indices | None = None) -> Rows:
        """Draw the structure of a table's rows in block ``number`` of its root.

        ``counts`` are the children of each of the primary parent's rows in the block, where a
        synthesizer knows better than the distribution seen; their total is still made to fit.
        """
        start, stop = self.layout.rows(table, number)
        if table in self.profile.fixed:
            return Rows(table, start, stop, {})
        rng = self._streams.at(table, number)
        count = stop - start
        parents: dict[ForeignKey, Indices] = {}
        primary = self.forest.primary[table]
        if primary is not None:
            parents[primary] = self._primary(primary, number, counts, rng)
        bridge = bridge_keys(self.forest, table)
        for key in self.forest.links(table):
            if (inherited := self._inherited(key, number, parents)) is not None:
                parents[key] = inherited
            elif key not in bridge or primary not in bridge:
                parents[key] = self._link(key, start, count, parents, rng)
        if bridge and primary in bridge and primary is not None:
            parents |= self._bridge(bridge, primary, parents[primary], start, rng)
        elif bridge:
            parents |= self._pairs(table, bridge, start, count)
        within = {
            name: self._within(table, name, parents[primary], rng)
            for name in self.roles(table).within
            if primary is not None
        }
        return Rows(table, start, stop, parents, within)

    def key_columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Return the values of all key columns of some rows, in the schema's storages."""
        table = self.profile.schema.table(rows.table)
        if rows.table in self.profile.fixed:
            fixed = self.profile.fixed[rows.table].slice(rows.start, rows.count)
            return {
                name: fixed.column(name).combine_chunks() for name in self.roles(rows.table).all
            }
        made = {
            name: self._made(rows.table, name, np.arange(rows.start, rows.stop), rows)
            for name in self.roles(rows.table).made
        }
        for key, parents in rows.parents.items():
            for name, other in zip(key.columns, key.parent_columns, strict=True):
                if name not in made or made[name].null_count:
                    kind = arrow_type(table.column(name).storage)
                    values = self._values_at(key.parent, other, parents).cast(kind)
                    made[name] = pc.coalesce(made[name], values) if name in made else values
        return made

    def _cached(self, table: str, number: int) -> Rows:
        """Return a block's rows, kept until another block of the table is asked for."""
        if self._latest.get(table, (-1, None))[0] != number:
            self._latest[table] = (number, self.rows(table, number))
        return self._latest[table][1]

    def _inherited(
        self, key: ForeignKey, number: int, parents: Mapping[ForeignKey, Indices]
    ) -> Indices | None:
        """Return the parent rows of a key that always agrees with one of the primary parent's."""
        same = self.profile.of(key).inherited
        primary = self.forest.primary[key.table]
        if same is None or primary is None:
            return None
        above = self.rows_of(primary.parent, number)
        rows = parents[primary]
        theirs = above.parents[self.profile.schema.foreign_keys[same]]
        return np.where(rows >= 0, theirs[np.maximum(rows - above.start, 0)], -1)

    def _primary(
        self, key: ForeignKey, number: int, drawn: Indices | None, rng: np.random.Generator
    ) -> Indices:
        """Hang a block's rows under their parent's rows; those without a parent come last."""
        table = key.table
        reference = self.profile.of(key)
        first, last = self.layout.rows(key.parent, number)
        start, stop = self.layout.rows(table, number)
        orphans = self.layout.share(table, number, round(reference.missing * self.plan[table]))
        counts = fit_total(
            reference.counts.draw(last - first, rng) if drawn is None else drawn,
            stop - start - orphans,
            rng,
            most=self._most(table, key),
        )
        owners = np.repeat(np.arange(first, last), counts)
        return np.concatenate([owners, np.full(orphans, -1, np.int64)])

    def _most(self, table: str, primary: ForeignKey) -> int | None:
        others = [key for key in bridge_keys(self.forest, table) if key != primary]
        return max((self.plan[key.parent] for key in others), default=None)

    def _link(
        self,
        key: ForeignKey,
        start: int,
        count: int,
        before: Mapping[ForeignKey, Indices],
        rng: np.random.Generator,
    ) -> Indices:
        """Pick a parent row for each of a block's rows."""
        reference = self.profile.of(key)
        size = self.plan[key.parent]
        shared = {
            name: other
            for other in before
            for name in key.columns
            if name in other.columns and not key.is_self_reference
        }
        if not count or not size:
            return np.full(count, -1, np.int64)
        if reference.levels is not None:
            one_to_one = self.forest.is_unique(key)
            local = draw_parents(count, reference.levels, reference.counts, rng, one_to_one)
            local = _agreeing(key, local, before)
            return np.where(local < 0, -1, local + start)
        if shared:
            picks = self._in_groups(key, shared, before, rng)
            if reference.missing:
                picks[rng.random(count) < reference.missing] = -1
            return picks
        return self._dealt(key, start, count)

    def _dealt(self, key: ForeignKey, start: int, count: int) -> Indices:
        """Deal parent rows out: each as often as its drawn child count, in shuffled order.

        So every parent has exactly the number of children drawn for it, and as many rows have
        none as were seen. One-to-one keys deal each parent row once.
        """
        rows = self.plan[key.table]
        positions = np.arange(start, start + count)
        seed = self._streams.integer("deal", str(key))
        if not self.forest.is_unique(key):
            return self._weight(key).at(Permutation(rows, seed)(positions))
        size = self.plan[key.parent]
        filled = min(size, rows - round(self.profile.of(key).missing * rows))
        places = Permutation(rows, seed)(positions)
        picks = np.full(count, -1, np.int64)
        picks[places < filled] = Permutation(size, seed + 1)(places[places < filled])
        return picks

    def _in_groups(
        self,
        key: ForeignKey,
        shared: Mapping[str, ForeignKey],
        before: Mapping[ForeignKey, Indices],
        rng: np.random.Generator,
    ) -> Indices:
        """Pick among the parent rows that agree with columns which other keys have filled."""
        ours, theirs = [], []
        for name, other in shared.items():
            source = other.parent_columns[other.columns.index(name)]
            target = key.parent_columns[key.columns.index(name)]
            ours.append(pa.chunked_array([self._values_at(other.parent, source, before[other])]))
            theirs.append(pa.chunked_array([self._column(key.parent, target)]))
        wanted, offered = key_codes(ours, theirs)
        return pick_in_groups(wanted, offered, self._weight(key), rng)

    def _bridge(
        self,
        bridge: list[ForeignKey],
        primary: ForeignKey,
        owners: Indices,
        start: int,
        rng: np.random.Generator,
    ) -> dict[ForeignKey, Indices]:
        """Pick the other ends of a bridge so that no combination repeats."""
        others = sorted(
            (key for key in bridge if key != primary), key=lambda key: self.plan[key.parent]
        )
        found: dict[ForeignKey, Indices] = {}
        taken: Indices | None = None
        for key in others[:-1]:
            found[key] = self._dealt(key, start, len(owners))
            taken = found[key] if taken is None else taken * self.plan[key.parent] + found[key]
        last = others[-1]
        dealt = self._dealt(last, start, len(owners))
        found[last] = pick_distinct(owners, dealt, self._weight(last), rng, taken)
        return found

    def _pairs(
        self, table: str, bridge: list[ForeignKey], start: int, count: int
    ) -> dict[ForeignKey, Indices]:
        """Spread a bridge without an owner over all combinations of its ends."""
        sizes = [self.plan[key.parent] for key in bridge]
        room = 1
        for size in sizes:
            room = min(room * size, 2**31 - 1)
        if not count or not room:
            return {key: np.zeros(0, np.int64) for key in bridge}
        rest = Permutation(room, self._streams.integer(table))(np.arange(start, start + count))
        found = {}
        for key, size in zip(bridge, sizes, strict=True):
            rest, found[key] = np.divmod(rest, size)
        return found

    def _within(self, table: str, name: str, owners: Indices, rng: np.random.Generator) -> pa.Array:
        """Return a key part that differs inside each parent: an ordinal, or picked values."""
        starts = np.ones(len(owners), bool)
        starts[1:] = owners[1:] != owners[:-1]
        place = np.arange(len(owners))
        ordinal = place - np.maximum.accumulate(np.where(starts, place, 0))
        made = self.profile.keys[table, name]
        kind = arrow_type(self.profile.schema.table(table).column(name).storage)
        if (table, name) in self.profile.ordinals:
            return pa.array(ordinal + self.profile.ordinals[table, name]).cast(kind)
        if not isinstance(made, DomainKey):
            raise TypeError(f"{table}.{name} has no values to pick from")
        most = int(ordinal.max()) + 1 if len(ordinal) else 0
        even = Weights(np.ones(max(len(made.values), most, 1), np.int64))
        picks = pick_distinct(owners, even.pick(len(owners), rng), even, rng)
        return made.make(picks, 0).cast(kind)

    def _made(self, table: str, name: str, numbers: Indices, rows: Rows | None) -> pa.Array:
        """Return the values of a key column that is made anew, for given row numbers."""
        if rows is not None and name in rows.within:
            return rows.within[name]
        made = self.profile.keys[table, name]
        key = self._streams.integer(table, name)
        kind = arrow_type(self.profile.schema.table(table).column(name).storage)
        if isinstance(made, ProviderKey):
            if rows is None:
                return pc.take(self._column(table, name), pa.array(numbers))
            return made.make_range(rows.start, rows.stop, key, self._values, self._locale).cast(
                kind
            )
        digits = self._digits(table)
        if name in digits:
            rest = numbers
            for other in digits[:-1]:
                domain = self.profile.keys[table, other]
                size = len(domain.values) if isinstance(domain, DomainKey) else 1
                rest, digit = np.divmod(rest, max(size, 1))
                if other == name:
                    return made.make(digit, key).cast(kind)
            return made.make(rest, key).cast(kind)
        return made.make(numbers, key).cast(kind)

    def _digits(self, table: str) -> list[str]:
        """Return the parts of a composite key, the one that can go on for ever last."""

        def endless(name: str) -> tuple[bool, int]:
            made = self.profile.keys[table, name]
            text = isinstance(made, DomainKey) and not isinstance(made.beyond, NumberKey)
            return text, len(made.values) if isinstance(made, DomainKey) else 0

        return sorted(self.roles(table).digits, key=endless)

    def _values_at(self, table: str, name: str, numbers: Indices) -> pa.Array:
        """Return the values of a key column at given row numbers; null where they are -1."""
        missing = numbers < 0
        roles = self.roles(table)
        simple = name in (*roles.unique, *roles.digits) and table not in self.profile.fixed
        if simple and not isinstance(self.profile.keys[table, name], ProviderKey):
            values = self._made(table, name, np.maximum(numbers, 0), None)
            if not missing.any():
                return values
            return pc.if_else(pa.array(~missing), values, pa.scalar(None, values.type))
        return pc.take(self._column(table, name), pa.array(numbers, mask=missing))

    def _column(self, table: str, name: str) -> pa.Array:
        """Return a whole key column, drawn once and kept: for keys that hold other keys."""
        if (table, name) not in self._columns:
            kind = arrow_type(self.profile.schema.table(table).column(name).storage)
            root = self.forest.root_of(table)
            pieces = [
                self.key_columns(self.rows_of(table, number))[name]
                for number in range(self.layout.block_count(root))
            ]
            self._columns[table, name] = pa.chunked_array(pieces, kind).combine_chunks()
        return self._columns[table, name]

    def _weight(self, key: ForeignKey) -> Weights:
        if key not in self._weights:
            reference = self.profile.of(key)
            rows = self.plan[key.table]
            total = rows - round(reference.missing * rows)
            streams = self._streams.under("weights", str(key))
            if reference.fixed is not None:
                self._weights[key] = Weights(fit_total(reference.fixed, total, streams.at()))
            else:
                self._weights[key] = Weights.drawn(
                    reference.counts, self.plan[key.parent], total, streams
                )
        return self._weights[key]


def _agreeing(key: ForeignKey, local: Indices, before: Mapping[ForeignKey, Indices]) -> Indices:
    """Drop self references whose two rows disagree in a column that another key fills."""
    for other, parents in before.items():
        if set(other.columns) & set(key.columns):
            local = np.where(parents[np.maximum(local, 0)] == parents, local, -1)
    return local
