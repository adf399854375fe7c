"""Rows that are not part of a sample, from which those that break a rule may take columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from synthkit.contracts.conditions import Conditions
from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.synthesizers.sampling.blockwise import BlockDrawing
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.rows import plan_rows

__all__ = ["Spare"]

_ENOUGH = 1_000
"""Rows from which on no further block is drawn."""


class Spare:
    """Rows of a sample as large as what was learned, drawn block by block when they are needed.

    Among these rows, those that break a rule stay as they are.
    """

    def __init__(
        self,
        profile: Profile,
        request: SampleRequest,
        drawing: Callable[[SampleRequest, Spare], BlockDrawing],
    ) -> None:
        """Store how samples are drawn."""
        self.profile = profile
        self._request = request
        self._drawing = drawing
        self._kept: dict[str, pa.Table] = {}

    def __call__(self, table: str) -> pa.Table | None:
        """Return some rows of a table, always the same ones; None if all are spare."""
        if table not in self._kept:
            self._kept[table] = self._drawn(table)
        return self._kept[table]

    def _drawn(self, table: str) -> pa.Table:
        plan = plan_rows(self.profile.forest, self.profile.row_counts, RowTargets())
        request = replace(
            self._request,
            plan=plan,
            streams=self._request.streams.under("spare"),
            conditions=Conditions(),
            kept={},
        )
        drawing = self._drawing(request, NoSpare(self.profile, request, self._drawing))
        layout = Layout(self.profile.forest, plan)
        pieces: list[pa.Table] = []
        for number in range(layout.block_count(self.profile.forest.root_of(table))):
            pieces.append(drawing.table(table, number))
            if sum(piece.num_rows for piece in pieces) >= _ENOUGH:
                break
        return pa.concat_tables(pieces)


class NoSpare(Spare):
    """What spare rows themselves have: no further ones."""

    def __call__(self, table: str) -> pa.Table | None:
        """Return None."""
        return None
