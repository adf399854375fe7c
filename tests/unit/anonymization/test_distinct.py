"""Each different value is replaced once, whatever it is encoded as and wherever rows are cut."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.anonymization.actions.formats import Digits
from synthkit.anonymization.actions.internet import Email
from synthkit.anonymization.actions.numbers import Phone
from synthkit.anonymization.actions.pools import Pool
from synthkit.anonymization.actions.settings import DigitsSettings, EmailSettings, PoolSettings
from synthkit.anonymization.distinct import Recent, different, encoded, over_distinct
from synthkit.contracts import Action, Beside, CodedAction

KEY, OTHER = b"k" * 32, b"o" * 32


class Counted:
    """Puts a mark behind values, and counts them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, found: pa.Array) -> pa.Array:
        self.seen += found.to_pylist()
        return pa.array([None if v == "none" else f"{v}!" for v in found.to_pylist()], pa.string())


def test_values_that_repeat_are_encoded() -> None:
    assert pa.types.is_dictionary(encoded(pa.array(["a", "b", None] * 5_000)).type)
    assert encoded(pa.array([str(n) for n in range(9_000)])).type == pa.string()


@pytest.mark.parametrize("values", [["a", None, "b", "a"], [str(n) for n in range(9_000)]])
def test_encoded_values_become_what_plain_ones_do(values: list[str | None]) -> None:
    expected = [None if v is None else f"{v}!" for v in values]
    plain = pa.array(values, pa.string())
    for each in (plain, plain.dictionary_encode()):
        replace = Counted()
        assert over_distinct(each, replace).to_pylist() == expected
        assert len(replace.seen) == len(set(values) - {None})


def test_what_was_made_for_the_last_rows_is_not_made_again() -> None:
    recent, replace = Recent(), Counted()
    for values in (["a", "b", "none"], ["b", "none", "c"], ["c", "b"], ["a"]):
        made = recent.over(pa.array(values), KEY, replace).to_pylist()
        assert made == [None if v == "none" else f"{v}!" for v in values]
    assert replace.seen == ["a", "b", "none", "c", "a"]


def test_another_key_makes_all_anew() -> None:
    recent, replace = Recent(), Counted()
    for key in (KEY, OTHER, OTHER, KEY):
        recent.over(pa.array(["a"]), key, replace)
    assert replace.seen == ["a", "a", "a"]


@pytest.mark.parametrize(
    ("action", "values"),
    [
        (Pool(PoolSettings()), ["Anna Smith", "SMITH, ANNA", "", None, "Anna Smith"]),
        (Email(EmailSettings()), ["a@b.test", None, "a@b.test", " "]),
        (Phone(), ["+1 212 555 0100", "none", None, "+1 212 555 0100", "+49 30 123456"]),
        (Digits(DigitsSettings()), ["AB-12", None, "-", "AB-12", "99"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_actions_take_encoded_values(
    action: Action, values: list[str | None], beside: Beside
) -> None:
    assert isinstance(action, CodedAction)
    plain = pa.array(values * 2, pa.string())
    expected = action.apply(plain, KEY, beside).to_pylist()
    for key in (OTHER, KEY, KEY):
        made = action.apply(plain.dictionary_encode(), key, beside).to_pylist()
    assert made == expected
    assert [a is None for a, v in zip(made, values * 2, strict=True) if v is None] == [True] * 2


def test_values_that_no_row_has_are_not_there() -> None:
    """A dictionary is that of many rows, of which some may be left out."""
    rows = pa.DictionaryArray.from_arrays(
        pa.array([2, None, 2, 1, 3], pa.int32()), pa.array(["a", "b", "c", "b"])
    )
    assert different(rows).to_pylist() == ["b", "c"]
    assert different(rows.cast(pa.string())).to_pylist() == ["c", "b"]
    assert encoded(rows) is rows
    assert encoded(rows[:3]).dictionary.to_pylist() == ["c"]
