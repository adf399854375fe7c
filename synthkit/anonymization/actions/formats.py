"""Keep the format: digits become digits, letters letters, one to one; the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.actions.plain import is_text
from synthkit.anonymization.actions.settings import DigitsSettings
from synthkit.anonymization.distinct import Recent, as_arrow, over_distinct
from synthkit.anonymization.letters import LONGEST, assembled, letters, shapes, speaks
from synthkit.anonymization.permutation import permute
from synthkit.anonymization.tokens import as_text
from synthkit.contracts.action import Beside
from synthkit.errors import DataError, UsageError

__all__ = ["Digits", "mapped_digits", "replaced_numbers"]

Symbols = NDArray[np.uint8]
Groups = Iterator[tuple[NDArray[np.int64], Symbols | None]]
CLASSES = (
    ("digits", "0", ord("0"), 10),
    ("upper", "A", ord("A"), 26),
    ("lower", "a", ord("a"), 26),
)
"""Alphabets that are mapped onto themselves: name, their mark in shapes, first code, size."""
_WALKS = 5_000


class Digits:
    """Maps each string one to one onto strings of its shape (NIST FF1); whole numbers too.

    Numbers keep their sign and their number of digits, so that they fit where they were. Letters
    outside ASCII stay.
    """

    keeps = frozenset({"format", "equality", "uniqueness"})
    reads = "values with digits or letters to replace"

    takes_dictionaries = True

    def __init__(self, settings: DigitsSettings) -> None:
        self._settings = settings
        self._recent = Recent()
        self._valid = _validator(settings.valid) if settings.valid else None

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the values, each replaced by another of its shape; null where nothing can be."""
        if pa.types.is_integer(values.type):
            return over_distinct(values, lambda found: replaced_numbers(found, key))
        if not is_text(values.type):
            raise DataError(
                f"Values stored as {values.type} have no format to keep.",
                hint="Use noise, generalize or date_shift for them.",
            )

        def made(found: pa.Array) -> pa.Array:
            return self._walked(found, key)

        return over_distinct(values, lambda found: self._recent.over(found, key, made))

    def _walked(self, found: pa.Array, key: bytes) -> pa.Array:
        """Return valid values for valid ones: mapped again until they are (cycle walking)."""
        made = self._texts(found, key)
        if self._valid is None:
            return made
        held, out = found.to_pylist(), made.to_pylist()
        waiting = [at for at, value in enumerate(held) if self._valid(value)]
        for _ in range(_WALKS):
            waiting = [at for at in waiting if not self._valid(out[at])]
            if not waiting:
                return pa.array(out, pa.string())
            again = self._texts(pa.array([out[at] for at in waiting], pa.string()), key)
            for at, value in zip(waiting, again.to_pylist(), strict=True):
                out[at] = value
        raise DataError(
            f"No other valid values of {self._settings.valid} were found.",
            hint="Leave `valid` out: the values keep their form, not their check digits.",
        )

    def _texts(self, found: pa.Array, key: bytes) -> pa.Array:
        return assembled(self._groups(found, key), len(found))

    def _groups(self, found: pa.Array, key: bytes) -> Groups:
        wanted = self._settings
        classes = CLASSES if wanted.letters else CLASSES[:1]
        for at, shape in shapes(found):
            symbols = letters(found.take(as_arrow(at)))
            places = [place for place, mark in enumerate(shape) if mark in b"0Aa"]
            inner = places[wanted.keep_first : len(places) - wanted.keep_last]
            marks = {mark for _, mark, _, _ in classes}
            mapped = any(chr(shape[place]) in marks for place in inner)
            if len(shape) > LONGEST or (speaks(shape) and not mapped):
                yield at, None
                continue
            for name, mark, first, size in classes:
                chosen = [place for place in inner if chr(shape[place]) == mark]
                if chosen:
                    part = symbols[:, chosen] - np.uint8(first)
                    symbols[:, chosen] = permute(part, size, key, name.encode()) + np.uint8(first)
            yield at, symbols


def _validator(name: str) -> Callable[[str], bool]:
    from importlib import import_module

    parts = name.split(".")
    if all(part.isidentifier() for part in parts):
        try:
            return import_module(f"stdnum.{name}").is_valid  # type: ignore[no-any-return]
        except (ImportError, AttributeError):
            pass
    raise UsageError(
        f"python-stdnum has no format {name!r}.", hint="Such as us.ssn, br.cpf, es.nif, iban."
    )


def replaced_numbers(found: pa.Array, key: bytes) -> pa.Array:
    """Return whole numbers mapped one to one onto numbers of as many digits."""
    texts = as_text(found)

    def groups() -> Groups:
        for at, shape in shapes(texts):
            symbols = letters(texts.take(as_arrow(at)))
            inner = slice(1, None) if shape[:1] == b"-" else slice(None)
            digits = symbols[:, inner] - np.uint8(48)
            alone = digits.shape[1] == 1
            symbols[:, inner] = mapped_digits(digits, key, b"number", leading=alone) + np.uint8(48)
            yield at, symbols

    try:
        return pc.cast(assembled(groups(), len(texts)), found.type)
    except pa.ArrowInvalid as error:
        raise DataError(
            "Replaced numbers do not fit where the numbers were.",
            hint="Numbers near the limit of their type: use hash for this column.",
        ) from error


def mapped_digits(digits: Symbols, key: bytes, tweak: bytes, *, leading: bool = False) -> Symbols:
    """Map rows of digits one to one; unless ``leading``, a first digit of zero never comes up.

    Rows whose first digit came out as zero are mapped again until it does not (cycle walking,
    Black and Rogaway 2002), which keeps the map one to one among such rows. Rows that begin with
    zero are mapped among themselves in the same way.
    """
    made = permute(digits, 10, key, tweak)
    if leading:
        return made
    zero = digits[:, 0] == 0
    again = np.flatnonzero((made[:, 0] == 0) != zero)
    while len(again):
        made[again] = permute(made[again], 10, key, tweak)
        again = again[(made[again, 0] == 0) != zero[again]]
    return made
