"""Keys of a shape: what is learned of it, how it counts, and what comes when it is full."""

from __future__ import annotations

import base64
import hashlib
import re

import numpy as np
import pyarrow as pa
import pytest

from synthkit.synthesizers.structure.masks import PatternKey, mask_of


def learned(*texts: str) -> PatternKey:
    return PatternKey.learn(pa.array(texts, pa.string()))


def made(key: PatternKey, *rows: int) -> list[str]:
    return key.make(np.array(rows, np.int64), 7).to_pylist()


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("C-00042", "A-99999"),
        ("andermi01", "aaaaaaa99"),
        ("Äß é\t", "Aa a\t"),
        ("日本 ٣", "日本 ٣"),  # letters without case, and digits of other scripts, stay
        ("", ""),
    ],
)
def test_the_shape_of_a_text(text: str, mask: str) -> None:
    assert mask_of(pa.array([text])).to_pylist() == [mask]


@pytest.mark.parametrize(
    ("texts", "first", "later"),
    [
        (["C-00042", "C-00043", "C-00045"], ["C-00042", "C-00043"], "C-100041"),
        (["1", "2", "3"], ["1", "2"], "100000"),
        (["007", "008"], ["007", "008"], "100006"),
        (["A-1-B", "A-2-B"], ["A-1-B", "A-2-B"], "A-0-B10000"),
        (["x"], ["x0", "x1"], "x99999"),
        (["日本1", "日本2"], ["日本1", "日本2"], "日本100000"),
        ([], ["1", "2"], "100000"),
        ([str(10**13 + number) for number in range(5)], ["10000000000000"], "10000000099999"),
        ([f"{4 * 10**9 + n:012d}" for n in range(5)], ["004000000000"], "004000099999"),
    ],
)
def test_dense_numbers_are_counted_up(texts: list[str], first: list[str], later: str) -> None:
    key = learned(*texts)
    assert made(key, 0, 1)[: len(first)] == first
    assert made(key, 99_999) == [later]


def test_scattered_numbers_and_letters_are_spread() -> None:
    key = learned("AB-0001", "CD-9999", "XA-5000")
    assert key.start is None
    assert key.capacity == 26**2 * 10**4
    texts = made(key, *range(1000))
    assert all(text[2] == "-" and text[:2].isupper() and text[3:].isdigit() for text in texts)
    # 1,000 of 6.76 million in order would be a chance of 1 in 1000!.
    assert texts != sorted(texts)


def test_characters_that_never_change_stay_but_digits_count_on() -> None:
    key = learned("DE77A", "DE78A")
    assert key.parts == ("=D", "=E", "9", "9", "=A")
    assert key.literal == "DEA"


def test_the_commonest_shape_counts_and_ties_are_settled_by_name() -> None:
    assert learned("a1", "b2", "XX-1").parts == ("a", "9")
    assert learned("a1", "X-1") == learned("X-1", "a1")


def test_numbers_with_more_digits_than_are_counted_keep_their_beginning() -> None:
    key = learned(*(f"{10**24 + number}" for number in range(5)))
    assert made(key, 0, 9, 10) == [f"1{'0' * 23}0", f"1{'0' * 23}9", f"1{'0' * 23}10"]


def test_a_full_shape_gets_longer() -> None:
    key = learned("a", "b", "c")
    texts = made(key, *range(26 * 3))
    assert sorted(texts[:26]) == [chr(code) for code in range(97, 123)]
    assert {len(text) for text in texts[26:]} == {2}
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["01", "02", "05"],
        ["5", "6", "7", "10"],
        ["AAA", "BAC", "AAC", "AAD"],
        ["A", "B", "C1"],
        ["a-1-b", "a-9-b"],
        ["x"],
        ["x", "x0", "x17"],
        ["日本1", "日本22"],
        ["", "0"],
        ["9" * 25, "9" * 24 + "8"],
        [],
    ],
)
def test_what_comes_after_is_none_of_what_was_seen(texts: list[str]) -> None:
    following = PatternKey.after(pa.array(texts, pa.string())).make(np.arange(30_000), 3)
    assert not set(following.to_pylist()) & set(texts)
    assert len(following.unique()) == 30_000


def test_a_counter_goes_on_after_the_largest_number() -> None:
    after = PatternKey.after(pa.array(["L01", "L02", "L05", "M9"]))
    assert made(after, 0, 1, 95) == ["L06", "L07", "L101"]


def hashes(kind: str, count: int) -> list[str]:
    digests = [hashlib.sha256(str(number).encode()).digest() for number in range(count)]
    if kind == "hex":
        return [each.hex()[:32] for each in digests]
    if kind == "base64":
        return [base64.urlsafe_b64encode(each).decode()[:11] for each in digests]
    return ["tok_" + base64.b32encode(each).decode().lower()[:12] for each in digests]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("hex", "[0-9a-f]{32}"),
        ("base64", "[0-9A-Za-z_-]{11}"),
        ("base32", "tok_[0-9a-z]{12}"),
    ],
)
def test_tokens_are_made_of_their_alphabet(kind: str, form: str) -> None:
    seen = hashes(kind, 500)
    texts = made(learned(*seen), *range(20_000))
    assert all(re.fullmatch(form, text) for text in texts)
    assert len(set(texts)) == len(texts)
    assert not set(texts) & set(seen)
    for place in range(form.startswith("tok_") * 4, len(texts[0])):
        # The rarest letter of 20,000 is some 5 standard deviations below its expected number.
        counts = np.unique([text[place] for text in texts], return_counts=True)[1]
        expected = 20_000 / len(counts)
        assert counts.min() > expected - 6 * expected**0.5
        assert len(counts) >= 16


def test_the_places_that_no_number_reaches_differ_as_others_do() -> None:
    key = PatternKey(parts=("h",) * 40)
    texts = made(key, *range(5_000))
    assert len({text[:8] for text in texts}) > 4_990
    counted = PatternKey(parts=("=x", *"9" * 25))
    assert len({text[:6] for text in made(counted, *range(100))}) == 100
