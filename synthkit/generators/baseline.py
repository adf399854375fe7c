"""A data set that generators make, with what it takes to make it again elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from synthkit.dataset import Streamed
from synthkit.generators.generate import Generated
from synthkit.generators.history import generated_history
from synthkit.history import Input

__all__ = ["Baseline"]


class Baseline(Streamed):
    """What generators make, while it is written or looked at."""

    def __init__(
        self, made: Generated, seed: int, request: Mapping[str, Any], inputs: Sequence[Input]
    ) -> None:
        """Store what makes the rows; ``request`` is what `generate` was given besides the seed."""
        told = partial(generated_history, made, seed=seed, inputs=inputs, request=request)
        super().__init__(made.schema, made.chunks, origin="generated", history=told)
        self.made = made
        self.seed = seed
        self.request = request
