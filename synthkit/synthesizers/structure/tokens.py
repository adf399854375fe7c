"""Tokens (hashes, random ids): strings of one length whose letters and digits come in any order.

A mask says too much of them, since hardly two have the same; an alphabet for each place is enough.
"""

from __future__ import annotations

import string

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["ALPHABETS", "letters_of", "token_parts"]

ALPHABETS = {
    "9": string.digits,
    "h": string.digits + "abcdef",
    "H": string.digits + "ABCDEF",
    "A": string.ascii_uppercase,
    "a": string.ascii_lowercase,
    "z": string.digits + string.ascii_lowercase,
    "Z": string.digits + string.ascii_uppercase,
    "L": string.ascii_letters,
    "w": string.digits + string.ascii_letters,
    "u": string.digits + string.ascii_letters + "-_",
    "b": string.digits + string.ascii_letters + "+/",
}
"""Letters by the name of their alphabet, the smallest ones first."""
_MIXED = 0.8
"""Share of the places that vary which must hold characters of more than one class."""
_OTHER = 3


def letters_of(part: str) -> npt.NDArray[np.uint8]:
    """Return the characters that a part stands for, as their codes: an alphabet, or what stays."""
    return np.frombuffer(ALPHABETS.get(part, part[1:]).encode(), np.uint8)


def token_parts(values: pa.ChunkedArray | pa.Array, enough: bool) -> tuple[str, ...] | None:
    """Return an alphabet, or ``=`` and the character that stays, for each place of tokens.

    Args:
        values: different strings of one length.
        enough: whether so many subjects have them that what all have in common may be kept.

    Returns:
        None if the strings are no tokens: words, codes of a shape, text, or too few to say.
    """
    text = values.to_pylist()
    if not text or not text[0] or not "".join(text).isascii():
        return None
    letters = np.frombuffer("".join(text).encode(), np.uint8).reshape(len(text), -1)
    stays = (letters == letters[0]).all(axis=0)
    varying = np.flatnonzero(~stays)
    if not len(varying) or _mixed(letters[:, varying]) < _MIXED:
        return None
    seen = {chr(code) for code in np.unique(letters[:, varying])}
    if not enough:
        seen |= {text[0][place] for place in np.flatnonzero(stays) if text[0][place].isalnum()}
    found = next((name for name, each in ALPHABETS.items() if seen <= set(each)), None)
    if found is None:
        return None
    return tuple(
        f"={letter}" if constant and (enough or not letter.isalnum()) else found
        for letter, constant in zip(text[0], stays, strict=True)
    )


def _mixed(letters: npt.NDArray[np.uint8]) -> float:
    """Return the share of places that hold more than one of: digit, lower, upper case, other."""
    classes = np.full(128, _OTHER, np.uint8)
    for number, members in enumerate(
        (string.digits, string.ascii_lowercase, string.ascii_uppercase)
    ):
        classes[[ord(letter) for letter in members]] = number
    found = classes[letters]
    return float((found.min(axis=0) != found.max(axis=0)).mean())
