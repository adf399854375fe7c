"""The structure of a sample some of whose references another model chose."""

from __future__ import annotations

from collections.abc import Mapping

from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["PartSkeleton"]


class PartSkeleton(Skeleton):
    """A skeleton that completes rows some of whose parents are given; it changes nothing else."""

    def completed(
        self, table: str, start: int, stop: int, given: Mapping[ForeignKey, Indices]
    ) -> Rows:
        """Return rows ``start .. stop`` with the parents that are given and the rest drawn.

        The rows come sorted by the parent that owns their key, if one does. With nothing
        given, they are those of the plain skeleton.
        """
        if not given:
            return self._between(table, start, stop)
        rng = self.streams.at("completed", table, start)
        parents = dict(given)
        primary = self.forest.primary[table]
        bridge = bridge_keys(self.forest, table)
        for key in self.profile.schema.foreign_keys_of(table):
            if key not in parents and key not in bridge:
                parents[key] = self.links.link(key, start, stop - start, parents, rng)
        owner = next((key for key in bridge if key in given), None)
        if owner is not None:
            parents |= self.links.bridge(owner, parents[owner], start, rng)
        elif bridge:
            parents |= self.links.spread(table, start, stop - start)
        owners = None if primary is None else parents[primary]
        return Rows(table, start, stop, parents, self.keys.within(table, owners, rng))

    def most(self, table: str, key: ForeignKey) -> int | None:
        """Return the largest number of children that a parent row may have through a key."""
        if self.forest.is_unique(key):
            return 1
        return self.links.most(key) if key in bridge_keys(self.forest, table) else None

    def _between(self, table: str, start: int, stop: int) -> Rows:
        """Put rows together from the plain skeleton's blocks."""
        if table in self.profile.fixed or start == stop:
            return Rows(table, start, stop, {})
        pieces: list[Rows] = []
        for number in range(self.layout.block_count(self.forest.root_of(table))):
            first, last = self.layout.rows(table, number)
            if first < stop and last > start:
                rows = self.rows_of(table, number)
                pieces.append(rows.between(max(first, start), min(last, stop)))
        return Rows.joined(pieces)
