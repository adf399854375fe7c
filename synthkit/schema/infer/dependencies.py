"""Functional dependencies: columns whose value is settled by another's (city -> country).

Exact ones only, between two columns of a table, with more agreement than chance explains.
Keys are left out: that they settle everything is no news.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from synthkit.schema.infer.profiles import Columns, Profile
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Column, Schema, Table
from synthkit.schema.rules import Dependency

__all__ = ["Dependencies", "find_dependencies"]

_ROWS_PER_VALUE = 3
_LEAST_ROWS = 20
_MOST_VALUES = 20_000
_MOST_NUMBERS = 100
"""Distinct values up to which a number may settle another column: above, it is a measure."""
_MOST_COLUMNS = 64
"""Columns of a table that are compared: those of fewest values, 64 make 4,032 pairs."""
_NO_ACCIDENT = -6.0
_SAMPLE = 20_000

_Codes = np.ndarray[Any, np.dtype[np.int16]]
"""Numbers of values, of which there are no more than `_MOST_VALUES`."""


@dataclass(frozen=True)
class Dependencies:
    """Rules found, and a reason for each."""

    rules: tuple[Dependency, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Coded:
    """A column as small integers; a gap is a value too. ``rows`` counts each value's rows.

    A foreign key is not compared, but what it settles is known of its parents, not of rows.
    """

    name: str
    codes: _Codes
    rows: np.ndarray[Any, np.dtype[np.int64]]
    may_settle: bool
    is_foreign_key: bool = False

    @property
    def distinct(self) -> int:
        return len(self.rows)


def find_dependencies(
    schema: Schema, profiles: Mapping[str, Mapping[str, Profile]], columns: Columns
) -> Dependencies:
    """Return a least set of dependencies from which all that hold follow, table by table."""
    rules: list[Dependency] = []
    reasons: list[Reason] = []
    for table in schema.tables:
        foreign = {name for key in schema.foreign_keys_of(table.name) for name in key.columns}
        fitting = _fitting(table, foreign, profiles[table.name])
        coded = _encode(table, fitting, foreign, columns)
        settled = _without_chance(coded, _settled(coded))
        coded = [one for one in coded if not one.is_foreign_key]
        by_name = {one.name: one for one in coded}
        for left, right in _least(coded, settled):
            rules.append(Dependency(table=table.name, determinant=(left,), dependent=right))
            rows, values = len(by_name[left].codes), by_name[left].distinct
            because = (
                f"each of its {values:,} values goes with one of {by_name[right].distinct:,}"
                f" in all {rows:,} rows"
            )
            reasons.append(Reason(f"{table.name}.{left}", f"determines {right}", because))
    return Dependencies(tuple(rules), tuple(reasons))


def _fitting(
    table: Table, foreign: Collection[str], profiles: Mapping[str, Profile]
) -> list[Column]:
    """Return the columns that repeat their values; of keys and personal data, foreign keys."""
    keys = set(table.primary_key or ()).union(*map(set, table.alternate_keys)) - set(foreign)
    fitting = []
    for column in table.columns:
        profile = profiles[column.name]
        if column.name in keys or column.pii or profile.rows < _LEAST_ROWS:
            continue
        if profile.kind == "date" or (column.sdtype == "id" and column.name not in foreign):
            continue
        if profile.early_distinct > min(_MOST_VALUES, profile.rows / _ROWS_PER_VALUE) + 1:
            continue
        if profile.kind != "other" and not profile.varies:
            continue
        fitting.append(column)
    return fitting


def _repeats(values: int, rows: int) -> bool:
    return 1 < values <= min(_MOST_VALUES, rows / _ROWS_PER_VALUE) + 1


def _encode(
    table: Table, fitting: Sequence[Column], foreign: Collection[str], columns: Columns
) -> list[_Coded]:
    coded = []
    for column in fitting:
        data = columns.read(table.name, [column.name]).column(0).combine_chunks()
        encoded = pc.dictionary_encode(data, null_encoding="encode")
        values = len(encoded.dictionary)
        if not _repeats(values, len(data)):
            continue
        codes = encoded.indices.to_numpy().astype(np.int16)
        number = column.storage.startswith(("int", "uint", "dec"))
        is_key = column.name in foreign
        settles = is_key or (column.storage != "double" and not (number and values > _MOST_NUMBERS))
        rows = np.bincount(codes, minlength=values)
        coded.append(_Coded(column.name, codes, rows, settles, is_key))
    coded.sort(key=lambda one: one.distinct)
    return coded[:_MOST_COLUMNS]


def _settled(coded: Sequence[_Coded]) -> dict[str, set[str]]:
    """Return for each column the columns that it settles."""
    found: dict[str, set[str]] = {}
    for left in coded:
        if not left.may_settle:
            continue
        head = left.codes[:_SAMPLE]
        first = _first_rows(left.codes, left.distinct)
        first_in_head = _first_rows(head, left.distinct)
        for right in coded:
            if left is right or right.is_foreign_key or right.distinct > left.distinct:
                continue
            if _agrees(head, first_in_head, right.codes[:_SAMPLE]) and _agrees(
                left.codes, first, right.codes
            ):
                found.setdefault(left.name, set()).add(right.name)
    return found


def _first_rows(codes: _Codes, values: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the first row of each value, 0 for values that do not occur."""
    first = np.zeros(values, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def _agrees(left: _Codes, first: np.ndarray[Any, np.dtype[np.int64]], right: _Codes) -> bool:
    return bool(np.array_equal(right[first][left], right))


def _without_chance(
    coded: Sequence[_Coded], settled: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """Drop what agrees by accident, counting each cause once.

    Where a third column settles both (an order's customer its city and its country), there is
    one observation per value of the third, however many rows repeat it.
    """
    by_name = {one.name: one for one in coded}
    kept: dict[str, set[str]] = {}
    for left, targets in settled.items():
        if by_name[left].is_foreign_key:
            continue
        for right in targets:
            observations = [len(by_name[left].codes)]
            observations += [
                by_name[cause].distinct
                for cause, caused in settled.items()
                if {left, right} <= caused
                and (by_name[cause].is_foreign_key or cause not in targets)
            ]
            if not _is_chance(by_name[left], by_name[right], min(observations)):
                kept.setdefault(left, set()).add(right)
    return kept


def _is_chance(left: _Coded, right: _Coded, observations: int) -> bool:
    """Whether rows that share a value on the left might share one on the right by accident."""
    shares = right.rows / len(right.codes)
    alike = float(np.sum(shares * shares))
    repeats = max(0, observations - left.distinct)
    return alike >= 1 or repeats * math.log10(alike) > _NO_ACCIDENT


def _least(coded: Sequence[_Coded], settled: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return pairs from which all follow: one of equivalent columns speaks for them."""
    order = [one.name for one in coded]
    speaker = {}
    for name in order:
        equals = [
            other
            for other in order
            if other == name or (other in settled.get(name, ()) and name in settled.get(other, ()))
        ]
        speaker[name] = equals[0]
    pairs = []
    speakers = [name for name in order if speaker[name] == name]
    for name in order:
        if speaker[name] != name:
            pairs += [(speaker[name], name), (name, speaker[name])]
    for left in speakers:
        targets = [right for right in speakers if right != left and right in settled.get(left, ())]
        for right in targets:
            if not any(right in settled.get(middle, ()) for middle in targets if middle != right):
                pairs.append((left, right))
    return pairs
