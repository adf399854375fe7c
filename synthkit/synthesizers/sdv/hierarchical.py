"""HMASynthesizer with the sampling loop under our control: exact counts, named seeds, one order.

The fitted models are SDV's, and so are the parameters of each parent's children. SDV's own loop
walks a Python set of roots, seeds every parent's children alike, and decodes once per parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sdv.metadata import Metadata
from sdv.multi_table import HMASynthesizer

from synthkit.randomness import Streams
from synthkit.synthesizers.sdv.seeding import global_numpy, reseed_transformers
from synthkit.synthesizers.sdv.view import ROW
from synthkit.synthesizers.structure.counts import fit_total

if TYPE_CHECKING:
    from synthkit.synthesizers.structure.references import Indices

__all__ = ["Branch", "Drawn", "Draws", "SeededHMA"]


@dataclass(frozen=True)
class Branch:
    """A foreign key of a child for one draw, names as SDV knows them.

    ``orphans`` rows have no parent; no parent has more than ``most`` children.
    """

    parent: str
    column: str
    orphans: int
    most: int | None = None


@dataclass(frozen=True)
class Draws:
    """What to draw: rows of every root and child, and the branches of each child.

    The first branch of a child is the one its rows are drawn under. ``shared`` roots come out
    the same in every draw under one seed.
    """

    roots: Mapping[str, int]
    children: Mapping[str, int]
    branches: Mapping[str, tuple[Branch, ...]]
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Drawn:
    """The modelled columns of each table, and the parent row of each child row (-1: none)."""

    frames: Mapping[str, pd.DataFrame]
    parents: Mapping[tuple[str, str], Indices]


class SeededHMA(HMASynthesizer):  # type: ignore[misc] # SDV has no types
    """SDV's HMA, fitted by SDV and drawn from block by block."""

    @classmethod
    def fitted(
        cls, metadata: Mapping[str, Any], frames: dict[str, pd.DataFrame], streams: Streams
    ) -> SeededHMA:
        """Learn frames that the metadata describes."""
        with global_numpy(streams, "fit"):
            model = cls(Metadata.load_from_dict(dict(metadata)), verbose=False)
            model.fit(frames)
        return model

    def _augment_tables(self, processed_data: Mapping[str, pd.DataFrame]) -> Any:
        """Put columns in order first: SDV takes them from a set, which differs by process."""
        return super()._augment_tables(_in_order(processed_data))

    def _model_tables(self, augmented_data: Mapping[str, pd.DataFrame]) -> None:
        """Put columns in order first: SDV adds those of a root's children from a set."""
        super()._model_tables(_in_order(augmented_data))

    def draw(self, draws: Draws, streams: Streams, block: int) -> Drawn:
        """Draw the rows of one block; a function of the model, the draws, streams and block."""
        sampled: dict[str, pd.DataFrame] = {}
        for root, count in draws.roots.items():
            place = streams.under(root) if root in draws.shared else streams.under(root, block)
            sampled[root] = self._draw_root(root, count, place)
        parents: dict[tuple[str, str], Indices] = {}
        frames = dict(sampled)
        for child, count in draws.children.items():
            place = streams.under(child, block)
            first, *others = draws.branches[child]
            if not count:
                parents |= {(child, b.column): np.zeros(0, np.int64) for b in (first, *others)}
                frames[child] = pd.DataFrame(columns=self._columns(child))
                continue
            frame, owners = self._draw_child(child, count, first, sampled[first.parent], place)
            parents[child, first.column] = owners
            for branch in others:
                parents[child, branch.column] = self._draw_further(
                    child, frame, branch, sampled[branch.parent], place
                )
            frames[child] = frame
        return Drawn(frames, parents)

    def _draw_root(self, table: str, count: int, streams: Streams) -> pd.DataFrame:
        """Draw rows of a root: its columns, and the parameters of each row's children."""
        synthesizer = self._table_synthesizers[table]
        raw = _sample(synthesizer, count, streams, "rows")
        frame = self._decoded(table, raw, streams)
        extended = [name for name in raw.columns if name.startswith("__")]
        frame = pd.concat([frame, raw[sorted(extended)]], axis=1)
        frame[ROW] = np.arange(count)
        return frame

    def _draw_child(
        self, table: str, count: int, branch: Branch, parent: pd.DataFrame, streams: Streams
    ) -> tuple[pd.DataFrame, Indices]:
        """Draw the children of every parent row from the model that the row's parameters give."""
        counts = self._child_counts(table, count, branch, parent, streams)
        owners = np.repeat(np.arange(len(parent)), counts)
        owners = np.concatenate([owners, np.full(count - len(owners), -1, np.int64)])
        pieces = []
        if self._columns(table):
            rows = parent.astype(object)
            for number in np.flatnonzero(counts):
                made = self._recreate_child_synthesizer(table, branch.parent, rows.iloc[number])
                pieces.append(_sample(made, int(counts[number]), streams, "rows", int(number)))
            if orphans := count - int(counts.sum()):
                null = f"__{table}__{branch.column}"
                # A key that SDV saw no null of: children of no parent are like any.
                made = self._null_child_synthesizers.get(null, self._table_synthesizers[table])
                pieces.append(_sample(made, orphans, streams, "orphans"))
        raw = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(index=range(count))
        return self._decoded(table, raw, streams), owners

    def _draw_further(
        self,
        table: str,
        frame: pd.DataFrame,
        branch: Branch,
        parent: pd.DataFrame,
        streams: Streams,
    ) -> Indices:
        """Choose the parent rows of a further key by likelihood, as SDV does."""
        column = _num_rows(table, branch.column)
        orphans = branch.orphans if f"__{table}__{branch.column}" in self._null_keys else 0
        asked = Branch(branch.parent, branch.column, orphans, branch.most)
        counted = parent.copy()
        counted[column] = self._child_counts(table, len(frame), asked, parent, streams)
        if not self._columns(table):
            rng = streams.at("further", branch.column)
            owners = np.repeat(np.arange(len(parent)), counted[column])
            owners = np.concatenate([owners, np.full(len(frame) - len(owners), -1, np.int64)])
            return rng.permutation(owners)
        with global_numpy(streams, "further", branch.column):
            found = self._find_parent_ids(frame, counted, table, branch.parent, branch.column)
        picks = found.astype(np.float64).to_numpy()
        return np.where(np.isnan(picks), -1, picks).astype(np.int64)

    def _child_counts(
        self, table: str, count: int, branch: Branch, parent: pd.DataFrame, streams: Streams
    ) -> Indices:
        """Return the children of each parent row as SDV drew them, fitted to the total."""
        column = _num_rows(table, branch.column)
        total = count - branch.orphans
        if branch.most is not None:
            total = min(total, branch.most * len(parent))
        drawn = np.nan_to_num(np.asarray(parent[column], np.float64))
        bounded = np.clip(
            np.rint(drawn), self._min_child_rows[column], self._max_child_rows[column]
        )
        rng = streams.at("counts", branch.column)
        return fit_total(bounded.astype(np.int64), total, rng, most=branch.most)

    def _decoded(self, table: str, raw: pd.DataFrame, streams: Streams) -> pd.DataFrame:
        """Turn a copula's numbers into the columns that SDV was given."""
        synthesizer = self._table_synthesizers[table]
        reseed_transformers(synthesizer, streams, "decode")
        with global_numpy(streams, "decode"):
            frame: pd.DataFrame = synthesizer._data_processor.reverse_transform(raw)
        return frame[[name for name in self._columns(table) if name in frame.columns]]

    def _columns(self, table: str) -> list[str]:
        """Return the modelled columns of a table."""
        columns = self.metadata.tables[table].columns
        return [name for name, about in columns.items() if about["sdtype"] != "id"]

    @property
    def _null_keys(self) -> set[str]:
        return set(self._null_child_synthesizers)


def _sample(synthesizer: Any, count: int, streams: Streams, *names: str | int) -> pd.DataFrame:
    """Draw from a table's copula; SDV would start every copula from one fixed seed."""
    synthesizer._model.set_random_state(streams.integer(*names, bits=31))
    with global_numpy(streams, *names):
        drawn: pd.DataFrame = synthesizer._sample(count)
    return drawn


def _in_order(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: frame[sorted(frame.columns)] for name, frame in frames.items()}


def _num_rows(table: str, column: str) -> str:
    """Return SDV's name of the column of a parent that holds its number of children."""
    return f"__{table}__{column}__num_rows"
