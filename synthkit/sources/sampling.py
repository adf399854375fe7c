"""A sample of a large data set: root entities with all of their rows, and what these point at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.contracts.source import OpenSource, SamplingSource
from synthkit.dataset import Dataset
from synthkit.schema.storage import arrow_schema
from synthkit.subsetting.closure import Mask, closed, filtered, links
from synthkit.subsetting.entities import EntityPlan, plan_entities, row_hashes

__all__ = ["sample_dataset", "sample_source"]

_TRIES = 6
_OVER = 1.1
"""A sample may be larger than asked for by this; beyond it, a smaller share is tried."""
_SCANNED = 0.1
"""Share of a table's keys from which on reading all of it is quicker than asking for rows."""
_SPACE = float(2**64)

Taken = TypeVar("Taken")


def sample_dataset(data: Dataset, max_rows: int) -> Dataset:
    """Return a data set of about ``max_rows`` rows; its keys are held in memory, no more."""
    counts = data.row_counts
    plan = plan_entities(data.schema, counts, max_rows)
    found, hashes = links(data), {}
    for root in plan.roots:
        key = data.schema.table(root).primary_key
        hashes[root] = row_hashes(data.arrow(root, key))

    def take(share: float) -> Mapping[str, Mask]:
        chosen = {table: np.full(count, table in plan.whole) for table, count in counts.items()}
        for root, own in hashes.items():
            chosen[root] = _below(own, share)
        return closed(found, chosen, plan.down)

    def size(masks: Mapping[str, Mask]) -> int:
        return sum(int(each.sum()) for each in masks.values())

    return filtered(data, _shrunk(take, size, plan, counts, max_rows))


def sample_source(opened: SamplingSource, max_rows: int, counts: Mapping[str, int]) -> OpenSource:
    """Return a source of about ``max_rows`` rows of a source that finds rows by their keys."""
    plan = plan_entities(opened.outline(), counts, max_rows)
    tables = _shrunk(
        lambda share: _Gathering(opened, counts, plan, share).run(),
        lambda tables: sum(each.num_rows for each in tables.values()),
        plan,
        counts,
        max_rows,
    )
    return opened.holding(tables)


def _shrunk(
    take: Callable[[float], Taken],
    size: Callable[[Taken], int],
    plan: EntityPlan,
    counts: Mapping[str, int],
    max_rows: int,
) -> Taken:
    """Take a share of the entities that makes about ``max_rows`` rows, parents counted in."""
    whole = sum(counts[name] for name in plan.whole)
    share = max(max_rows - whole, 1) / max(sum(counts.values()) - whole, 1)
    taken = take(share)
    for _ in range(_TRIES):
        found = size(taken)
        if found <= _OVER * max_rows:
            break
        share *= max(0.1, 0.95 * max_rows / found)
        taken = take(share)
    return taken


def _below(hashes: NDArray[np.uint64], share: float) -> Mask:
    """Return which rows are among a share of all; those of a smaller share are among them."""
    return np.ones(len(hashes), bool) if share >= 1 else hashes < np.uint64(share * _SPACE)


class _Gathering:
    """Collects the rows of a sample, table by table, from a source that finds rows by keys."""

    def __init__(
        self, opened: SamplingSource, counts: Mapping[str, int], plan: EntityPlan, share: float
    ) -> None:
        self._opened = opened
        self._schema = opened.outline()
        self._counts = counts
        self._plan = plan
        self._share = share
        self._rows: dict[str, pa.Table] = {}
        for table in self._schema.tables:
            kinds = arrow_schema(table.column_names, [c.storage for c in table.columns])
            self._rows[table.name] = kinds.empty_table()

    def run(self) -> dict[str, pa.Table]:
        """Return the sample: roots, what hangs on them, whole tables, and what is pointed at."""
        for name in self._plan.whole:
            self._add(name, self._opened.read_table(name))
        for root in self._plan.roots:
            self._add(root, self._root_rows(root))
        for key in self._plan.down:
            keys = self._keys(key.parent, key.parent_columns, key.columns)
            self._add(key.table, self._rows_with(key.table, key.columns, keys))
        self._climb()
        return {name: self._sorted(name) for name in self._rows}

    def _root_rows(self, root: str) -> Iterator[pa.Table]:
        primary = self._schema.table(root).primary_key
        if primary is None or self._share >= _SCANNED:
            for chunk in self._opened.read_table(root):
                hashed = chunk.select(list(primary)) if primary else chunk
                yield chunk.filter(pa.array(_below(row_hashes(hashed), self._share)))
            return
        found = [
            chunk.filter(pa.array(_below(row_hashes(chunk), self._share)))
            for chunk in self._opened.read_table(root, primary)
        ]
        if found:
            yield from self._opened.find_rows(root, primary, pa.concat_tables(found))

    def _climb(self) -> None:
        """Take what rows point at, until nothing is missing."""
        growing = True
        while growing:
            growing = False
            for key in self._schema.foreign_keys:
                wanted = self._keys(key.table, key.columns, key.parent_columns)
                known = self._keys(key.parent, key.parent_columns, key.parent_columns)
                missing = _without(wanted, known)
                if not missing.num_rows:
                    continue
                before = self._rows[key.parent].num_rows
                found = self._rows_with(key.parent, key.parent_columns, missing)
                self._add(key.parent, found, key.parent_columns)
                growing |= self._rows[key.parent].num_rows > before

    def _keys(self, table: str, columns: Sequence[str], names: Sequence[str]) -> pa.Table:
        """Return the distinct keys in some columns of the rows so far, under other names."""
        rows = self._rows[table].select(list(columns)).rename_columns(list(names)).drop_null()
        return rows.group_by(list(names), use_threads=False).aggregate([])

    def _rows_with(self, table: str, columns: Sequence[str], keys: pa.Table) -> Iterator[pa.Table]:
        described = self._schema.table(table)
        kinds = arrow_schema(list(columns), [described.column(name).storage for name in columns])
        keys = keys.select(list(columns)).cast(kinds)
        if keys.num_rows < max(1, _SCANNED * self._counts[table]):
            yield from self._opened.find_rows(table, columns, keys)
            return
        for chunk in self._opened.read_table(table):
            yield chunk.join(keys, list(columns), join_type="left semi", use_threads=False)

    def _add(
        self, table: str, chunks: Iterator[pa.Table], unique: Sequence[str] | None = None
    ) -> None:
        """Add rows that are not there yet: known by the primary key, or by the key given."""
        key = self._schema.table(table).primary_key or unique
        have = self._rows[table]
        parts = [have]
        for chunk in chunks:
            fresh = chunk.select(have.column_names).cast(have.schema)
            if key is not None and have.num_rows:
                fresh = _without(fresh, have.select(list(key)))
            parts.append(fresh)
        self._rows[table] = pa.concat_tables(parts).combine_chunks()

    def _sorted(self, table: str) -> pa.Table:
        primary = self._schema.table(table).primary_key
        rows = self._rows[table]
        return rows.sort_by([(name, "ascending") for name in primary]) if primary else rows


def _without(rows: pa.Table, known: pa.Table) -> pa.Table:
    """Return rows whose values in the columns of ``known`` are not among them."""
    names = known.column_names
    known = known.cast(rows.select(names).schema)
    return rows.join(known, names, join_type="left anti", use_threads=False)
