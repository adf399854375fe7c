"""Format-preserving encryption against NIST's own examples, and as a one-to-one map."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.anonymization.permutation import permute, restore

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SHORT = "2B7E151628AED2A6ABF7158809CF4F3C"
MIDDLE = SHORT + "EF4359D8D580AA4F"
LONG = MIDDLE + "7F036D6F04FC6A94"
TWEAK = "39383736353433323130"
WORDS = "3737373770717273373737"


def symbols(text: str) -> np.ndarray:
    return np.array([[ALPHABET.index(letter) for letter in text]], np.uint8)


@pytest.mark.parametrize(
    ("radix", "key", "tweak", "plain", "expected"),
    [  # NIST, "Block Cipher Modes of Operation: FF1 Method", samples 1 to 9
        (10, SHORT, "", "0123456789", "2433477484"),
        (10, SHORT, TWEAK, "0123456789", "6124200773"),
        (36, SHORT, WORDS, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (10, MIDDLE, "", "0123456789", "2830668132"),
        (10, MIDDLE, TWEAK, "0123456789", "2496655549"),
        (36, MIDDLE, WORDS, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
        (10, LONG, "", "0123456789", "6657667009"),
        (10, LONG, TWEAK, "0123456789", "1001623463"),
        (36, LONG, WORDS, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_samples_of_the_standard(
    radix: int, key: str, tweak: str, plain: str, expected: str
) -> None:
    given = symbols(plain)
    made = permute(given, radix, bytes.fromhex(key), bytes.fromhex(tweak))
    assert np.array_equal(made, symbols(expected))
    back = restore(made, radix, bytes.fromhex(key), bytes.fromhex(tweak))
    assert np.array_equal(back, given)


@pytest.mark.parametrize(("radix", "length"), [(2, 3), (10, 1), (10, 4), (26, 4), (10, 5)])
def test_small_sets_of_strings_are_mapped_one_to_one(radix: int, length: int) -> None:
    everything = (
        np.array(np.meshgrid(*[np.arange(radix)] * length, indexing="ij"), np.uint8)
        .reshape(length, -1)
        .T
    )
    made = permute(everything, radix, b"k" * 32)
    assert made.max() < radix
    assert len(np.unique(made, axis=0)) == radix**length
    assert np.array_equal(restore(made, radix, b"k" * 32), everything)
    assert not np.array_equal(permute(everything, radix, b"o" * 32), made) or radix**length < 20


@pytest.mark.parametrize(
    ("radix", "length"),
    [(10, 6), (10, 9), (10, 29), (10, 30), (10, 31), (36, 19), (62, 70), (256, 3)],
)
def test_what_is_mapped_comes_back(radix: int, length: int) -> None:
    rng = np.random.default_rng(5)
    given = rng.integers(0, radix, (300, length)).astype(np.uint8)
    made = permute(given, radix, b"k" * 32, b"domain")
    assert made.shape == given.shape
    assert made.max() < radix
    assert np.array_equal(restore(made, radix, b"k" * 32, b"domain"), given)
    alone = np.vstack([permute(given[at : at + 1], radix, b"k" * 32, b"domain") for at in range(9)])
    assert np.array_equal(alone, made[:9])
    assert not np.array_equal(permute(given, radix, b"k" * 32, b"other"), made)


def test_wide_halves_agree_with_narrow_ones() -> None:
    """The numbers of one half need Python integers, those of the other would not."""
    given = np.zeros((2, 31), np.uint8)
    given[1] = 9
    assert np.array_equal(restore(permute(given, 10, b"k" * 16), 10, b"k" * 16), given)


def test_no_rows_and_no_symbols() -> None:
    assert permute(np.zeros((0, 5), np.uint8), 10, b"k" * 16).shape == (0, 5)
    assert permute(np.zeros((4, 0), np.uint8), 10, b"k" * 16).shape == (4, 0)
