"""Entities of a block that were drawn so that some of them are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["Drawn", "Pool", "drawn_entities", "joined_pools", "sizes_of"]

Codes = npt.NDArray[np.uint8]


class Drawn(Protocol):
    """Where the rows of a block come from."""

    def drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows, their own codes (fields, rows) and those of all ancestors."""
        ...


@dataclass(frozen=True)
class Pool:
    """Rows by table: ``codes`` uint8 (fields, rows), ``owners`` int64 (rows,), the entity of each.

    Of the tables below the root, ``counts`` int64 (rows above,) are the rows of each row of the
    table above; these lie one after the other from ``first`` on. Rows of no entity have owner -1.
    """

    codes: Mapping[str, Codes]
    counts: Mapping[str, Indices]
    first: Mapping[str, Indices]
    owners: Mapping[str, Indices]


def drawn_entities(profile: Profile, tables: Sequence[str], number: int, blocks: Drawn) -> Pool:
    """Return the entities of a block; ``tables`` are theirs, the root first."""
    codes: dict[str, Codes] = {}
    counts: dict[str, Indices] = {}
    first: dict[str, Indices] = {}
    owners: dict[str, Indices] = {}
    for table in tables:
        rows, codes[table], _ = blocks.drawn(table, number)
        key = profile.forest.primary[table]
        if key is None:
            owners[table] = np.arange(rows.count)
            continue
        above = blocks.drawn(key.parent, number)[0]
        parents = rows.parents[key]
        owned = parents >= 0
        parents = np.where(owned, parents - above.start, 0)
        counts[table] = np.bincount(parents[owned], minlength=above.count)
        first[table] = np.cumsum(counts[table]) - counts[table]
        owners[table] = np.where(owned, owners[key.parent][parents], -1)
    return Pool(codes, counts, first, owners)


def joined_pools(pools: Sequence[Pool]) -> Pool:
    """Put entities of several pools one after the other."""
    root = next(iter(pools[0].codes))
    sizes = {table: [pool.codes[table].shape[1] for pool in pools] for table in pools[0].codes}

    def shifted(name: str, table: str, by: list[int]) -> Indices:
        before = np.cumsum([0, *by])
        parts = [getattr(pool, name)[table] for pool in pools]
        moved = [np.where(part < 0, -1, part + at) for part, at in zip(parts, before, strict=False)]
        return np.concatenate(moved).astype(np.int64)

    below = pools[0].counts
    return Pool(
        codes={
            table: np.concatenate([pool.codes[table] for pool in pools], axis=1) for table in sizes
        },
        counts={table: np.concatenate([pool.counts[table] for pool in pools]) for table in below},
        first={table: shifted("first", table, sizes[table]) for table in below},
        owners={table: shifted("owners", table, sizes[root]) for table in sizes},
    )


def sizes_of(tables: Sequence[str], pool: Pool) -> Indices:
    """Return int64 (tables below the root, entities): how many rows each entity has."""
    root, *below = tables
    count = pool.codes[root].shape[1]
    owners = [pool.owners[table] for table in below]
    sizes = [np.bincount(each[each >= 0], minlength=count) for each in owners]
    return np.stack(sizes) if sizes else np.zeros((0, count), np.int64)
