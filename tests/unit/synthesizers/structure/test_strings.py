"""Strings from bytes are those that Arrow makes itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.synthesizers.structure.strings import fixed_width_strings


def rows(*texts: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.array([list(text) for text in texts], np.uint8).reshape(len(texts), -1)


def test_each_row_is_a_string() -> None:
    made = fixed_width_strings(rows(b"ab", b"\xc3\xa4"))
    made.validate(full=True)
    assert made.equals(pa.array(["ab", "ä"]))


def test_bytes_are_kept_as_they_are() -> None:
    made = fixed_width_strings(rows(b"\x00\xff", b"ab"), pa.binary())
    assert made.equals(pa.array([b"\x00\xff", b"ab"]))


def test_the_rows_may_be_any_view() -> None:
    text = rows(b"abcd", b"efgh")
    assert fixed_width_strings(text[:, ::2]).to_pylist() == ["ac", "eg"]
    assert fixed_width_strings(text[::-1]).to_pylist() == ["efgh", "abcd"]


@pytest.mark.parametrize("shape", [(0, 3), (0, 0), (2, 0)])
def test_nothing_makes_empty_strings(shape: tuple[int, int]) -> None:
    made = fixed_width_strings(np.zeros(shape, np.uint8))
    made.validate(full=True)
    assert made.to_pylist() == [""] * shape[0]


def test_more_bytes_than_one_array_holds_are_refused() -> None:
    wide = np.broadcast_to(np.zeros(1, np.uint8), (2**16, 2**15))
    with pytest.raises(ValueError, match="too many for one array"):
        fixed_width_strings(wide)
