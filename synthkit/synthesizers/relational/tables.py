"""One table's model: its fields in a chain, each conditional on all before it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams
from synthkit.schema import ForeignKey
from synthkit.synthesizers.relational.coding.companions import Companion
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.lookups import Lookup
from synthkit.synthesizers.relational.coding.prepared import Siblings
from synthkit.synthesizers.relational.coding.rest import Rest
from synthkit.synthesizers.relational.drawing.kernel import (
    Bundle,
    Recurrence,
    SlotLayout,
    bundle,
    recurrence,
)
from synthkit.synthesizers.relational.drawing.parity import Parity
from synthkit.synthesizers.relational.trees.forest import Forest, ForestSettings, learn_forest
from synthkit.synthesizers.structure.references import Indices

__all__ = ["TableModel", "Training", "codes_at", "learn_table"]

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class TableModel:
    """What was learned of a table.

    ``rests`` come in the order in which they are made; ``links`` give each row's inputs beside
    its primary parent.
    """

    fields: tuple[ColumnField, ...]
    lookups: tuple[Lookup, ...]
    rests: tuple[Rest, ...]
    links: tuple[ForeignKey, ...]
    layout: SlotLayout
    forests: tuple[Forest, ...]
    companion: Companion | None = None
    parity: Parity = field(default_factory=Parity.none)

    @cached_property
    def trees(self) -> Bundle:
        """The forests laid end to end."""
        return bundle(self.forests)

    @cached_property
    def recurrence(self) -> Recurrence:
        """Which fields repeat or go on from the sibling before."""
        return recurrence(self.fields)


@dataclass(frozen=True)
class Training:
    """A table's coded rows: own (fields, rows), parent slots and given slots (slots, rows).

    ``learned_from`` tells which rows teach each field. The ``ordered`` ones tell of each slot
    whether its codes have an order.
    """

    own: Codes
    parent: Codes
    given: Codes
    siblings: Siblings
    learned_from: Sequence[npt.NDArray[np.bool_] | None]
    parent_ordered: tuple[bool, ...]
    given_ordered: tuple[bool, ...]
    own_ordered: tuple[bool, ...]


def codes_at(source: Codes, rows: Indices) -> Codes:
    """Return the codes (slots, len(rows)) of given rows; 0 where a row is -1."""
    if not source.shape[1]:
        return np.zeros((len(source), len(rows)), np.uint8)
    return np.where(rows >= 0, source[:, np.maximum(rows, 0)], 0).astype(np.uint8)


def learn_table(
    data: Training, streams: Streams, settings: ForestSettings, names: list[str], workers: int
) -> tuple[SlotLayout, tuple[Forest, ...]]:
    """Learn a forest for each field, side by side."""
    layout = SlotLayout(len(data.parent), len(data.given), len(data.own))
    order = data.siblings.order
    first = data.siblings.first[order]
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
        taught = data.learned_from[number]
        rows: npt.NDArray[np.bool_] | slice = slice(None)
        if taught is not None and taught.any():
            rows = taught[order]
        return learn_forest(
            slots[:, rows],
            ordered,
            own[number, rows],
            data.own_ordered[number],
            streams.under(names[number]),
            settings,
            layout.usable(number),
        )

    # The last columns have most to depend on: begun first, they do not keep one worker waiting.
    with ThreadPoolExecutor(workers) as pool:
        forests = list(pool.map(learn, reversed(range(len(own)))))
    return layout, tuple(reversed(forests))
