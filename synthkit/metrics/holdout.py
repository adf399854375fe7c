"""Rows set aside by root entity: two data sets of the same real world that share no entity.

Which rows go where depends on the keys, the share and the streams alone, so the same data set is
split in the same way again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError, UsageError
from synthkit.metrics.columns import Integers
from synthkit.metrics.entities import SHARED, Entities, entities_of, may_be_empty
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema

__all__ = ["Halves", "hold_out"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Halves:
    """A data set in two parts.

    ``entities`` are the tables whose rows were dealt out, ``shared`` those that are whole in both
    parts. ``dropped`` are the numbers of rows of a table that lie in neither, because they join
    entities of both; ``cleared`` the numbers of references between the parts that were emptied.
    ``digest`` tells whether another split is the same.
    """

    train: Dataset
    holdout: Dataset
    entities: tuple[str, ...]
    shared: tuple[str, ...]
    dropped: Mapping[str, int]
    cleared: Mapping[ForeignKey, int]
    digest: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What was lost in the split, one sentence each."""
        lost = [
            f"{count:,} rows of {table} join entities of both parts and are in neither"
            for table, count in self.dropped.items()
        ]
        emptied = [
            f"{count:,} references {key} point into the other part and are empty"
            for key, count in self.cleared.items()
        ]
        return (*lost, *emptied)


def hold_out(data: Dataset, share: float, streams: Streams) -> Halves:
    """Set a share of the root entities aside, with all rows that hang on them.

    Each entity goes to one part, its rows with it. Reference tables, and tables that many
    entities point at, go whole to both. A row with parents in both parts follows the first of
    them; the other reference is emptied where it may be empty, else the row is left out. No
    reference of either part points at nothing that pointed at something before.

    Raises:
        UsageError: The share is not between 0 and 1.
        UnsupportedError: No table has two entities to deal out.
    """
    if not 0 < share < 1:
        raise UsageError(
            f"A share of {share} cannot be held out.", hint="Give one between 0 and 1: 0.2."
        )
    loaded = data.load()
    schema = loaded.schema
    entities, parents = entities_of(loaded)
    if not entities.roots:
        raise UnsupportedError(
            "There are too few rows to hold any of them out.", hint="Learn all of them."
        )
    aside = _dealt(entities, share, streams)
    kept = [_kept(entities, aside, wanted=part) for part in (False, True)]
    empty = [_settled(schema, parents, part, entities) for part in kept]
    train, holdout = (
        _taken(loaded, part, cleared) for part, cleared in zip(kept, empty, strict=True)
    )
    cleared = {
        key: sum(
            int((part[key] & rows[key.table]).sum()) for part, rows in zip(empty, kept, strict=True)
        )
        for key in schema.foreign_keys
    }
    neither = {table: int((~kept[0][table] & ~kept[1][table]).sum()) for table in loaded}
    return Halves(
        train,
        holdout,
        entities.roots,
        tuple(table for table in loaded if all(part[table].all() for part in kept)),
        {table: count for table, count in neither.items() if count},
        {key: count for key, count in cleared.items() if count},
        _digest(kept),
    )


def _dealt(entities: Entities, share: float, streams: Streams) -> Flags:
    """Return for every entity whether it is held out; of each root table the same share."""
    aside = np.zeros(entities.count, bool)
    for root, (start, end) in entities.ranges.items():
        count = end - start
        wanted = min(max(1, round(share * count)), count - 1)
        aside[start + streams.at("holdout", root).permutation(count)[:wanted]] = True
    return aside


def _kept(entities: Entities, aside: Flags, *, wanted: bool) -> dict[str, Flags]:
    """Return for every row of each table whether it is in the part of these entities."""
    kept = {}
    for table, count in entities.row_counts.items():
        owner = entities.owners.get(table)
        if owner is None:
            kept[table] = np.ones(count, bool)
            continue
        kept[table] = (owner == SHARED) | (aside[owner] == wanted)
    return kept


def _settled(
    schema: Schema,
    parents: Mapping[ForeignKey, Integers],
    kept: dict[str, Flags],
    entities: Entities,
) -> dict[ForeignKey, Flags]:
    """Take out of a part, in place, the rows whose parent is not in it, and what hangs on them.

    Returns for every foreign key which references are emptied instead; never the one that a
    row follows, for without it the row would hang on nothing.
    """
    empty = {key: np.zeros(len(rows), bool) for key, rows in parents.items()}
    changed = True
    while changed:
        changed = False
        for key, rows in parents.items():
            above = np.append(kept[key.parent], True)  # -1 points at nothing, as it did before
            lost = kept[key.table] & ~above[rows] & ~empty[key]
            if not lost.any():
                continue
            changed = True
            if may_be_empty(schema, key) and entities.first.get(key.table) != key:
                empty[key] |= lost
            else:
                kept[key.table] = kept[key.table] & ~lost
    return empty


def _taken(data: Dataset, kept: Mapping[str, Flags], empty: Mapping[ForeignKey, Flags]) -> Dataset:
    tables = {}
    for table in data:
        rows = data.arrow(table)
        for key in data.schema.foreign_keys_of(table):
            if not empty[key].any():
                continue
            for name in key.columns:
                at, field = rows.column_names.index(name), rows.schema.field(name)
                blank = pa.scalar(None, field.type)
                values = pc.if_else(pa.array(empty[key]), blank, rows.column(name))
                rows = rows.set_column(at, field, values)
        tables[table] = rows if kept[table].all() else rows.filter(pa.array(kept[table]))
    return Dataset.in_memory(
        data.schema, tables, reasons=data.reasons, notices=data.notices, origin=data.origin
    )


def _digest(parts: list[dict[str, Flags]]) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        for table, flags in part.items():
            digest.update(f"{table}:{len(flags)}:".encode())
            digest.update(np.packbits(flags).tobytes())
    return digest.hexdigest()
