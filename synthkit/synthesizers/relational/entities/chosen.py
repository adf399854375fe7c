"""Chooses the entities of a block from more that are drawn, the likelier real the more often.

A block draws its entities several times, each from streams of its own, and keeps as many as it
has. What follows from a block and its number alone is the same in any process and order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from synthkit.contracts.conditions import Conditions
from synthkit.contracts.progress import Silent
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.schema import ForeignKey
from synthkit.synthesizers.relational.entities.balance import chosen_places
from synthkit.synthesizers.relational.entities.features import features, tables_of
from synthkit.synthesizers.relational.entities.pool import (
    Pool,
    drawn_entities,
    joined_pools,
    sizes_of,
)
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.rules import RuleBook
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["Chosen", "Source", "as_it_draws"]

Codes = npt.NDArray[np.uint8]


class Source(Protocol):
    """Where the rows of blocks come from."""

    def drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows, their own codes (fields, rows) and those of all ancestors."""
        ...

    def beside(self, table: str, number: int) -> Self:
        """Return another source that has entered a block."""
        ...


def as_it_draws(model: Knowledge) -> Knowledge:
    """Return a model that draws entities as it has learned them: none is chosen.

    Rules are for the chosen ones to keep; children follow their parents' numbers as drawn.
    """
    return replace(model, discriminators={}, rules=RuleBook())


class Chosen:
    """The entities of the current block that were chosen, where the model tells them apart."""

    def __init__(
        self,
        model: Knowledge,
        request: SampleRequest,
        blocks: Source,
        draws: Callable[[SampleRequest], Source],
    ) -> None:
        """Store what is drawn from.

        ``blocks`` are the sample's own, ``draws`` returns what draws a request as `as_it_draws`
        tells.
        """
        self._model = model
        self._blocks = blocks
        self._draws = draws
        self._request = replace(request, kept={}, conditions=Conditions(), progress=Silent())
        roots = {} if request.conditions else model.discriminators
        self._tables = {root: tables_of(model.profile, model.tables, root) for root in roots}
        self._sources: dict[int, Source] = {}
        self._pool: Pool | None = None
        self._origins: dict[str, Indices] = {}

    def enter(self) -> None:
        """Forget what was drawn of another block."""
        self._pool, self._origins = None, {}

    def counts(self, key: ForeignKey, drawn: Indices, number: int) -> Indices:
        """Return how many rows of a key's table each row of the parent has.

        They are ``drawn`` for the rows that were not chosen.
        """
        if not self._keeps(key.table):
            return drawn
        origin = self._origin(key.parent, number)
        pool = self._of_block(key.table, number)
        return np.where(origin >= 0, pool.counts[key.table][np.maximum(origin, 0)], drawn)

    def codes(self, rows: Rows, number: int) -> tuple[Codes, Indices] | None:
        """Return codes (fields, rows) of a table's rows, and which are to be drawn.

        None: all are. Children are kept where their parent is, and has as many as it had.
        """
        if not self._keeps(rows.table):
            return None
        origin = self._origins[rows.table] = self._found(rows, number)
        codes = self._of_block(rows.table, number).codes[rows.table]
        made = np.zeros((len(codes), rows.count), np.uint8)
        known = origin >= 0
        made[:, known] = codes[:, origin[known]]
        return made, np.flatnonzero(~known)

    def _keeps(self, table: str) -> bool:
        root = self._model.profile.forest.root_of(table)
        return table in self._tables.get(root, ())

    def _origin(self, table: str, number: int) -> Indices:
        """Return the place in the pool of each of a table's rows, -1 for rows drawn otherwise."""
        if table not in self._origins:
            self._origins[table] = self._found(self._blocks.drawn(table, number)[0], number)
        return self._origins[table]

    def _found(self, rows: Rows, number: int) -> Indices:
        key = self._model.profile.forest.primary[rows.table]
        if key is None:
            return self._choose(rows, number)
        pool = self._of_block(rows.table, number)
        above, _, _ = self._blocks.drawn(key.parent, number)
        origin = self._origin(key.parent, number)
        parents = rows.parents[key]
        owned = parents >= 0
        sizes = np.bincount(parents[owned] - above.start, minlength=above.count)
        place = np.maximum(origin, 0)
        whole = (origin >= 0) & (pool.counts[rows.table][place] == sizes)
        first = np.where(whole, pool.first[rows.table][place], -1)
        within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        begin = np.repeat(first, sizes)
        found = np.full(rows.count, -1, np.int64)
        found[: len(begin)] = np.where(begin >= 0, begin + within, -1)
        return found

    def _choose(self, rows: Rows, number: int) -> Indices:
        pool, tables = self._of_block(rows.table, number), self._tables[rows.table]
        model = self._model
        known, _ = features(model.profile, model.tables, tables, pool.codes, pool.owners)
        chances = model.discriminators[rows.table].chances(known)
        sizes = sizes_of(tables, pool)
        totals = sizes.sum(1) * rows.count // max(len(chances), 1)
        rng = self._request.streams.at("entities", rows.table, number)
        return chosen_places(chances, sizes, rows.count, totals, rng)

    def _of_block(self, table: str, number: int) -> Pool:
        """Return all entities that are drawn for a block of a table's root."""
        if self._pool is None:
            root = self._model.profile.forest.root_of(table)
            attempts = self._model.discriminators[root].attempts
            self._pool = joined_pools(
                [self._attempt(root, number, attempt) for attempt in range(attempts)]
            )
        return self._pool

    def _attempt(self, root: str, number: int, attempt: int) -> Pool:
        if attempt not in self._sources:
            streams = self._request.streams.under("entities", attempt)
            self._sources[attempt] = self._draws(replace(self._request, streams=streams))
        beside = self._sources[attempt].beside(root, number)
        return drawn_entities(self._model.profile, self._tables[root], number, beside)
