"""Whose children rows are: draws the parent row of every row, for each foreign key of a table."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
import pyarrow as pa

from synthkit.randomness import Streams
from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.agreements import owners
from synthkit.synthesizers.structure.counts import fit_total
from synthkit.synthesizers.structure.key_values import KeyValues
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.levels import draw_parents, draw_within
from synthkit.synthesizers.structure.picks import (
    Permutation,
    Weights,
    pick_distinct,
    pick_in_groups,
)
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices, key_codes
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.table_rows import Rows, RowsOf

__all__ = ["Links"]


class Links:
    """Parent rows of one sample, drawn for ranges of a table's rows.

    ``keys`` gives the values that keys which share a column have to agree in.
    """

    def __init__(
        self,
        profile: Profile,
        layout: Layout,
        streams: Streams,
        keys: KeyValues,
        rows_of: RowsOf,
    ) -> None:
        """Store what is drawn from."""
        self._profile = profile
        self._forest = profile.forest
        self._layout = layout
        self._plan = layout.plan
        self._streams = streams
        self._keys = keys
        self._rows_of = rows_of
        self._weights: dict[ForeignKey, Weights] = {}

    def primary(
        self,
        key: ForeignKey,
        number: int,
        drawn: Indices | None,
        rng: np.random.Generator,
        room: Indices | None = None,
    ) -> Indices:
        """Hang a block's rows under their parent's rows; those without a parent come last.

        ``drawn`` are the numbers of children where a synthesizer has drawn them, ``room`` how many
        each parent row can have at most.
        """
        table = key.table
        reference = self._profile.of(key)
        first, last = self._layout.rows(key.parent, number)
        start, stop = self._layout.rows(table, number)
        orphans = self.orphans(key, number)
        most: int | Indices | None = self.most(key)
        if room is not None:
            most = room if most is None else np.minimum(room, most)
        counts = fit_total(
            reference.counts.draw(last - first, rng) if drawn is None else drawn,
            stop - start - orphans,
            rng,
            most=most,
        )
        owners = np.repeat(np.arange(first, last), counts)
        return np.concatenate([owners, np.full(orphans, -1, np.int64)])

    def orphans(self, key: ForeignKey, number: int) -> int:
        """Return how many rows of a block have no parent through the table's primary key."""
        missing = round(self._profile.of(key).missing * self._plan[key.table])
        return self._layout.share(key.table, number, missing)

    def most(self, owner: ForeignKey) -> int | None:
        """Return how many children of a bridge a row can own: combinations must not repeat."""
        bridge = bridge_keys(self._forest, owner.table)
        others = [self._plan[key.parent] for key in bridge if key != owner]
        return min(prod(others), 2**62) if others else None

    def inherited(
        self, key: ForeignKey, number: int, parents: Mapping[ForeignKey, Indices]
    ) -> Indices | None:
        """Return the parent rows of a key that always agrees with one of the primary parent's."""
        same = self._profile.of(key).inherited
        primary = self._forest.primary[key.table]
        if same is None or primary is None:
            return None
        above = self._rows_of(primary.parent, number)
        rows = parents[primary]
        theirs = above.parents[self._profile.schema.foreign_keys[same]]
        return np.where(rows >= 0, theirs[np.maximum(rows - above.start, 0)], -1)

    def together(
        self,
        key: ForeignKey,
        rows: Rows,
        number: int,
        rng: np.random.Generator,
    ) -> Indices | None:
        """Pick parent rows that belong to the row further up that a block's rows belong to.

        None for a key that knows no such row. ``rows`` have their primary parents. Rows for which
        there is none to pick have none where the key may be missing, or else any.
        """
        reference = self._profile.of(key)
        if reference.common is None or not rows.count:
            return None
        ours = owners(self._forest, rows, reference.common, number, self._rows_of)
        if reference.levels is not None:
            local = draw_within(ours, reference.levels, reference.counts, rng)
            return np.where(local < 0, -1, local + rows.start)
        others = self._rows_of(key.parent, number)
        theirs = owners(self._forest, others, reference.common, number, self._rows_of)
        weights = Weights(reference.counts.draw(others.count, rng))
        picks = pick_in_groups(ours, theirs, weights, rng)
        table = self._profile.schema.table(key.table)
        found = picks >= 0
        picks[found] += others.start
        if not all(table.column(name).nullable for name in key.columns):
            return np.where(found, picks, self._dealt(key, rows.start, rows.count))
        spare = max(0, round(reference.missing * rows.count) - int((~found).sum()))
        picks[rng.permutation(np.flatnonzero(found))[:spare]] = -1
        return picks

    def link(
        self,
        key: ForeignKey,
        start: int,
        count: int,
        before: Mapping[ForeignKey, Indices],
        rng: np.random.Generator,
    ) -> Indices:
        """Pick a parent row for each of some rows; ``before`` are those of keys done already."""
        reference = self._profile.of(key)
        size = self._plan[key.parent]
        shared = {
            name: other
            for other in before
            for name in key.columns
            if name in other.columns and not key.is_self_reference
        }
        if not count or not size:
            return np.full(count, -1, np.int64)
        if reference.levels is not None:
            one_to_one = self._forest.is_unique(key)
            local = draw_parents(count, reference.levels, reference.counts, rng, one_to_one)
            local = _agreeing(key, local, before)
            return np.where(local < 0, -1, local + start)
        if shared:
            picks = self._in_groups(key, shared, before, rng)
            if reference.missing:
                picks[rng.random(count) < reference.missing] = -1
            return picks
        return self._dealt(key, start, count)

    def bridge(
        self, owner: ForeignKey, owners: Indices, start: int, rng: np.random.Generator
    ) -> dict[ForeignKey, Indices]:
        """Pick the other ends of a bridge so that no combination repeats; ``owners`` are sorted."""
        others = [key for key in bridge_keys(self._forest, owner.table) if key != owner]
        dealt = [self._dealt(key, start, len(owners)) for key in others]
        picks = pick_distinct(owners, dealt, [self._weight(key) for key in others], rng)
        return dict(zip(others, picks, strict=True))

    def spread(self, table: str, start: int, count: int) -> dict[ForeignKey, Indices]:
        """Spread a bridge without an owner over all combinations of its ends."""
        bridge = bridge_keys(self._forest, table)
        sizes = [self._plan[key.parent] for key in bridge]
        room = 1
        for size in sizes:
            room = min(room * size, 2**62)
        if not count or not room:
            return {key: np.zeros(0, np.int64) for key in bridge}
        rest = Permutation(room, self._streams.integer(table))(np.arange(start, start + count))
        found = {}
        for key, size in zip(bridge, sizes, strict=True):
            rest, found[key] = np.divmod(rest, size)
        return found

    def _dealt(self, key: ForeignKey, start: int, count: int) -> Indices:
        """Deal parent rows out: each as often as its drawn child count, in shuffled order.

        So every parent has exactly the number of children drawn for it, and as many rows have
        none as were seen. One-to-one keys deal each parent row once.
        """
        rows = self._plan[key.table]
        positions = np.arange(start, start + count)
        seed = self._streams.integer("deal", str(key))
        if not self._forest.is_unique(key):
            return self._weight(key).at(Permutation(rows, seed)(positions))
        size = self._plan[key.parent]
        filled = min(size, rows - round(self._profile.of(key).missing * rows))
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
            ours.append(pa.chunked_array([self._keys.at(other.parent, source, before[other])]))
            theirs.append(pa.chunked_array([self._keys.whole(key.parent, target)]))
        wanted, offered = key_codes(ours, theirs)
        return pick_in_groups(wanted, offered, self._weight(key), rng)

    def _weight(self, key: ForeignKey) -> Weights:
        if key not in self._weights:
            reference = self._profile.of(key)
            rows = self._plan[key.table]
            total = rows - round(reference.missing * rows)
            streams = self._streams.under("weights", str(key))
            if reference.fixed is not None:
                self._weights[key] = Weights(fit_total(reference.fixed, total, streams.at()))
            else:
                self._weights[key] = Weights.drawn(
                    reference.counts, self._plan[key.parent], total, streams
                )
        return self._weights[key]


def _agreeing(key: ForeignKey, local: Indices, before: Mapping[ForeignKey, Indices]) -> Indices:
    """Drop self references whose two rows disagree in a column that another key fills."""
    for other, parents in before.items():
        if set(other.columns) & set(key.columns):
            local = np.where(parents[np.maximum(local, 0)] == parents, local, -1)
    return local
