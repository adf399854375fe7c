"""Text made anew: of a known kind from a value provider, else in the shape that was seen."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.synthesizers.columns.cells import Cells, Made, missing_share
from synthkit.synthesizers.columns.crowd import LEAST, Crowd
from synthkit.synthesizers.columns.tokens import TokenReplacement, learn_tokens
from synthkit.synthesizers.structure.masks import mask_of
from synthkit.synthesizers.structure.strings import dealt, fixed_width_strings

__all__ = [
    "SHARED",
    "BytesReplacement",
    "CodeReplacement",
    "ProviderReplacement",
    "TextReplacement",
    "WordReplacement",
    "learn_bytes",
    "learn_text",
    "provided",
    "shape_of",
]

SHARED = LEAST
"""What is kept of text that is made anew (its shapes) must be shared by at least this many rows."""
_SHAPED = ("phone_number", "postcode", "ssn", "license_plate", "bban")
"""Kinds whose format is a matter of the data, not of a locale: their shapes are kept as seen."""
_SHAPES = 64
_COVERED = 0.5
"""Share of codes whose shapes must be kept, for shapes to tell what the codes are like."""
_CLASSES = {"9": (48, 10), "A": (65, 26), "a": (97, 26)}
"""The first character, as its code, and the number of them, of what a mask stands for."""
_CASES = ("utf8_upper", "utf8_lower", "utf8_title", "utf8_capitalize")


class ProviderReplacement(Made):
    """Values of a known kind (names, e-mail addresses), from its value provider."""

    kind: Literal["provider"] = "provider"
    provider: str
    unique: bool = False
    case: str | None = None

    def make(self, cells: Cells) -> pa.Array:
        """Return the values of some rows."""
        if self.unique:
            made = cells.values.distinct(
                self.provider, cells.start, cells.count, cells.key, cells.locale
            )
        else:
            made = cells.values.draw(self.provider, cells.count, cells.rng, cells.locale)
        made = made.cast(pa.string())
        return self._gaps(getattr(pc, self.case)(made) if self.case else made, cells.rng)


class WordReplacement(Made):
    """Free text: common words, as many as were seen, in the letter case seen."""

    kind: Literal["words"] = "words"
    words: tuple[int, ...]
    frequencies: tuple[int, ...]
    case: str | None = None

    def make(self, cells: Cells) -> pa.Array:
        """Return the values of some rows."""
        share = np.asarray(self.frequencies, float) / sum(self.frequencies)
        lengths = cells.rng.choice(np.asarray(self.words), cells.count, p=share)
        drawn = cells.values.draw("word", int(lengths.sum()), cells.rng, cells.locale)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        texts = pa.ListArray.from_arrays(pa.array(offsets), drawn.cast(pa.string()))
        made = pc.binary_join(texts, " ")
        return self._gaps(getattr(pc, self.case)(made) if self.case else made, cells.rng)


class CodeReplacement(Made):
    """Codes such as ``AB-1234``: random letters and digits in the shapes that several rows have.

    In a mask, 9 stands for a digit, A and a for a letter, a backslash in front for themselves.
    ``whole`` says that the codes are numbers, which have no zeros in front.
    """

    kind: Literal["codes"] = "codes"
    masks: tuple[str, ...]
    whole: bool = False
    frequencies: tuple[int, ...]

    def make(self, cells: Cells) -> pa.Array:
        """Return the values of some rows."""
        share = np.asarray(self.frequencies, float) / sum(self.frequencies)
        shapes = cells.rng.choice(len(self.masks), cells.count, p=share)
        pieces = [
            _fill(mask, int((shapes == number).sum()), cells.rng, whole=self.whole)
            for number, mask in enumerate(self.masks)
        ]
        made = dealt(pieces, shapes)
        if self.whole:
            long = any(len(_places(mask)) > 19 and mask[0] != "-" for mask in self.masks)
            made = made.cast(pa.uint64() if long else pa.int64())
        return self._gaps(made, cells.rng)


class BytesReplacement(Made):
    """Random bytes, as long as most values are."""

    kind: Literal["bytes"] = "bytes"
    length: int

    def make(self, cells: Cells) -> pa.Array:
        """Return the values of some rows."""
        made = cells.rng.integers(0, 256, (cells.count, self.length), np.uint8)
        return self._gaps(fixed_width_strings(made, pa.binary()), cells.rng)


TextReplacement = ProviderReplacement | WordReplacement | CodeReplacement | TokenReplacement


def learn_text(
    column: Column, seen: pa.ChunkedArray, kinds: Values, crowd: Crowd | None = None
) -> TextReplacement | None:
    """Choose how text, or a code held as a whole number, is made anew; None for other storages.

    ``crowd`` tells whom the rows are about; without it, each is about someone else.
    """
    owners = (crowd or Crowd.of_rows(len(seen))).present(seen)
    if pa.types.is_integer(seen.type) and column.sdtype in _SHAPED:
        codes = _codes(pc.drop_null(seen.cast(pa.string())), missing_share(seen), owners, shared=1)
        return codes and codes.model_copy(update={"whole": True})
    if not pa.types.is_string(seen.type):
        return None
    missing = missing_share(seen)
    present = pc.drop_null(seen)
    if column.sdtype in _SHAPED and (codes := _codes(present, missing, owners, shared=1)):
        codes = _with_common(codes, present, owners)
        if column.sdtype != "phone_number":
            return codes
        if (without := _without_letters(codes)) is not None:
            return without
    kind = "uuid" if column.format == "uuid" else column.sdtype
    if kinds.has(kind):
        distinct = pc.count_distinct(present).as_py()
        unique = len(present) > 1 and distinct == len(present)
        return provided(kind, present, unique=unique, missing=missing)
    return shape_of(seen, crowd)


def provided(
    kind: str, present: pa.ChunkedArray, *, unique: bool, missing: float = 0.0
) -> ProviderReplacement:
    """Return what makes values of a kind; UUIDs in the letter case that ``present`` has."""
    upper = kind == "uuid" and pc.any(pc.match_substring_regex(present, "[A-F]")).as_py()
    case = "utf8_upper" if upper else None
    return ProviderReplacement(missing=missing, provider=kind, unique=unique, case=case)


def learn_bytes(seen: pa.ChunkedArray) -> BytesReplacement:
    """Learn how long binary values are in the middle, to a power of two."""
    lengths = pc.binary_length(pc.drop_null(seen)).to_numpy()
    middle = float(np.median(lengths)) if len(lengths) else 0.0
    length = 1 << max(int(np.log2(max(middle, 1.0))), 0)
    return BytesReplacement(missing=missing_share(seen), length=min(length, 4096))


def shape_of(seen: pa.ChunkedArray, crowd: Crowd | None = None) -> TextReplacement:
    """Learn only the shape of a text column: codes as masks, tokens as alphabets, else words."""
    present, missing = pc.drop_null(seen), missing_share(seen)
    owners = (crowd or Crowd.of_rows(len(seen))).present(seen)
    codes = _codes(present, missing, owners, shared=SHARED) if _is_code(present) else None
    if codes is None or sum(codes.frequencies) < _COVERED * len(present):
        return (
            learn_tokens(present, missing, owners, shared=SHARED)
            or codes
            or _words(present, missing)
        )
    return codes


def _is_code(present: pa.ChunkedArray) -> bool:
    """Whether most values are one token with a digit in it."""
    token = pc.match_substring_regex(present, r"^\S*\d\S*$")
    return bool(len(present)) and pc.mean(token.cast(pa.float64())).as_py() >= 0.5


def _codes(
    present: pa.ChunkedArray, missing: float, owners: Crowd, *, shared: int
) -> CodeReplacement | None:
    """Return the shapes that at least ``shared`` rows have, if there is any."""
    shapes = mask_of(present)
    counted = pc.value_counts(shapes)
    ranked = sorted(
        (
            (-count, mask)
            for mask, count in zip(
                counted.field("values").to_pylist(),
                counted.field("counts").to_pylist(),
                strict=True,
            )
            if count >= shared and mask.isascii()
        )
    )[:_SHAPES]
    if not ranked:
        return None
    return CodeReplacement(
        missing=missing,
        masks=tuple(
            _with_constants(mask, present.filter(alike), owners.where(alike))
            for _, mask in ranked
            for alike in (pc.equal(shapes, mask),)
        ),
        frequencies=tuple(-count for count, _ in ranked),
    )


def _with_constants(mask: str, alike: pa.ChunkedArray, owners: Crowd) -> str:
    """Keep what all of enough different values of a shape have in common: ``+1``, an ``x``.

    Different values of different subjects, since one that is repeated has everything in common
    with itself, and so may have those of one subject.
    """
    distinct = pc.unique(alike)
    if len(distinct) < SHARED or not owners.is_enough:
        return "".join(shape if shape in _CLASSES else _literal(shape) for shape in mask)
    letters = np.array(distinct.to_pylist(), f"U{len(mask)}").view(np.uint32)
    letters = letters.reshape(len(distinct), len(mask))
    constant = (letters == letters[0]).all(axis=0) & (letters[0] < 128)
    return "".join(
        _literal(chr(letter)) if same else shape
        for shape, letter, same in zip(mask, letters[0], constant, strict=True)
    )


def _with_common(
    codes: CodeReplacement, present: pa.ChunkedArray, owners: Crowd
) -> CodeReplacement:
    """Keep the letters, and the start with a plus, that all values with such have: ``x``, ``+49``.

    A rare shape has too few values to tell these from random ones; all shapes together may not.
    """

    def shared(chosen: pa.ChunkedArray, of: pa.ChunkedArray) -> list[str]:
        distinct = pc.count_distinct(present.filter(chosen)).as_py()
        enough = distinct >= SHARED and owners.where(chosen).is_enough
        return pc.unique(of.filter(chosen)).to_pylist() if enough else []

    sequences = pc.replace_substring_regex(present, "[^A-Za-z]+", "")
    found = shared(pc.not_equal(sequences, ""), sequences)
    letters = found[0] if len(found) == 1 else ""
    start = _common_start(shared(pc.starts_with(present, "+"), present))
    masks = []
    for mask in codes.masks:
        places = _places(mask)
        free = [place for place, part in enumerate(places) if part in ("A", "a")]
        if len(free) == len(letters):
            for place, letter in zip(free, letters, strict=True):
                places[place] = _literal(letter)
        if places[:1] == ["+"] and len(start) <= len(places):
            places[: len(start)] = [_literal(letter) for letter in start]
        masks.append("".join(places))
    return codes.model_copy(update={"masks": tuple(masks)})


def _common_start(texts: list[str]) -> str:
    """Return what all texts begin with: what the first and the last in order begin with."""
    if not texts:
        return ""
    first, last = min(texts), max(texts)
    same = zip(first, last, strict=False)
    return first[: next((n for n, (one, two) in enumerate(same) if one != two), len(first))]


def _without_letters(codes: CodeReplacement) -> CodeReplacement | None:
    """Leave out the shapes with random letters, which no phone number has."""
    kept = [
        (mask, count)
        for mask, count in zip(codes.masks, codes.frequencies, strict=True)
        if not {"A", "a"} & set(_places(mask))
    ]
    if not kept:
        return None
    masks, frequencies = zip(*kept, strict=True)
    return codes.model_copy(update={"masks": masks, "frequencies": frequencies})


def _words(present: pa.ChunkedArray, missing: float) -> WordReplacement:
    lengths = pc.list_value_length(pc.split_pattern_regex(present, r"\s+")).to_numpy()
    words, frequencies = np.unique(np.clip(lengths, 1, 200), return_counts=True)
    kept = frequencies >= min(SHARED, int(frequencies.max(initial=0)))
    return WordReplacement(
        missing=missing,
        words=tuple(int(word) for word in words[kept]) or (1,),
        frequencies=tuple(int(count) for count in frequencies[kept]) or (1,),
        case=next(
            (
                case
                for case in _CASES
                if len(present)
                and pc.mean(pc.equal(getattr(pc, case)(present), present).cast("double")).as_py()
                > 0.8
            ),
            None,
        ),
    )


def _places(mask: str) -> list[str]:
    """Return the parts of a mask, one for each character that is made."""
    return re.findall(r"\\?.", mask, re.DOTALL)


def _literal(letter: str) -> str:
    """Write a character that stays into a mask."""
    return f"\\{letter}" if letter in _CLASSES or letter == "\\" else letter


def _fill(mask: str, count: int, rng: np.random.Generator, *, whole: bool) -> pa.Array:
    """Return random strings of a shape: 9 a digit, A and a letters, the rest literally.

    A ``whole`` number does not begin with 0, and with 10 if it has as many digits as 64 bits hold.
    """
    places = _places(mask)
    text = np.empty((count, len(places)), np.uint8)
    first = int(places[0] == "-") if whole and len(places) > 1 else -1
    if whole and len(places) - first > 18:
        places[first : first + 2] = ["1", "0"]
    for place, part in enumerate(places):
        if place == first and part == "9":
            text[:, place] = 49 + rng.integers(0, 9, count)
            continue
        base, size = _CLASSES.get(part, (ord(part[-1]), 1))
        text[:, place] = base + rng.integers(0, size, count)
    return fixed_width_strings(text)
