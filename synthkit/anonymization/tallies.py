"""Counts what happened to a column, and looks for input values that came out again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.plan import Decision
from synthkit.errors import DataError

__all__ = ["Tally"]

_HELD = 100_000
"""Different values of each side that are held to look for survivors."""
_CHANCE = 0.02
"""Share of different values that a one-to-one map may leave as they are, by chance."""
_INSIDE = frozenset({"text", "json", "mask"})


@dataclass
class Tally:
    """Counts of one column: rows, values present, replaced, the same as before, made null.

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
    _inputs: pa.Array | None = field(default=None, repr=False)
    _outputs: pa.Array | None = field(default=None, repr=False)
    _alike: pa.Array | None = field(default=None, repr=False)

    def clear(self) -> None:
        """Begin again."""
        self.rows = self.present = self.replaced = self.same = self.nulled = 0
        self._inputs = self._outputs = self._alike = None

    def add(self, before: pa.Array, after: pa.Array) -> None:
        """Count the rows of a chunk."""
        self.rows += len(before)
        present = len(before) - before.null_count
        self.present += present
        if not self.decision.identifying:
            return
        self.nulled += after.null_count - before.null_count
        if after.type == before.type:
            alike = before.filter(pc.equal(before, after)).drop_null()
            if pa.types.is_string(before.type):
                alike = alike.filter(pc.match_substring_regex(alike, r"\S"))
            same = len(alike)
            self.same += same
            if same:
                self._alike = _more(self._alike, alike)
            self.replaced += present - same - (after.null_count - before.null_count)
            self._inputs = _more(self._inputs, before)
            self._outputs = _more(self._outputs, after)
        else:
            self.replaced += present

    @property
    def verbatim(self) -> int:
        """Input values found among the output values; whole texts that named nobody count not."""
        if self._inputs is None or self._outputs is None or self.decision.op in _INSIDE:
            return 0
        found = self._outputs.filter(pc.is_in(self._outputs, value_set=self._inputs))
        if pa.types.is_string(found.type):
            found = found.filter(pc.match_substring_regex(found, r"\S"))
        return len(found)

    def check(self) -> None:
        """Raise `DataError` if values of an identifying column came out as they went in."""
        if self.decision.op in _INSIDE or not self.decision.identifying or not self.present:
            return
        chance = 0.0
        if "uniqueness" in self.keeps and self._inputs is not None:
            chance = max(2, _CHANCE * len(self._inputs))
        if self._alike is not None and len(self._alike) > chance:
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
            "verbatim": self.verbatim,
        }


def _more(held: pa.Array | None, values: pa.Array) -> pa.Array:
    if held is not None and len(held) >= _HELD:
        return held
    found = pc.unique(values.drop_null())
    return found[:_HELD] if held is None else pc.unique(pa.concat_arrays([held, found]))[:_HELD]
