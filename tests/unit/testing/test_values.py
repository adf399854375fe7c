"""Providers of values are checked: what is built in passes, what breaks a promise is found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count as counter

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UsageError
from synthkit.testing import check_values
from synthkit.testing import values as module


class Broken:
    """Values of one kind, with one fault or none."""

    def __init__(self, fault: str) -> None:
        self._fault, self._calls = fault, counter()

    def has(self, kind: str) -> bool:
        return kind == "toy"

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        shift = next(self._calls) if self._fault == "state" else 0
        return pa.array(rng.integers(0, 9, count) + shift).cast(pa.string())

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        numbers = np.arange(start, start + count)
        if self._fault == "repeats":
            numbers //= 2
        if self._fault == "parts":
            numbers = np.arange(start, start + count)[::-1]
        if self._fault == "end":
            numbers = numbers[numbers < 100]
        return pa.array(numbers).cast(pa.string())


class BrokenRows:
    """Rows of which columns can be had alone, with one fault or none."""

    def __init__(self, fault: str) -> None:
        self._fault = fault

    def has(self, kind: str) -> bool:
        return False

    def draw_rows(
        self,
        kind: str,
        count: int,
        rng: np.random.Generator,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        wanted = columns or ["a", "b"]
        if self._fault != "drawn alone":
            made = {name: rng.integers(0, 99, count) for name in ("a", "b")}
        else:  # each column takes what random numbers come next
            made = {name: rng.integers(0, 99, count) for name in wanted}
        return pa.table(made).select(list(wanted))

    def distinct_rows(
        self,
        kind: str,
        start: int,
        count: int,
        key: int,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        wanted = columns or ["a", "b"]
        numbers = np.arange(start, start + count)
        made = dict.fromkeys(("a", "b"), numbers)
        if self._fault == "distinct alone" and len(wanted) == 1:
            made = dict.fromkeys(("a", "b"), numbers + 1)
        if self._fault == "order" and wanted[0] == "b":
            made = {"a": numbers, "b": numbers[::-1]} if len(wanted) == 2 else made
        return pa.table(made).select(list(wanted))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("", ""),
        ("drawn alone", "the column 'b' is another one where it is wanted alone"),
        ("distinct alone", "the column 'a' is another one where it is wanted alone"),
        ("order", "the column 'b' is another one where it is wanted in another order"),
    ],
)
def test_columns_that_depend_on_each_other_are_named(
    fault: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BrokenRows(fault)
    monkeypatch.setattr(module, "ValueRegistry", lambda _: broken)
    monkeypatch.setattr(module, "in_another_process", lambda _, *args: module.drawn(*args))
    if not told:
        check_values("toy")
        return
    with pytest.raises(AssertionError, match=told):
        check_values("toy")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("", ""),
        ("state", "equal arguments draw other values"),
        ("repeats", "has repeats"),
        ("parts", "parts of its sequence are not the whole"),
        ("end", "ends after 100 values"),
    ],
)
def test_a_broken_promise_is_named(fault: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken(fault)
    monkeypatch.setattr(module, "ValueRegistry", lambda _: broken)
    monkeypatch.setattr(module, "in_another_process", lambda _, *args: module.drawn(*args))
    if not told:
        check_values("toy")
        return
    with pytest.raises(AssertionError, match=told):
        check_values("toy")


def test_values_that_depend_on_the_process_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ValueRegistry", lambda _: Broken(""))
    monkeypatch.setattr(module, "in_another_process", lambda *_: "another digest")
    with pytest.raises(AssertionError, match="another process"):
        check_values("toy")


@pytest.mark.parametrize("kind", ["iban", "person"])
def test_values_and_rows_that_are_built_in_pass(kind: str) -> None:
    check_values(kind, locales=("de_DE",))


def test_a_kind_that_nobody_offers_is_named() -> None:
    with pytest.raises(UsageError, match="ibann"):
        check_values("ibann")
