"""The distinct values of a column, up to a bound."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Distinct"]

_MOST_VALUES = 20_000
_MOST_BYTES = 8_000_000


class Distinct:
    """The first distinct values of a column in order of appearance.

    ``values`` holds all of them while ``complete``, else as many as the bounds allow. Cutting the
    column into other chunks changes nothing.
    """

    def __init__(self) -> None:
        self.values: pa.Array = pa.array([], pa.string())
        self.complete = True

    def fresh(self, values: pa.Array) -> pa.Array:
        """Add values without nulls; return those not seen before, or all once the bound is met."""
        if not self.complete:
            return values
        new = pc.unique(values)
        if len(self.values):
            new = new.filter(pc.invert(pc.is_in(new, self.values)))
        known = pa.concat_arrays([self.values, new])
        sizes = np.cumsum(pc.binary_length(known).to_numpy(zero_copy_only=False))
        kept = min(_MOST_VALUES, 1 + int(np.searchsorted(sizes, _MOST_BYTES)))
        self.complete = kept >= len(known)
        self.values = known.slice(0, kept)
        return new
