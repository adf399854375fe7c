"""Canaries: invented records planted among learned rows. Do they surface in what is sampled?

Whoever learned a canary knows it; its twins were drawn in the same way and never learned. So what
tells a canary from its twins in synthetic rows is memory, not a pattern of the population.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError, UsageError
from synthkit.metrics.auc import Interval
from synthkit.metrics.columns import Floats, Integers, Kind, scored_columns, to_floats
from synthkit.metrics.entities import entities_of
from synthkit.metrics.privacy.distances import Distances, nearest
from synthkit.metrics.privacy.intervals import gain, share_interval, wilson
from synthkit.metrics.privacy.records import Records, midranks
from synthkit.metrics.samples import drawn_rows
from synthkit.randomness import Streams
from synthkit.schema import Schema

__all__ = ["DRAWS", "Canaries", "Planted", "plant", "surfacing"]

DRAWS = 50
"""Records drawn for each place: the canary and its 49 twins."""

_LARGEST_SHARE = 0.25
_LEAST_COLUMNS = 2
_MOST_SYNTHETIC = 100_000
_BY_CHANCE = 0.25


@dataclass(frozen=True)
class Planted:
    """A data set with canaries in it.

    ``entities`` is the table that they were planted in, with a row of each table below.
    ``records[table]`` holds the columns that were invented, `DRAWS` times as many rows as canaries
    in that table: first the canaries, then all first twins, all second ones. ``digest`` tells
    whether the same canaries are planted again.
    """

    data: Dataset
    entities: str
    count: int
    records: Mapping[str, pa.Table]
    digest: str


@dataclass(frozen=True)
class Canaries:
    """What became of a table's canaries.

    ``nearer`` is the share of unlearned twins that are farther from any synthetic row than their
    canary; .5 is chance. ``surfaced`` is the share of canaries that a synthetic row has word for
    word, ``base`` that of twins, and ``gain`` what learning adds. ``exposure`` is in bits: log2 of
    50 less log2 of the canary's rank among its twins, in the mean; chance gives about 1.2 and 5.6
    is the most. ``epsilon`` is the least that differential privacy could claim.
    """

    table: str
    count: int
    columns: int
    nearer: Interval
    surfaced: Interval
    base: Interval
    gain: Interval
    exposure: float
    epsilon: float


def plant(data: Dataset, count: int, streams: Streams) -> Planted:
    """Overwrite rows of some root entities by invented records.

    Of ``count`` entities of the first root table (`find_entities`) one row in every table is
    changed: each column that carries content and is in no key or rule gets the value of another
    row, drawn for each column alone. So every value is real, and their combination is nobody's.
    Tables where such a combination is no secret, for some row is likely to have it, are left out.
    Keys, references, rules, and numbers of rows stay as they are.

    Raises:
        UsageError: ``count`` is below 1, or more than a quarter of the entities.
        UnsupportedError: There are no entities, or no table has two columns to change.
    """
    loaded = data.load()
    entities, _ = entities_of(loaded)
    root = entities.roots[0] if entities.roots else ""
    start, end = entities.ranges.get(root, (0, 0))
    most = int(_LARGEST_SHARE * (end - start))
    if not most:
        raise UnsupportedError(
            "There are too few rows to plant canaries among.", hint="Fit without --canaries."
        )
    if not 1 <= count <= most:
        raise UsageError(
            f"{count:,} canaries cannot be planted among {end - start:,} rows of {root}.",
            hint=f"Give 1 to {most:,}: more would change what is learned.",
        )
    chosen = start + streams.at("canaries", root).permutation(end - start)[:count]
    tables, records = {}, {}
    digest = blake2b(digest_size=16)
    for table in loaded:
        tables[table] = rows = loaded.arrow(table)
        owner = entities.owners.get(table)
        names = _free_columns(loaded.schema, table, rows)
        if owner is None or len(names) < _LEAST_COLUMNS or _occurs(rows, names) > _BY_CHANCE:
            continue
        places = _first_rows(owner, chosen)
        if not len(places):
            continue
        rng = streams.at("canaries", "records", table)
        drawn = {
            name: rows.column(name).take(pa.array(rng.integers(0, len(rows), DRAWS * len(places))))
            for name in names
        }
        records[table] = pa.table(drawn)
        tables[table] = _overwritten(rows, places, records[table].slice(0, len(places)))
        digest.update(f"{table}:{','.join(names)}:".encode() + places.tobytes())
    if not records:
        raise UnsupportedError(
            "No table has enough columns outside keys and rules to make canaries of.",
            hint="Fit without --canaries.",
        )
    planted = Dataset.in_memory(
        loaded.schema, tables, reasons=loaded.reasons, notices=loaded.notices, origin=loaded.origin
    )
    return Planted(planted, root, count, records, digest.hexdigest())


def surfacing(planted: Planted, synthetic: Dataset, streams: Streams) -> tuple[Canaries, ...]:
    """Measure how much nearer synthetic rows are to canaries than to their unlearned twins.

    Formula: over the canaries, the mean share of its 49 twins that are farther from the nearest
    synthetic row (ties a half); distances as in `distances.blocks`, among 100,000 synthetic rows
    at most. A record surfaced if its distance is 0. Exposure: log2(50 / rank). Epsilon: ln(p /
    (1 / 50)) with the lower 95% bound (Clopper and Pearson 1934) of the share p of canaries that
    rank first. Range: 0 to 1, best .5 (``nearer``). Source: Carlini et al. 2019; Jagielski et al.
    2020.
    """
    return tuple(
        _measured(planted, table, synthetic, streams.under(table)) for table in planted.records
    )


def _measured(planted: Planted, table: str, synthetic: Dataset, streams: Streams) -> Canaries:
    records = planted.records[table]
    names = records.column_names
    scored = scored_columns(planted.data.schema, table)
    kinds: list[Kind] = [scored[name] for name in names]
    made = synthetic.arrow(table, names)
    made = made.take(pa.array(drawn_rows(len(made), _MOST_SYNTHETIC, streams, "synthetic")))
    real = planted.data.arrow(table, names)
    sides: tuple[list[Floats], list[Floats]] = ([], [])
    for name, kind in zip(names, kinds, strict=True):
        parts, _ = to_floats([each.column(name) for each in (records, made, real)], kind)
        known = np.sort(parts[2][~np.isnan(parts[2])])
        for side, values in zip(sides, parts, strict=False):
            side.append(midranks(values, known, kind))
    targets, others = (_records(side) for side in sides)
    count = len(records) // DRAWS
    if len(others):
        far, _ = nearest(targets, others, kinds, np.arange(len(names)))
    else:
        far = np.full(len(targets), np.inf, np.float32)
    return _told(table, len(names), far.reshape(DRAWS, count))


def _told(table: str, columns: int, far: Distances) -> Canaries:
    """Return what distances float32 (draws, canaries), the canaries first, say."""
    from scipy.stats import beta  # a second to import, and only a report needs it

    count = far.shape[1]
    ahead = (far[1:] < far[0]).sum(axis=0)
    level = (far[1:] == far[0]).sum(axis=0)
    twins = DRAWS - 1
    rank = 1 + ahead + level / 2
    first = float(np.where(ahead == 0, 1 / (1 + level), 0.0).sum())
    surfaced = wilson(int((far[0] == 0).sum()), count)
    base = share_interval(
        (far[1:] == 0).ravel().astype(np.float64), np.tile(np.arange(count), twins)
    )
    hits = math.floor(first)
    least = float(beta.ppf(0.05, hits, count - hits + 1)) if hits else 0.0
    return Canaries(
        table,
        count,
        columns,
        share_interval((twins - ahead - level / 2) / twins, np.arange(count)),
        surfaced,
        base,
        gain(surfaced, base),
        float(np.mean(np.log2(DRAWS / rank))),
        max(0.0, math.log(least * DRAWS)) if least else 0.0,
    )


def _records(columns: list[Floats]) -> Records:
    places = np.asfortranarray(np.column_stack(columns).astype(np.float32))
    return Records(places, np.empty((len(places), 0)), np.arange(len(places)))


def _free_columns(schema: Schema, table: str, rows: pa.Table) -> list[str]:
    """Return the columns that carry content, differ between rows, and are in no key or rule."""
    bound = {place for rule in schema.rules for place in rule.touches()}
    keys = {name for key in schema.table(table).alternate_keys for name in key}
    return [
        name
        for name in scored_columns(schema, table)
        if (table, name) not in bound and name not in keys and len(rows.column(name).unique()) > 1
    ]


def _occurs(rows: pa.Table, names: Sequence[str]) -> float:
    """Return how many of the rows are expected to agree with a record, by chance."""
    expected = float(len(rows))
    for name in names:
        counts = rows.column(name).value_counts().field("counts").to_numpy()
        expected *= float(((counts / len(rows)) ** 2).sum())
    return expected


def _first_rows(owner: Integers, chosen: Integers) -> Integers:
    """Return the first row of each chosen entity that has one, in the order of rows."""
    entities, first = np.unique(owner, return_index=True)
    return np.sort(first[np.isin(entities, chosen)])


def _overwritten(rows: pa.Table, places: Integers, records: pa.Table) -> pa.Table:
    """Return the rows with those at ``places`` replaced, in the columns of ``records``."""
    source = np.arange(len(rows))
    source[places] = len(rows) + np.arange(len(places))
    for name in records.column_names:
        at, column = rows.column_names.index(name), rows.column(name)
        joined = pa.chunked_array([*column.chunks, *records.column(name).chunks], column.type)
        rows = rows.set_column(at, rows.schema.field(name), joined.take(pa.array(source)))
    return rows
