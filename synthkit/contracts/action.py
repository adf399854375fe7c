"""Contract of an action: replaces the values of a column when a data set is anonymized."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from synthkit.contracts.values import Values

__all__ = [
    "Action",
    "Beside",
    "CodedAction",
    "NotingAction",
    "ReadingAction",
    "SurveyingAction",
]

Replace = Callable[[str, pa.Array], pa.Array]


@dataclass(frozen=True)
class Beside:
    """What an action may use beside the values.

    ``subjects`` tells for every value whom its row is about (a key, as text), or is None where
    the table has no subject. ``locales`` are those of the data, the first is the usual one.
    ``replace`` replaces strings of a kind of personal data (email, name) as the columns of that
    kind are, for actions that find some inside their values. ``is_name`` says whether a word,
    in lower case, is part of a name in the data set's own columns of names. ``shared`` keeps what
    one action has worked out about these rows for the next, under a key that nobody else uses.
    """

    values: Values
    locales: tuple[str, ...] = ("en_US",)
    subjects: pa.Array | None = field(default=None, repr=False)
    replace: Replace | None = field(default=None, repr=False)
    is_name: Callable[[str], bool] = field(default=lambda _: False, repr=False)
    shared: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)


class Action(Protocol):
    """Replaces values. Nulls stay null.

    ``keeps`` declares what survives: "format", "equality" (equal in means equal out, across
    tables, under one key), "order", "uniqueness" (different in means different out).
    """

    keeps: frozenset[str]

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return as many values as were given, in their order.

        A value depends on the key, itself and its subject alone, never on its neighbours: rows
        can be cut anywhere. ``key`` has 32 bytes and belongs to the column's domain.

        Raises:
            DataError: A value cannot be replaced. The message never holds it.
        """
        ...


@runtime_checkable
class ReadingAction(Protocol):
    """An action for values of a form, that returns null for a value that is not of it.

    What becomes of such a cell the plan says (`unreadable_cell`): it never passes through.
    ``reads`` names the form, in the plural: "telephone numbers".
    """

    reads: str


@runtime_checkable
class CodedAction(Protocol):
    """An action that is given text dictionary-encoded where values repeat, and looks at each once.

    It may return text dictionary-encoded too, without nulls in the dictionary.
    """

    takes_dictionaries: bool


@runtime_checkable
class SurveyingAction(Protocol):
    """An action that is shown all values of its columns before it replaces the first."""

    def survey(self, values: pa.Array, beside: Beside) -> None:
        """Take note of some values; the order in which they are shown makes no difference."""
        ...


@runtime_checkable
class NotingAction(SurveyingAction, Protocol):
    """A surveying action whose notes go to other processes, which replace the same values.

    The notes may lie on a disk for some time: they hold no value of the data.
    """

    def notes(self) -> pa.Array:
        """Return what was taken note of."""
        ...

    def take_notes(self, notes: pa.Array) -> None:
        """Be as the action that returned these notes."""
        ...
