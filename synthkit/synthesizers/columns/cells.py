"""What is asked of columns that are made anew, and what all of them have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.contracts.values import Values

__all__ = ["Cells", "Made", "missing_share"]


@dataclass(frozen=True)
class Cells:
    """What is to be made: rows ``start .. start + count`` of a column whose key is ``key``."""

    start: int
    count: int
    rng: np.random.Generator
    key: int
    values: Values
    locale: str


class Made(BaseModel):
    """Values that are made anew; ``missing`` is the share of nulls."""

    model_config = ConfigDict(frozen=True)

    missing: float = 0.0

    def _gaps(self, made: pa.Array, rng: np.random.Generator) -> pa.Array:
        if not self.missing:
            return made
        kept = pa.array(rng.random(len(made)) >= self.missing)
        return pc.if_else(kept, made, pa.scalar(None, made.type))


def missing_share(seen: pa.ChunkedArray) -> float:
    """Return the share of nulls in some values."""
    return seen.null_count / len(seen) if len(seen) else 0.0
