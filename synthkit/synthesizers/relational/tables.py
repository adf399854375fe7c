"""One table's model: its fields in a chain, each conditional on all before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams
from synthkit.schema import ForeignKey
from synthkit.synthesizers.relational.fields import ColumnField
from synthkit.synthesizers.relational.forest import Forest, ForestSettings, learn_forest
from synthkit.synthesizers.relational.kernel import Bundle, SlotLayout, bundle
from synthkit.synthesizers.relational.lookups import Lookup
from synthkit.synthesizers.structure.references import Indices

__all__ = ["TableModel", "Training", "learn_table", "sibling_order"]

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class TableModel:
    """What was learned of a table. ``links`` give each row's inputs beside its primary parent."""

    fields: tuple[ColumnField, ...]
    lookups: tuple[Lookup, ...]
    links: tuple[ForeignKey, ...]
    layout: SlotLayout
    forests: tuple[Forest, ...]

    @cached_property
    def trees(self) -> Bundle:
        """The forests laid end to end."""
        return bundle(self.forests)


@dataclass(frozen=True)
class Training:
    """A table's coded rows: own (fields, rows), parent slots and given slots (slots, rows).

    ``owner`` is the number of each row's parent row, or a number of its own below zero.
    ``ordered`` tells of each slot of parent, given and own whether its codes have an order.
    """

    own: Codes
    parent: Codes
    given: Codes
    owner: Indices
    clock: npt.NDArray[np.float64]
    parent_ordered: tuple[bool, ...]
    given_ordered: tuple[bool, ...]
    own_ordered: tuple[bool, ...]


def sibling_order(owner: Indices, clock: npt.NDArray[np.float64]) -> Indices:
    """Return rows parent by parent, siblings by clock, then as they came."""
    return np.lexsort((np.arange(len(owner)), clock, owner))


def learn_table(
    data: Training, streams: Streams, settings: ForestSettings, names: list[str], workers: int
) -> tuple[SlotLayout, tuple[Forest, ...]]:
    """Learn a forest for each field, side by side."""
    layout = SlotLayout(len(data.parent), len(data.given), len(data.own))
    order = sibling_order(data.owner, data.clock)
    owner = data.owner[order]
    first = np.ones(len(order), bool)
    first[1:] = owner[1:] != owner[:-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(order)))
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    left = np.repeat(sizes, sizes) - place
    own = data.own[:, order]
    previous = np.zeros_like(own)
    previous[:, 1:] = np.where(first[1:], 0, own[:, :-1])
    slots = np.vstack(
        [
            data.parent[:, order],
            np.minimum(place + 1, 255)[None].astype(np.uint8),
            np.minimum(left, 255)[None].astype(np.uint8),
            previous,
            data.given[:, order],
            own,
        ]
    )
    ordered = np.asarray(
        [
            *data.parent_ordered,
            True,
            True,
            *data.own_ordered,
            *data.given_ordered,
            *data.own_ordered,
        ],
        bool,
    )

    def learn(number: int) -> Forest:
        return learn_forest(
            slots,
            ordered,
            own[number],
            data.own_ordered[number],
            streams.under(names[number]),
            settings,
            layout.usable(number),
        )

    with ThreadPoolExecutor(workers) as pool:
        return layout, tuple(pool.map(learn, range(len(own))))
