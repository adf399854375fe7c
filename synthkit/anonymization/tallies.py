"""Counts what happened to a column, and looks for input values that came out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.distinct import as_arrow, as_flags, as_numbers
from synthkit.anonymization.plan import Decision
from synthkit.anonymization.redaction import says_nothing
from synthkit.anonymization.tokens import tokens
from synthkit.errors import DataError

__all__ = ["Tally", "TallyPart"]

_HELD = 100_000
"""Different values of each side that are held to look for survivors."""
_CHANCE = 0.02
"""Share of different values that a one-to-one map may leave as they are, by chance."""
_COUNTS = ("rows", "present", "replaced", "same", "nulled", "redacted")
_INSIDE = frozenset({"text", "json", "mask"})
"""Actions that leave most of a value: what comes out again whole tells nothing."""


class _Different:
    """The first different values of a column, up to some; sorted out now and then."""

    def __init__(self) -> None:
        self._pieces: list[pa.Array] = []
        self._waiting, self._full = 0, False
        self._book: pa.Array | None = None
        self._seen = np.zeros(0, bool)

    def add(self, values: pa.Array) -> None:
        """Take the values of a chunk."""
        if self._full or not len(values):
            return
        found = self._coded(values) if pa.types.is_dictionary(values.type) else pc.unique(values)
        self._pieces.append(found)
        self._waiting += len(found)
        if self._waiting >= _HELD:
            self._sort_out()

    def _coded(self, values: pa.Array) -> pa.Array:
        """Return values that were not seen before, of dictionaries that are often the same."""
        book = values.dictionary
        if self._book is None or not _is_same(self._book, book):
            self._book, self._seen = book, np.zeros(len(book), bool)
        codes = as_numbers(values.indices.drop_null())
        used = np.zeros(len(book), bool)
        used[codes[~self._seen[codes]]] = True
        self._seen |= used
        return book.take(as_arrow(np.flatnonzero(used)))

    @property
    def values(self) -> pa.Array | None:
        """What is held, without nulls; None if nothing was added."""
        self._sort_out()
        return self._pieces[0] if self._pieces else None

    def __len__(self) -> int:
        held = self.values
        return 0 if held is None else len(held)

    def _sort_out(self) -> None:
        if self._waiting:
            whole = pc.unique(pa.concat_arrays(self._pieces)).drop_null()
            self._pieces, self._waiting = [whole[:_HELD]], 0
            self._full = len(whole) >= _HELD


@dataclass(frozen=True)
class TallyPart:
    """Counts of some rows of a column, and digests of its different values: inputs, outputs, alike.

    Digests are uint64; those of values that say something are odd.
    """

    counts: Mapping[str, int]
    digests: tuple[pa.Array | None, ...]


@dataclass
class Tally:
    """Counts of one column: rows, values present, replaced, the same as before, made null.

    Of columns whose values are moved or made coarser, but may come out again (dates, amounts),
    those replaced are the ones that differ.

    ``redacted`` counts those of the replaced that the action could not read.

    ``verbatim`` counts different input values that are among the output values, of the first
    100,000 different ones of each.
    """

    table: str
    column: str
    decision: Decision
    keeps: list[str]
    rows: int = 0
    present: int = 0
    replaced: int = 0
    same: int = 0
    nulled: int = 0
    redacted: int = 0
    _inputs: _Different = field(default_factory=_Different, repr=False)
    _outputs: _Different = field(default_factory=_Different, repr=False)
    _alike: _Different = field(default_factory=_Different, repr=False)
    _merged: bool = field(default=False, repr=False)

    def clear(self) -> None:
        """Begin again."""
        self.rows = self.present = self.replaced = self.same = self.nulled = self.redacted = 0
        self._inputs, self._outputs, self._alike = _Different(), _Different(), _Different()
        self._merged = False

    def part(self, key: bytes) -> TallyPart:
        """Return what was counted, for a tally of more rows; digests under the key for values."""
        held = (self._inputs.values, self._outputs.values, self._alike.values)
        counts = {name: getattr(self, name) for name in _COUNTS}
        digests = [None if each is None else _digests(each, key) for each in held]
        return TallyPart(counts, tuple(digests))

    def merge(self, part: TallyPart) -> None:
        """Count rows that were counted elsewhere, behind those that were counted so far."""
        self._merged = True
        for name, count in part.counts.items():
            setattr(self, name, getattr(self, name) + count)
        for into, digests in zip(self._differents, part.digests, strict=True):
            if digests is not None:
                into.add(digests)

    @property
    def _differents(self) -> tuple[_Different, _Different, _Different]:
        return self._inputs, self._outputs, self._alike

    def add(
        self,
        before: pa.Array,
        after: pa.Array,
        inputs: pa.Array | None = None,
        outputs: pa.Array | None = None,
    ) -> None:
        """Count the rows of a chunk; ``inputs`` and ``outputs`` are the same, encoded if they were.

        Dictionaries have no nulls.
        """
        self.rows += len(before)
        present = len(before) - before.null_count
        self.present += present
        if self.decision.op == "keep":
            return
        self.nulled += after.null_count - before.null_count
        if not self.decision.identifying:
            if after.type == before.type:
                present = pc.sum(pc.not_equal(before, after)).as_py() or 0
            self.replaced += present
            return
        if after.type == before.type:
            alike = _told(before.filter(pc.equal(before, after)).drop_null())
            same = len(alike)
            self.same += same
            self._alike.add(alike)
            self.replaced += present - same - (after.null_count - before.null_count)
            if self.decision.op not in _INSIDE:
                self._inputs.add(before if inputs is None else inputs)
                self._outputs.add(after if outputs is None else outputs)
        else:
            self.replaced += present

    @property
    def verbatim(self) -> int:
        """Input values found among the output values; whole texts that named nobody count not."""
        inputs, outputs = self._inputs.values, self._outputs.values
        if inputs is None or outputs is None:
            return 0
        found = outputs.filter(pc.is_in(outputs, value_set=inputs))
        return int((as_numbers(found) & np.uint64(1)).sum()) if self._merged else len(_told(found))

    def check(self) -> None:
        """Raise `DataError` if values of an identifying column came out as they went in."""
        if self.decision.op in _INSIDE or not self.decision.identifying or not self.present:
            return
        chance = 0.0
        if "uniqueness" in self.keeps:
            chance = max(2, _CHANCE * len(self._inputs))
        if len(self._alike) > chance:
            raise DataError(
                f"{self.same:,} of {self.present:,} values came out as they went in.",
                hint=f"{self.decision.op} cannot replace them: use redact, null or hash.",
                table=self.table,
                column=self.column,
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON without any value of the data."""
        return {
            "table": self.table,
            "column": self.column,
            "op": self.decision.op,
            "domain": self.decision.domain,
            "kind": self.decision.kind or None,
            "because": self.decision.because or None,
            "identifying": self.decision.identifying,
            "keeps": self.keeps,
            "rows": self.rows,
            "present": self.present,
            "replaced": self.replaced,
            "same": self.same,
            "nulled": self.nulled,
            "redacted": self.redacted,
            "verbatim": self.verbatim,
        }


def _is_same(one: pa.Array, other: pa.Array) -> bool:
    """Say whether two arrays are the same in memory."""
    places = [(b and b.address for b in each.buffers()) for each in (one, other)]
    return len(one) == len(other) and one.offset == other.offset and [*places[0]] == [*places[1]]


def _told(values: pa.Array) -> pa.Array:
    """Return values without texts that say nothing."""
    if not len(values) or not pa.types.is_string(values.type):
        return values
    return values.filter(pc.invert(says_nothing(values)))


def _digests(values: pa.Array, key: bytes) -> pa.Array:
    """Return keyed digests of 63 bits, and one bit for whether a value says something."""
    says = np.ones(len(values), np.uint64)
    if pa.types.is_string(values.type):
        says = as_flags(pc.invert(says_nothing(values))).astype(np.uint64)
    return as_arrow(tokens(values, key)[:, 0] << np.uint64(1) | says)
