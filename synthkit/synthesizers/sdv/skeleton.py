"""The structure of a sample some of whose references another model chose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from synthkit.contracts.values import Values
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["PartSkeleton"]


class PartSkeleton(Skeleton):
    """A skeleton that completes rows instead of drawing all of their parents."""

    def __init__(
        self,
        profile: Profile,
        plan: Mapping[str, int],
        streams: Streams,
        values: Values,
        locale: str,
    ) -> None:
        """Store what the sample is made from; nothing is drawn yet."""
        super().__init__(profile, plan, streams, values, locale)
        self._last: dict[str, tuple[int, Rows]] = {}

    def completed(
        self, table: str, start: int, stop: int, given: Mapping[ForeignKey, Indices]
    ) -> Rows:
        """Return rows ``start .. stop`` with the parents that are given and the rest drawn.

        The rows come sorted by the parent that owns their key, if one does. With nothing
        given, they are those of the plain skeleton.
        """
        if not given:
            return self._between(table, start, stop)
        rng = self._streams.at("completed", table, start)
        count = stop - start
        parents = dict(given)
        primary = self.forest.primary[table]
        bridge = bridge_keys(self.forest, table)
        for key in self.profile.schema.foreign_keys_of(table):
            if key not in parents and key not in bridge:
                parents[key] = self._link(key, start, count, parents, rng)
        owner = next((key for key in bridge if key in given), None)
        if owner is not None:
            parents |= self._bridge(bridge, owner, parents[owner], start, rng)
        elif bridge:
            parents |= self._pairs(table, bridge, start, count)
        within = {
            name: self._within(table, name, parents[primary], rng)
            for name in self.roles(table).within
            if primary is not None
        }
        return Rows(table, start, stop, parents, within)

    def most(self, table: str, key: ForeignKey) -> int | None:
        """Return the largest number of children that a parent row may have through a key."""
        if self.forest.is_unique(key):
            return 1
        return self._most(table, key) if key in bridge_keys(self.forest, table) else None

    def _between(self, table: str, start: int, stop: int) -> Rows:
        """Put rows together from the plain skeleton's blocks."""
        if table in self.profile.fixed:
            return Rows(table, start, stop, {})
        pieces: list[Rows] = []
        for number in range(self.layout.block_count(self.forest.root_of(table))):
            first, last = self.layout.rows(table, number)
            if first < stop and last > start:
                low, high = max(first, start), min(last, stop)
                pieces.append(_slice(self._block(table, number), low, high))
        if len(pieces) == 1:
            return pieces[0]
        keys = pieces[0].parents if pieces else {}
        names = pieces[0].within if pieces else {}
        return Rows(
            table,
            start,
            stop,
            {key: np.concatenate([piece.parents[key] for piece in pieces]) for key in keys},
            {name: pa.concat_arrays([piece.within[name] for piece in pieces]) for name in names},
        )

    def _block(self, table: str, number: int) -> Rows:
        """Draw a block of the plain skeleton, keeping each table's last one."""
        kept = self._last.get(table)
        if kept is None or kept[0] != number:
            kept = self._last[table] = (number, self.rows(table, number))
        return kept[1]


def _slice(rows: Rows, low: int, high: int) -> Rows:
    """Return rows ``low .. high`` of a block."""
    first, last = low - rows.start, high - rows.start
    return Rows(
        rows.table,
        low,
        high,
        {key: parents[first:last] for key, parents in rows.parents.items()},
        {name: values.slice(first, last - first) for name, values in rows.within.items()},
    )
