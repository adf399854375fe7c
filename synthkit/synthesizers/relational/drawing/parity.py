"""Which drawn rows are drawn again, so that no more agree with learned rows than fresh ones do.

What is kept of the learned rows are randomised answers (Warner 1965) to whether a row falls in a
place of a table of bits: each is more likely for a learned row than for another, by three to one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, compiled_part
from synthkit.synthesizers.relational.trees.forest import mix

__all__ = ["TRUE_ANSWER", "Parity", "is_held_back", "rows_as_numbers"]

Codes = npt.NDArray[np.uint8]
_ODD = 0x9E3779B97F4A7C15
TRUE_ANSWER = 0.75
"""How likely a bit says what is so; else it says the opposite."""
_ROOM = 16
"""Bits for each row that is answered for."""
_MOST_BITS = 1 << 21


@dataclass(frozen=True)
class Parity:
    """The rows of a table that are held back, and how often.

    ``told_by`` is bool (fields,), the fields whose codes make a row what it is; ``bits`` uint8
    (bytes,), one bit for each place that rows fall in, which ``key`` decides; ``share`` of the
    rows in a place whose bit is set are drawn again. Without bits none is.
    """

    told_by: npt.NDArray[np.bool_]
    bits: Codes
    key: int = 0
    share: float = 0.0

    @classmethod
    def none(cls) -> Self:
        """Hold back nothing."""
        return cls(np.zeros(0, np.bool_), np.zeros(0, np.uint8))

    @classmethod
    def answered(
        cls,
        told_by: npt.NDArray[np.bool_],
        learned: npt.NDArray[np.uint64],
        key: int,
        rng: np.random.Generator,
    ) -> Self:
        """Answer for some learned rows, given as `rows_as_numbers` gives them with this key."""
        size = min(-(-_ROOM * len(learned) // 8) * 8, _MOST_BITS)
        answers = np.zeros(size, np.bool_)
        answers[(learned % np.uint64(size)).astype(np.int64)] = True
        answers ^= rng.random(size) >= TRUE_ANSWER
        return cls(told_by, np.packbits(answers, bitorder="little"), key)

    @property
    def arrays(self) -> tuple[Any, ...]:
        """All of it as compiled passes take it."""
        return self.bits, self.told_by, np.uint64(self.key), float(self.share)

    def to_json(self) -> dict[str, Any] | None:
        """Return all but the bits; None if nothing is held back."""
        if not len(self.bits):
            return None
        return {"told_by": self.told_by.tolist(), "key": self.key, "share": self.share}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None, bits: Codes | None) -> Self:
        """Return what `to_json` gave, with its bits; models of old have none."""
        if data is None or bits is None:
            return cls.none()
        told_by = np.asarray(data["told_by"], np.bool_)
        return cls(told_by, bits, int(data["key"]), float(data["share"]))

    def is_set(self, rows: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Say for rows, as `rows_as_numbers` gives them, whether the bit of their place is set."""
        places = (rows % np.uint64(8 * len(self.bits))).astype(np.int64)
        answers = np.unpackbits(self.bits, bitorder="little")[places]
        return np.asarray(answers, np.bool_)


def rows_as_numbers(
    codes: Codes, told_by: npt.NDArray[np.bool_], key: int
) -> npt.NDArray[np.uint64]:
    """Return a number for each row of codes (rows, fields), equal where the told fields are."""
    made = np.zeros(len(codes), np.uint64)
    _fill(np.ascontiguousarray(codes), told_by, np.uint64(key), made)
    return made


@compiled
def _fill(codes: Any, told_by: Any, key: Any, made: Any) -> None:
    for row in range(len(codes)):
        made[row] = _number(codes[row], np.int64(0), told_by, key)


@compiled_part
def _number(codes: Any, first: int, told_by: Any, key: Any) -> Any:
    """Return the number of the row whose codes begin at ``first``."""
    number = key
    for column in range(len(told_by)):
        if told_by[column]:
            code = np.uint64(codes[first + column])
            number = mix(number + np.uint64(_ODD) * (code + np.uint64(1)))
    return number


@compiled
def is_held_back(parity: Any, slots: Any, own: int, seed: Any) -> bool:
    """Say whether the row whose own codes are in the slots from ``own`` on is to be drawn again."""
    bits, told_by, key, share = parity
    number = _number(slots, own, told_by, key)
    place = number % np.uint64(8 * len(bits))
    if not (bits[place >> np.uint64(3)] >> np.uint8(place & np.uint64(7))) & np.uint8(1):
        return False
    uniform = (mix(seed ^ number) >> np.uint64(11)) * 2.0**-53
    return bool(uniform < share)
