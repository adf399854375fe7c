"""Contract of an action: replaces the values of a column when a data set is anonymized."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa

__all__ = ["Action"]


class Action(Protocol):
    """Replaces values. Nulls stay null.

    ``keeps`` declares what survives: "format", "equality" (equal in means equal out, across
    tables, under one key), "order", "uniqueness".
    """

    keeps: frozenset[str]

    def apply(self, values: pa.Array, key: bytes, rng: np.random.Generator) -> pa.Array:
        """Return as many values as were given, in their order."""
        ...
