"""Tokens are told from words and codes, and get the smallest alphabet that holds them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.synthesizers.structure.tokens import token_parts


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        (["a1", "1a", "bb"], ("h", "h")),
        (["A1", "1F", "FF"], ("H", "H")),
        (["k1", "1z", "22"], ("z", "z")),
        (["aB", "Ba"], ("L", "L")),
        (["x-a1", "x-1b"], ("=x", "=-", "h", "h")),
        (["a_", "_Z", "-0"], ("u", "u")),
        (["a+", "/Z", "00"], ("b", "b")),
        (["ab", "cd"], None),  # one class at each place: a code of a shape
        (["Anna", "Mary"], None),
        (["a.", ".a"], None),  # no alphabet has full stops
        (["\u00e91", "1\u00e9"], None),
        (["a1", "a1"], None),
        ([""], None),
        ([], None),
    ],
)
def test_the_alphabet_of_each_place(texts: list[str], parts: tuple[str, ...] | None) -> None:
    assert token_parts(pa.array(texts, pa.string()), enough=True) == parts


def test_what_too_few_share_stays_only_if_it_is_no_letter() -> None:
    assert token_parts(pa.array(["x-a1", "x-1b"]), enough=False) == ("z", "=-", "z", "z")
