"""How a data set was made: what went in, what happened to each column, and what was asked for.

Each step tells it of what it makes; `synthkit.lineage` writes it down beside what is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["History", "How", "Input", "Part", "Treatment"]

How = Literal["learned", "made anew", "kept", "anonymized", "generated", "copied"]


@dataclass(frozen=True)
class Input:
    """Something that a step read. ``role`` says what it was to it: data, model, plan, key, recipe.

    ``location`` is None for what was in memory. ``fingerprint`` is ``algorithm:hex`` of the
    content; None is worked out from the location. ``made_by`` is what is known of how it was made:
    the ``brief`` of its own history, nested.
    """

    role: str
    location: str | None = None
    fingerprint: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    made_by: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Treatment:
    """What happened to a column, and why. ``sources`` are (role of an input, table, column)."""

    table: str
    column: str
    how: How
    why: str
    sources: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Part:
    """A plugin's part in a step: its kind and name, and the distribution that it is from."""

    kind: str
    name: str
    distribution: str


@dataclass(frozen=True)
class History:
    """How a data set was made.

    ``request`` is what the step was asked for, as JSON, from which `replay` makes it again; None
    where that cannot be written down, and ``not_replayable`` then says why.
    """

    step: str
    inputs: Sequence[Input] = ()
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[Treatment] = ()
    parts: Sequence[Part] = ()
    request: Mapping[str, Any] | None = None
    not_replayable: str | None = None
