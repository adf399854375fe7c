"""Parts with edge cases: the same that the whole sample gets, each part by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from synthkit.dataset import TableChunk
from synthkit.edge_cases.kinds import Wish
from synthkit.edge_cases.placing import Part, Placing, even
from synthkit.errors import UnsupportedError

if TYPE_CHECKING:
    from synthkit.parts.sampled import SampledRows

__all__ = ["PlacedParts"]


class PlacedParts:
    """The parts of a sample, with edge cases among their rows."""

    def __init__(self, parts: SampledRows, asked: Mapping[str, Any], *, mixed: bool) -> None:
        """Store what is asked for: ``share``, ``kinds``, ``invalid`` and ``seed``.

        ``mixed`` says whether columns may hold text among values. Raises `UnsupportedError` for a
        model of which nobody knows where its parts begin.
        """
        self.schema = parts.schema
        self._parts = parts
        self._opening = parts.opening()
        if self._opening is None and len(parts) > 1:
            raise UnsupportedError(
                "Edge cases are not written in parts of what this synthesizer draws.",
                hint="Leave out --edge-cases or --parts, or fit with relational or independent.",
            )
        wish = Wish(asked["share"], tuple(asked["kinds"]), asked["invalid"])
        rows = None if self._opening is None else self._opening.rows
        self._placing = Placing(self.schema, wish, asked["seed"], mixed=mixed, opening=rows)
        self._learned = False
        self._told: dict[int, Mapping[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Draw the rows of a part, and put its cases among them."""
        self._learn()
        chunks = self._parts.chunks(number)
        if self._opening is None:
            chunks = even(chunks, self._placing)
        part = Part(self._placing, self._parts.starts(number) if number else None)
        yield from part.placed(chunks)
        self._told[number] = part.account.as_json()

    def told(self, number: int) -> Mapping[str, Any]:
        """Return the account of a part whose rows were drawn, once."""
        return self._told.pop(number)

    def _learn(self) -> None:
        """Draw the first rows of all tables, once in a process: every part goes by them."""
        if self._learned or self._opening is None:
            return
        first: dict[str, list[pa.Table]] = {}
        for request in self._opening.requests:
            for chunk in self._parts.drawn(request):
                rows = self._placing.plain(chunk.table, chunk.data)
                first.setdefault(chunk.table, []).append(rows)
        for table, rows in first.items():
            self._placing.learn(table, pa.concat_tables(rows))
        self._learned = True
