"""Strings of words by their places: Arrow and compiled loops make the same."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from synthkit.compiled import Effort
from synthkit.domains import strings
from synthkit.domains.strings import joined, taken, translated

WORDS = pa.array(["", "a", "é" * 15, "x" * 31, "y" * 32, "z" * 33, "long " * 40, "中文", "end"])
LONG = pa.array([f"{number} " + "w" * (number % 90) for number in range(3_000)])
"""Words with and without room for a whole step at their end."""


@pytest.fixture(params=["arrow", "loops"], autouse=True)
def effort(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait until loops pay, or never use them."""
    enough = 0 if request.param == "loops" else 1 << 60
    monkeypatch.setattr(strings, "EFFORT", Effort(enough))


@pytest.mark.parametrize("words", [WORDS, LONG, WORDS[2:7], LONG[5:], WORDS[:1]])
@pytest.mark.parametrize("count", [0, 1, 2_000])
def test_words_are_taken_by_their_places(words: pa.StringArray, count: int) -> None:
    rng = np.random.default_rng(5)
    places = rng.integers(0, len(words), count)
    missing = rng.random(count) < 0.3
    expected = [words[int(place)].as_py() for place in places]
    for each in (places, places.astype(np.int32), places.astype(np.uint16)):
        made = taken(words, each)
        made.validate(full=True)
        assert made.to_pylist() == expected
    made = taken(words, np.where(missing, -1, places), missing)
    made.validate(full=True)
    assert made.to_pylist() == [
        None if gone else each for each, gone in zip(expected, missing, strict=True)
    ]


def test_words_may_be_null() -> None:
    words = pa.array(["a", None, "b"])
    made = taken(words, np.array([1, 2, 0, 1]), np.array([False, False, True, False]))
    assert made.to_pylist() == [None, "b", None, None]


@pytest.mark.parametrize("place", [-1, 9, 1 << 20])
def test_there_is_no_place_beyond_the_words(place: int) -> None:
    with pytest.raises(IndexError):
        taken(WORDS, np.array([0, place]))
    with pytest.raises(IndexError):
        joined(WORDS, np.array([[0, place]], dtype=np.int32))


@pytest.mark.parametrize("width", [1, 3])
def test_words_of_a_row_are_joined(width: int) -> None:
    rng = np.random.default_rng(6)
    words = pa.concat_arrays([LONG, pa.array([""])])
    places = rng.integers(0, len(words), (2_000, width)).astype(np.int32)
    missing = rng.random(len(places)) < 0.3
    expected = ["".join(words[int(place)].as_py() for place in row) for row in places]
    assert joined(words, places).to_pylist() == expected
    made = joined(words, places, missing)
    made.validate(full=True)
    assert made.to_pylist() == [
        None if gone else each for each, gone in zip(expected, missing, strict=True)
    ]


@pytest.mark.parametrize("part", [slice(0, 4), slice(1, 3), slice(0, 0)])
def test_bytes_are_translated_and_a_tail_is_added(part: slice) -> None:
    table = bytes(byte - 32 if 97 <= byte < 123 else 0 for byte in range(256))
    given = pa.array(["ab-c", "123", "", "é!x"])[part]
    made = translated(given, table, "none", ".end")
    made.validate(full=True)
    assert made.to_pylist() == ["ABC.end", "none.end", "none.end", "X.end"][part]
    assert translated(given, table, "", "").to_pylist() == ["ABC", "", "", "X"][part]


def test_nothing_of_all_may_be_left() -> None:
    made = translated(pa.array(["1", ""]), bytes(256), "", "")
    made.validate(full=True)
    assert made.to_pylist() == ["", ""]


def test_a_process_that_makes_few_strings_does_not_load_numba() -> None:
    code = """
import sys
import numpy as np
from synthkit.domains import strings
from synthkit.domains.columns import pool, text
strings.EFFORT.enough = 2_000_000
for number in range(3):
    text(pool(["a", "b"]), np.zeros(600_000, dtype=np.int64))
    print("numba" in sys.modules)
text(pool(["a", "b"]), np.zeros(600_000, dtype=np.int64))
print("numba" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False", "True"]
