"""Contract of a value provider: one kind of value, such as first names or e-mail addresses."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pyarrow as pa

__all__ = ["ValueProvider", "Values"]


class ValueProvider(Protocol):
    """Makes values of one kind, named by its component (an sdtype where SDV has one).

    Pure (the same arguments give the same values in every process), vectorised, offline.
    """

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        """Return ``count`` values drawn with replacement, as common as they are in the locale."""
        ...

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return values ``start .. start + count`` of an endless sequence without repeats.

        ``key`` (63 bits) chooses the sequence. No state: any part can be made by any process.
        """
        ...


class Values(Protocol):
    """All value providers, looked up by kind; given to generators and synthesizers."""

    def has(self, kind: str) -> bool:
        """Say whether there is a provider of this kind."""
        ...

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        """Return ``count`` values of a kind, drawn with replacement."""
        ...

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return a part of a kind's endless sequence without repeats."""
        ...
