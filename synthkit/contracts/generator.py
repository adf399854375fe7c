"""Contract of a generator: whole tables of a domain, with relations, from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from synthkit.contracts.progress import Progress
from synthkit.contracts.values import Values
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.randomness import Streams
from synthkit.schema import Schema, Table

__all__ = [
    "BlockGenerator",
    "GenerateRequest",
    "GeneratedBlock",
    "Generator",
    "LinkedGenerator",
    "OutsideParent",
    "OutsideRows",
]


@dataclass(frozen=True)
class OutsideParent:
    """A table of another generator that one points at when both run together.

    ``columns`` are those that it looks at, the key first.
    """

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class OutsideRows:
    """A table of another generator: its schema, and all rows of the columns asked for."""

    table: Table
    rows: pa.Table


@dataclass(frozen=True)
class GenerateRequest:
    """What to generate.

    ``rows`` asks for numbers of rows by table; tables that are not named follow those that are.
    ``scale`` multiplies the generator's own default numbers. ``values`` are the value providers.
    ``locale_is_default`` says that nobody asked for a locale: a generator that has its own takes
    those. ``outside`` holds the tables of others that a `LinkedGenerator` asked for and that are
    generated together.
    """

    values: Values
    rows: Mapping[str, int] = field(default_factory=dict)
    scale: float = 1.0
    locale: str = "en_US"
    chunk_rows: int = CHUNK_ROWS
    locale_is_default: bool = False
    outside: Mapping[str, OutsideRows] = field(default_factory=dict)


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


@dataclass(frozen=True)
class GeneratedBlock:
    """Some rows of some tables that are made by themselves: how many in all, and how.

    ``make`` returns them by table, parents first, in the columns and types of the schema; a table
    without rows may be left out. It can be called in any order, never, or by another process.
    """

    row_count: int
    make: Callable[[], Mapping[str, pa.Table]]


class BlockGenerator(Generator, Protocol):
    """Generates rows in blocks that do not need each other, so that many processes make them."""

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        """Return the blocks, whose rows in order are those of ``generate``.

        Each process asks for them, so what all blocks share is made here or when first needed, and
        should be little. Raises `UsageError` for rows that cannot be.
        """
        ...


class LinkedGenerator(Generator, Protocol):
    """Generates tables that may point at those of other generators.

    ``schema()`` is for the time that it runs alone: then it has no foreign key to the outside.
    """

    def outside_parents(self) -> Sequence[OutsideParent]:
        """Return the tables of others that it can point at; each may be there or not."""
        ...

    def linked_schema(self, outside: Schema) -> Schema:
        """Return the schema of its own tables and of those ``outside``, with keys between them.

        ``outside`` has the tables that are generated together, of those asked for. They are made
        before, and come with the request.
        """
        ...
