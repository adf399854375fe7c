"""Draws rows that go with those of a sister table: below which row, how many, equal in what."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.schema import ForeignKey
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.coding.companions import (
    Companion,
    anchored,
    per_owner,
    places_within,
)
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, to_arrow
from synthkit.synthesizers.relational.drawing.kept import Block
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.tables import codes_at
from synthkit.synthesizers.structure.counts import fit_total
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["Together"]

Codes = npt.NDArray[np.uint8]


class Blocks(Protocol):
    """Where the rows of a block come from."""

    skeleton: Skeleton

    def drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows, their own codes (fields, rows) and those of all ancestors."""
        ...

    def table(self, table: str, number: int) -> pa.Table:
        """Return the finished rows of a table in a block of its root."""
        ...

    def children(self, key: ForeignKey, rows: Rows, own: Codes) -> Indices:
        """Return the drawn number of rows of a key's table that belong to each of some rows."""
        ...


class Together:
    """The rows of a block that go with others."""

    def __init__(self, model: Knowledge, request: SampleRequest, blocks: Blocks) -> None:
        """Store what is drawn from."""
        self._model = model
        self._request = request
        self._blocks = blocks
        self._anchors: dict[str, Indices] = {}

    def enter(self, block: Block) -> None:
        """Go on with what is drawn of a block."""
        self._anchors = block.anchors

    def counts(self, key: ForeignKey, above: Rows, number: int) -> Indices | None:
        """Return how many rows each of the parent's has by the rows that they go with, if so."""
        wanted = self._wanted(key, number)
        return None if wanted is None else per_owner(*wanted, above.start, above.count)

    def given(self, key: ForeignKey | None, rows: Rows, number: int) -> Codes:
        """Return what rows know of those that they go with, uint8 (rows, slots).

        ``key`` is their primary one. Chooses which row each goes with.
        """
        companion = self._model.tables[rows.table].companion
        if companion is None or key is None:
            return np.zeros((rows.count, 0), np.uint8)
        _, own, _ = self._blocks.drawn(companion.base, number)
        none = np.zeros(0, np.int64)
        owners, counts = self._wanted(key, number) or (none, none)
        anchors = anchored(owners, counts, rows.parents[key])
        self._anchors[rows.table] = anchors
        return np.vstack([codes_at(own, anchors), places_within(anchors)]).T

    def move(self, table: str, moved: Indices | None) -> None:
        """Let rows go with those that other rows of the block, by place, went with."""
        if table in self._anchors and moved is not None:
            self._anchors[table] = self._anchors[table][moved]

    def share(self, rows: Rows, number: int, made: dict[str, pa.Array]) -> None:
        """Fill in the columns that rows share with those that they go with.

        Rows that go with none, in samples so small that there are none, get values of their own.
        """
        companion = self._model.tables[rows.table].companion
        if companion is None:
            return
        anchors = self._anchors[rows.table]
        forest = self._blocks.skeleton.forest
        owner, theirs = forest.primary[rows.table], forest.primary[companion.base]
        alone = anchors < 0
        if owner is not None and theirs is not None and not alone.all():
            base, _, _ = self._blocks.drawn(companion.base, number)
            alone |= base.parents[theirs][np.maximum(anchors, 0)] != rows.parents[owner]
        finished = self._blocks.table(companion.base, number)
        found = pa.array(anchors, mask=alone)
        for name in companion.columns:
            made[name] = finished.column(name).combine_chunks().take(found)
        if alone.any():
            anything = self._anything(companion, rows)
            for name in companion.columns:
                made[name] = pc.if_else(pa.array(alone), anything[name], made[name])

    def _anything(self, companion: Companion, rows: Rows) -> dict[str, pa.Array]:
        """Return values of the shared columns for rows that go with none."""
        learned = self._model.tables[companion.base]
        described = self._model.schema.table(companion.base)
        made: dict[str, pa.Array] = {}
        for field in learned.fields:
            if field.kind == "column" and field.name in companion.columns:
                values = field.codec.spread(rows.count)
                is_number = isinstance(field.codec, NumberCodec)
                storage = described.column(field.name).storage
                made[field.name] = to_arrow(values, storage) if is_number else values
        for lookup in learned.lookups:
            if lookup.source in made:
                made[lookup.column] = lookup.find(made[lookup.source])
        for name in companion.columns:
            if name not in made:
                made[name] = pa.nulls(rows.count, arrow_type(described.column(name).storage))
        return made

    def _wanted(self, key: ForeignKey, number: int) -> tuple[Indices, Indices] | None:
        """Return owner and count of each row that others go with; they add up to the block's."""
        companion = self._model.tables[key.table].companion
        if companion is None:
            return None
        rows, own, _ = self._blocks.drawn(companion.base, number)
        owner = self._blocks.skeleton.forest.primary[companion.base]
        if not rows.count or owner is None:
            return None
        start, stop = self._blocks.skeleton.layout.rows(key.table, number)
        counts = self._blocks.children(key, rows, own)
        rng = self._request.streams.at("together", key.table, number)
        return rows.parents[owner], fit_total(counts, stop - start, rng)
