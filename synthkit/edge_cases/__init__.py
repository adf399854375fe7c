"""Edge cases: a share of the rows of any data set made into what breaks programs, on its way out.

It stands between what makes rows and what writes them, and knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from synthkit.dataset import Dataset, Streamed, TableChunk
from synthkit.edge_cases.account import FILE, Account
from synthkit.edge_cases.kinds import INVALID_KINDS, KINDS, Wish, read_wish
from synthkit.edge_cases.placing import Part, Placing, even
from synthkit.errors import UsageError
from synthkit.history import History
from synthkit.lineage.origins import history_of
from synthkit.randomness import draw_seed

__all__ = ["FILE", "INVALID_KINDS", "KINDS", "EdgeCases", "Wish", "read_wish", "with_edge_cases"]


class EdgeCases(Streamed):
    """A data set with edge cases; what writes it puts ``edge_cases.csv`` beside its tables."""

    def __init__(
        self, data: Dataset, wish: Wish, seed: int, history: Callable[[], History]
    ) -> None:
        """Store what gets which cases. ``history`` tells how the data was made."""
        if FILE.partition(".")[0] in data:
            raise UsageError(
                "The data has a table 'edge_cases', which is what the list of cases is called.",
                hint="Rename the table.",
            )
        super().__init__(data.schema, self._values, origin=data.origin, history=self._told)
        self.wish = wish
        self.seed = seed
        self.data = data
        self._made_by = history
        self._account: Account | None = None
        self._mixed = False

    @property
    def asked(self) -> Mapping[str, Any]:
        """What is asked for, as plain values: the arguments of `with_edge_cases`."""
        return {
            "share": self.wish.share,
            "kinds": list(self.wish.kinds),
            "invalid": self.wish.invalid,
            "seed": self.seed,
        }

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows by kind of case, those that break the schema as ``invalid.<kind>``."""
        return dict(sorted(self._done().counts.items()))

    @property
    def notes(self) -> list[str]:
        """What was asked for and did not fit."""
        return self._done().notes(self.wish, mixed=self._mixed)

    def attachments(self) -> Mapping[str, str]:
        """Return ``edge_cases.csv``."""
        return {FILE: self._done().text()}

    def stream_mixed(self) -> Iterator[TableChunk]:
        """Yield all rows once, text that is no value of its column among them if asked for."""
        return self._placed(mixed=True)

    def placing(self, *, mixed: bool) -> Placing:
        """Return what places the cases, in any part of the rows."""
        return Placing(self.schema, self.wish, self.seed, mixed=mixed, opening=self.data.opening)

    def account_for(self, done: Account, *, mixed: bool) -> None:
        """Store what was done by others, who wrote all rows in parts."""
        self._account, self._mixed = done, mixed

    def _values(self) -> Iterator[TableChunk]:
        return self._placed(mixed=False)

    def _placed(self, *, mixed: bool) -> Iterator[TableChunk]:
        placing = self.placing(mixed=mixed)
        part = Part(placing)
        chunks = self.data.stream()
        yield from part.placed(even(chunks, placing) if self.data.opening is None else chunks)
        self.account_for(part.account, mixed=mixed)

    def _done(self) -> Account:
        """Return the account of the last pass over all rows; makes them if there was none."""
        if self._account is None:
            for _ in self.stream():
                pass
        if self._account is None:
            raise AssertionError("a pass ends by storing its account")
        return self._account

    def _told(self) -> History:
        made, asked = self._made_by(), dict(self.asked)
        request = None if made.request is None else {**made.request, "edge_cases": asked}
        return replace(made, settings={**made.settings, "edge_cases": asked}, request=request)


def with_edge_cases(
    data: Dataset,
    share: float,
    *,
    kinds: Sequence[str] | None = None,
    invalid: bool = False,
    seed: int | None = None,
) -> EdgeCases:
    """Return a data set in which a share of the rows of each table carries an edge case.

    ``kinds`` are names of `KINDS`, all if none are given. Rows stay valid; ``invalid`` adds some
    that are not, of each kind that the schema allows, or of those of `INVALID_KINDS` that ``kinds``
    names. What writes the result puts
    ``edge_cases.csv`` beside the tables, which says which row carries what. The same rows, share,
    kinds and seed give the same cases. Raises `UsageError` for a share or kind that cannot be.
    """
    wish = Wish(share, tuple(KINDS) if kinds is None else tuple(kinds), invalid)
    told = data.history or partial(history_of, data.schema, data.origin)
    return EdgeCases(data, wish, draw_seed() if seed is None else seed, told)
