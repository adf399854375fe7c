"""Contract of a synthesizer: learns a data set, then samples new rows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from synthkit.contracts.conditions import Conditions
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset, TableChunk
from synthkit.randomness import Streams
from synthkit.schema import Schema

__all__ = ["FittedModel", "RowTargets", "SampleRequest", "State", "Synthesizer"]


@dataclass(frozen=True)
class RowTargets:
    """How many rows a sample shall have.

    At most one of ``main`` (rows of the main table) and ``scale`` (all tables, against the rows
    learned) is given; ``tables`` asks for single tables and wins over both. With nothing given,
    the sample is as large as what was learned.
    """

    main: int | None = None
    table: str | None = None
    scale: float | None = None
    tables: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SampleRequest:
    """What to sample: the planned rows of every table, and the streams to draw from.

    ``blocks`` limits the work to a half-open range of the model's blocks; None is all of them.
    ``conditions`` are empty for a model that is no `ConditionalModel`.
    ``kept`` is the model's own: requests that `dataclasses.replace` makes of one another share
    it, so that what all parts need is drawn once. It never changes what is drawn.
    """

    plan: Mapping[str, int]
    streams: Streams
    values: Values
    blocks: tuple[int, int] | None = None
    progress: Progress = field(default_factory=Silent)
    conditions: Conditions = field(default_factory=Conditions)
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class State:
    """A fitted model as plain data: JSON values, arrays without objects, and foreign bytes.

    ``foreign`` holds members that only another library can read, such as SDV's pickles; a model
    that has any is loaded only by users who say that they trust the file.
    """

    json: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    foreign: Mapping[str, bytes] = field(default_factory=dict)


class FittedModel(Protocol):
    """What fitting returns. Immutable; the same model and request give the same rows."""

    @property
    def schema(self) -> Schema:
        """The schema of what was learned, which is that of what is sampled."""
        ...

    @property
    def row_counts(self) -> Mapping[str, int]:
        """Rows of each table that was learned."""
        ...

    def plan(self, targets: RowTargets) -> dict[str, int]:
        """Return the rows that a sample will have, by table; `UsageError` if it cannot."""
        ...

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        """Cut a request into parts that any process can do; their rows in order are the whole."""
        ...

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Yield new rows. A table's chunks come in order; tables may take turns."""
        ...

    def state(self) -> State:
        """Return the model as plain data, from which the component's ``restore`` makes it."""
        ...


class Synthesizer(Protocol):
    """Learns data sets."""

    def check(self, schema: Schema) -> Sequence[str]:
        """Raise `UnsupportedError` for a schema that cannot be learned, before any work.

        Returns what the user should know about how it will be done, one sentence each.
        """
        ...

    def fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values
    ) -> FittedModel:
        """Learn a data set; it is not changed. ``values`` tells what can be made anew."""
        ...
