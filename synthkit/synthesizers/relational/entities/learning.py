"""Learns for each root table what tells the entities that a model draws from the learned ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.contracts.values import Values
from synthkit.errors import SynthkitError
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding.prepared import Prepared
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.drawing.kept import Blocks, Kept
from synthkit.synthesizers.relational.entities.chosen import as_it_draws
from synthkit.synthesizers.relational.entities.discriminator import (
    Discriminator,
    learn_discriminator,
)
from synthkit.synthesizers.relational.entities.features import features, tables_of
from synthkit.synthesizers.relational.entities.pool import Pool, drawn_entities, joined_pools
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import plan_rows

__all__ = ["learn_discriminators"]

Codes = npt.NDArray[np.uint8]
_FEWEST = 200
"""Entities of each kind that it takes to tell both apart."""
_MOST = 20_000
"""Entities of each kind that are looked at."""
_SHARED = 5
"""Entities that a label is learned from, times the number that must share what is stored."""
_TIMES = 4
"""Drawn entities for each learned one, at most."""


def learn_discriminators(
    model: Knowledge, prepared: Prepared, streams: Streams, values: Values, progress: Progress
) -> dict[str, Discriminator]:
    """Return by root table what tells drawn entities; roots where nothing does are left out.

    Args:
        model: what was learned, without discriminators.
        prepared: what it was learned from.
        streams: for the entities that are drawn, and the trees.
        values: as samples need them.
        progress: advances by one for each root table, and says what was found.
    """
    found: dict[str, Discriminator] = {}
    for root in model.profile.forest.roots:
        told = _told(model, prepared, root, streams.under("entities", root), values)
        if isinstance(told, Discriminator):
            found[root] = told
            times = f"{told.attempts} are drawn for each that is kept"
            progress.say(f"Entity rejection: of {root!r}, {times}.")
        elif root not in model.profile.fixed:
            progress.say(f"Entity rejection: of {root!r}, none; {told}.")
        progress.advance()
    return found


def _told(
    model: Knowledge, prepared: Prepared, root: str, streams: Streams, values: Values
) -> Discriminator | str:
    """Return what tells drawn entities of a root from learned ones, or why nothing does."""
    tables = tables_of(model.profile, model.tables, root)
    if not tables:
        return "its rows cannot be drawn apart from those of other tables"
    if model.profile.row_counts[root] < _FEWEST:
        return f"{_FEWEST} rows are needed to learn from"
    drawn = _drawn(model, tables, streams.under("drawn"), values)
    if drawn is None:
        return "no sample of this size can be drawn"
    rng = streams.at("trees")
    real, ordered = _learned(model, prepared, tables)
    fewest = _SHARED * max(model.settings.protect, 1)
    learned = learn_discriminator(_some(real, rng), _some(drawn, rng), ordered, fewest, rng)
    return learned or "drawn ones cannot be told from real ones"


def _learned(
    model: Knowledge, prepared: Prepared, tables: list[str]
) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Return the features of all learned entities, and which have an order."""
    owners: dict[str, Indices] = {}
    for table in tables:
        key = model.profile.forest.primary[table]
        if key is None:
            owners[table] = np.arange(prepared.codes[table].shape[1])
        else:
            above = prepared.parents[key]
            owners[table] = np.where(above >= 0, owners[key.parent][np.maximum(above, 0)], -1)
    return features(model.profile, model.tables, tables, prepared.codes, owners)


def _drawn(model: Knowledge, tables: list[str], streams: Streams, values: Values) -> Codes | None:
    """Return the features of entities that the model draws; None if it can draw no sample."""
    learned = model.profile.row_counts[tables[0]]
    targets = RowTargets(scale=min(_MOST / learned, _TIMES))
    plan = plan_rows(model.profile.forest, model.profile.row_counts, targets)
    drawing = Drawing(
        as_it_draws(model), SampleRequest(plan, streams, values), kept=Kept(Blocks(0))
    )
    try:
        pool = joined_pools(list(_blocks(model, tables, drawing)))
    except SynthkitError:  # no sample of this size can be, which sampling tells who asks for it
        return None
    return features(model.profile, model.tables, tables, pool.codes, pool.owners)[0]


def _blocks(model: Knowledge, tables: list[str], drawing: Drawing) -> Iterator[Pool]:
    for number in range(drawing.skeleton.layout.block_count(tables[0])):
        beside = drawing.beside(tables[0], number)
        yield drawn_entities(model.profile, tables, number, beside)


def _some(entities: Codes, rng: np.random.Generator) -> Codes:
    count = entities.shape[1]
    if count <= _MOST:
        return entities
    return entities[:, np.sort(rng.choice(count, _MOST, replace=False))]
