"""A column of text, decided from all of its values in one pass with bounded memory."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.pii_names import names_a_date, names_a_flag
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.types.booleans import boolean_outcome
from synthkit.schema.infer.types.distinct import Distinct
from synthkit.schema.infer.types.meaning import (
    Facts,
    Meaning,
    code_in_digits,
    meaning_of_text,
    meaning_of_typed,
)
from synthkit.schema.infer.types.numbers import NumberTrial
from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.infer.types.times import TimeTrial
from synthkit.schema.model import Column
from synthkit.schema.text.codec import is_missing

__all__ = ["ColumnTypes", "Decided", "decide_all"]

Kind = TypeVar("Kind", NumberTrial, TimeTrial)

_TEXT = Outcome("string", None, "not every value is a number, a date or a yes or no")
_EMPTY = Outcome("string", None, "there is no value")
_CODE = Outcome("string", None, "its digits are a code, not a number, and are kept as text")
_LOST = "text that says that there is no value counts as missing, and is written as missing"


@dataclass(frozen=True)
class Decided:
    """A column and why it is so: one reason for how it is held, one for what it means.

    The subjects of the reasons are the column's name.
    """

    column: Column
    reasons: tuple[Reason, ...]


class _Trial(Generic[Kind]):
    """A trial of numbers or times that gives text for missing values a second chance."""

    def __init__(self, trial: Kind) -> None:
        self.trial: Kind = trial
        self.alive = True
        self.missing = False

    def observe(self, values: pa.Array) -> None:
        """Take values; after the first that does not fit, nothing more is looked at."""
        if not self.alive:
            return
        before = copy.deepcopy(self.trial)
        if self.trial.observe(values):
            return
        missing = is_missing(values)
        self.alive = bool(pc.any(missing).as_py()) and before.observe(
            values.filter(pc.invert(missing))
        )
        self.trial = before
        self.missing = True


class ColumnTypes:
    """Takes the text of a column, chunk by chunk, and decides what the column is.

    The decision rests on all values, and does not depend on how they are cut into chunks.
    ``form`` is a form of dates that is declared for the column: where all values have it, it
    counts before any other reading of them.
    """

    def __init__(self, form: str | None = None) -> None:
        self._numbers = _Trial(NumberTrial())
        self._times = _Trial(TimeTrial(form))
        self._distinct = Distinct()
        self._rows = 0
        self._count = 0

    def observe(self, values: pa.Array | pa.ChunkedArray) -> None:
        """Take some values: strings, nulls where there is nothing."""
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if not pa.types.is_string(values.type):
            values = values.cast(pa.string())
        self._rows += len(values)
        present = values.drop_null() if values.null_count else values
        self._count += len(present)
        fresh = self._distinct.fresh(present)
        if len(fresh):
            self._numbers.observe(fresh)
            self._times.observe(fresh)

    @property
    def day_first(self) -> bool | None:
        """Whether the values are dates that have the day before the month; None if unknown."""
        return self._times.trial.day_first if self._times.alive else None

    def decide(
        self,
        name: str,
        *,
        table: str | None = None,
        day_first: bool | None = None,
        keep_text: bool = False,
    ) -> Decided:
        """Return the column.

        Args:
            name: of the column.
            table: its table, whose name says who a column called ``name`` is about.
            day_first: what other columns of the data say about the order of day and month.
            keep_text: the text was text where it came from, not only in a text file: its storage
                stays string, and dates in it give the sdtype datetime.
        """
        facts = Facts(name, table, self._count, self._distinct)
        outcome = self._outcome(name, day_first)
        nullable = self._count < self._rows
        if keep_text:
            outcome = _as_text(outcome)
        elif code := code_in_digits(facts, outcome):
            return decided(name, _CODE, code, nullable)
        if outcome.storage == "string" and outcome.format is None:
            return decided(name, outcome, meaning_of_text(facts), nullable)
        meaning = meaning_of_typed(facts, outcome)
        trial = self._times if meaning.sdtype == "datetime" else self._numbers
        if trial.missing and outcome.storage not in ("bool", "string"):
            nullable = True
            outcome = replace(outcome, because=f"{outcome.because}; {_LOST}")
        return decided(name, outcome, meaning, nullable)

    def _outcome(self, name: str, day_first: bool | None) -> Outcome:
        if not self._count:
            return self._times.trial.outcome(False, None) or _EMPTY
        if self._distinct.complete and len(self._distinct.values) <= 2:
            labels = self._distinct.values.to_pylist()
            if found := boolean_outcome(labels, names_a_flag(name)):
                return found
        moment = number = None
        if self._times.alive:
            moment = self._times.trial.outcome(names_a_date(name), day_first)
        if self._numbers.alive:
            number = self._numbers.trial.outcome()
        return moment or number or _TEXT


def _as_text(outcome: Outcome) -> Outcome:
    """Return how text is held that has to stay text."""
    if outcome.storage.startswith(("date", "time")):
        return replace(outcome, storage="string")
    return Outcome("string", None, "it is text where it comes from")


def decided(name: str, outcome: Outcome, meaning: Meaning, nullable: bool) -> Decided:
    """Put a column together with its reasons."""
    form = outcome.format or meaning.format
    column = Column(
        name=name,
        sdtype=meaning.sdtype,
        storage=outcome.storage,
        format=form,
        nullable=nullable,
        pii=meaning.pii,
    )
    held = f"{outcome.storage} ({form})" if form else outcome.storage
    kind = f"{meaning.sdtype}, personal" if meaning.pii else meaning.sdtype
    return Decided(
        column, (Reason(name, held, outcome.because), Reason(name, kind, meaning.because))
    )


def decide_all(
    columns: Mapping[str, ColumnTypes], *, table: str | None = None
) -> dict[str, Decided]:
    """Decide the columns of a table together: dates that are clear settle those that are not."""
    order = _common_order(types.day_first for types in columns.values())
    return {
        name: types.decide(name, table=table, day_first=order) for name, types in columns.items()
    }


def _common_order(orders: Iterable[bool | None]) -> bool | None:
    known = {order for order in orders if order is not None}
    return known.pop() if len(known) == 1 else None
