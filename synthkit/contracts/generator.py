"""Contract of a generator: whole tables of a domain, with relations, from nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from synthkit.contracts.progress import Progress
from synthkit.contracts.values import Values
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.randomness import Streams
from synthkit.schema import Schema

__all__ = ["GenerateRequest", "Generator"]


@dataclass(frozen=True)
class GenerateRequest:
    """What to generate.

    ``rows`` asks for numbers of rows by table; tables that are not named follow those that are.
    ``scale`` multiplies the generator's own default numbers. ``values`` are the value providers.
    """

    values: Values
    rows: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1.0
    locale: str = "en_US"
    chunk_rows: int = CHUNK_ROWS


class Generator(Protocol):
    """Generates the tables of a domain: parents first, deterministic, offline."""

    def schema(self) -> Schema:
        """Return the schema of what is generated, rules included."""
        ...

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        """Yield the rows of every table, a parent's before those that point at them.

        The rows depend on the request and the streams' seed, never on ``chunk_rows``.
        """
        ...
