"""Pools: names, cities, companies in place of others, chosen by a keyed digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.settings import AddressSettings, PoolSettings
from synthkit.anonymization.distinct import as_arrow, as_flags, as_numbers, decoded, over_pairs
from synthkit.anonymization.drawn import SIZE, digest, drawn
from synthkit.anonymization.letters import parts
from synthkit.anonymization.tokens import tokens
from synthkit.contracts.action import Beside

__all__ = ["Address", "Pool"]

_TRIES = 16


@dataclass
class Pool:
    """Values of a provider, as common as they are in their locale; equal in means equal out.

    Values that the columns themselves hold are left out of the pool as long as others remain.
    """

    settings: PoolSettings
    keeps: frozenset[str] = frozenset({"equality"})
    takes_dictionaries: bool = True
    _pool: pa.Array | None = field(default=None, init=False, repr=False)
    _small: pa.Array | None = field(default=None, init=False, repr=False)
    _marks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), init=False)
    _known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(SIZE, bool), init=False)

    def survey(self, values: pa.Array, beside: Beside) -> None:
        """Note which values of the pool the columns hold."""
        _, small, known = self._held(beside)
        known |= as_flags(pc.is_in(small, value_set=pc.utf8_lower(pc.unique(_text(values)))))

    def notes(self) -> pa.Array:
        """Return which values of the pool the columns hold, by place."""
        return pa.array(self._known)

    def take_notes(self, notes: pa.Array) -> None:
        """Leave out what another process noted."""
        self._known[:] = as_flags(notes)

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return values of the pool, in the case and order of names that values are in.

        They are dictionary-encoded where they are written as the pool has them.
        """
        needs_text(values, "pool")
        subjects = beside.subjects if self.settings.scope == "subject" else None

        def replace(found: pa.Array, whose: pa.Array) -> pa.Array:
            made = self._chosen(found, whose, key, beside)
            return _styled(found, made, turns=self.settings.kind == "name")

        return over_pairs(values, subjects, replace)

    def pools(self, beside: Beside) -> dict[str, str]:
        """Return a digest of the pool, by its kind and locale."""
        kind, locale = self.settings.kind, self.settings.locale or beside.locales[0]
        return {f"{kind} {locale}": digest(self._held(beside)[0])}

    def _chosen(self, found: pa.Array, whose: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        pool, _, known = self._held(beside)
        own = _by_dictionary(found, pc.utf8_lower)
        digests = _digests(whose, key, beside)
        at = (digests[:, 0] % np.uint64(SIZE)).astype(np.int64)
        step = (digests[:, 1] | np.uint64(1)).astype(np.int64)
        marks = _marks_of(own)
        again = np.flatnonzero(known[at] | self._alike(at, own, marks))
        for _ in range(_TRIES):
            if not len(again):
                break
            at[again] = (at[again] + step[again]) % SIZE
            alike = self._alike(at[again], own.take(as_arrow(again)), marks[again])
            again = again[known[at[again]] | alike]
        else:
            self._settle(at, again, own, digests)
        return pa.DictionaryArray.from_arrays(as_arrow(at.astype(np.int32)), pool)

    def _settle(
        self,
        at: NDArray[np.int64],
        left: NDArray[np.int64],
        own: pa.Array,
        digests: NDArray[np.uint64],
    ) -> None:
        """Choose among what the columns do not hold; or if they hold all, another value."""
        free = np.flatnonzero(~self._known)
        choice = free if len(free) else np.arange(SIZE)
        for turn in range(_TRIES * _TRIES):
            place = (digests[left, 1] + np.uint64(turn)) % np.uint64(len(choice))
            at[left] = choice[place.astype(np.int64)]
            some = own.take(as_arrow(left))
            left = left[self._alike(at[left], some, _marks_of(some))]
            if not len(left):
                return

    def _held(self, beside: Beside) -> tuple[pa.Array, pa.Array, NDArray[np.bool_]]:
        """Return the pool, the same in small letters, and which of it the columns hold."""
        if self._pool is None or self._small is None:
            locale = self.settings.locale or beside.locales[0]
            self._pool = drawn(self.settings.kind, locale, beside)
            self._small = pc.utf8_lower(self._pool)
            self._marks = _marks(self._small)
        return self._pool, self._small, self._known

    def _alike(
        self, at: NDArray[np.int64], own: pa.Array, marks: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Say of each value in small letters whether it is what stands at its place of the pool."""
        assert self._small is not None
        alike: NDArray[np.bool_] = marks == self._marks[at]
        rows = np.flatnonzero(alike)  # hardly any
        there = self._small.take(as_arrow(at[rows]))
        alike[rows] = as_flags(pc.equal(there, decoded(own.take(as_arrow(rows)))))
        return alike


class Address(Pool):
    """Street addresses; a `Pool` of another kind."""

    def __init__(self, settings: AddressSettings) -> None:
        super().__init__(PoolSettings(settings.kind, settings.scope, locale=settings.locale))


def _digests(whose: pa.Array, key: bytes, beside: Beside) -> NDArray[np.uint64]:
    """Return keyed digests; those of subjects are made once for all columns of the same rows."""
    if whose is not beside.subjects:
        return tokens(whose, key)
    place = "digests of subjects", key
    if place not in beside.shared:
        beside.shared[place] = tokens(whose, key)
    found: NDArray[np.uint64] = beside.shared[place]
    return found


def _text(values: pa.Array) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(pa.string())


def _by_dictionary(values: pa.Array, made: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Return what is made of each value, looking once at values that repeat."""
    if pa.types.is_dictionary(values.type):
        return pa.DictionaryArray.from_arrays(values.indices, made(values.dictionary))
    return made(values)


def _marks_of(values: pa.Array) -> NDArray[np.int64]:
    """Return the mark of each value, looking once at values that repeat."""
    if pa.types.is_dictionary(values.type):
        of_dictionary = _marks(values.dictionary)
        return of_dictionary.take(as_numbers(values.indices))
    return _marks(values)


def _marks(texts: pa.Array) -> NDArray[np.int64]:
    """Return the lengths of texts with some of their bytes: other marks are of other texts."""
    offsets, data = parts(texts)
    if not len(data):
        return np.zeros(len(texts), np.int64)
    starts, sizes = offsets[:-1].astype(np.int64), np.diff(offsets).astype(np.int64)
    made = sizes.copy()
    for place in (starts, starts + sizes // 2, starts + sizes - 1):
        made = made << 8 | data[np.clip(place, 0, len(data) - 1)]
    made[sizes == 0] = 0
    return made


_TURNED, _UPPER, _LOWER, _BLANK = 1, 2, 4, 8


def _styles(texts: pa.Array) -> NDArray[np.int64]:
    """Return how names are written, as bits."""
    size = as_numbers(pc.binary_length(texts))
    turned = as_flags(pc.match_substring(texts, ",")) * _TURNED
    upper = (as_flags(pc.utf8_is_upper(texts)) & (size > 1)) * _UPPER
    lower = as_flags(pc.utf8_is_lower(texts)) * _LOWER
    blank = (as_flags(pc.utf8_is_space(texts)) | (size == 0)) * _BLANK
    made: NDArray[np.int64] = turned | upper | lower | blank
    return made


def _styled(found: pa.Array, made: pa.Array, *, turns: bool) -> pa.Array:
    """Return names written as the values were: in capitals, in small letters, last name first."""
    coded = pa.types.is_dictionary(found.type)
    style = _styles(found.dictionary)[as_numbers(found.indices)] if coded else _styles(found)

    if not style.any():
        return made
    made = decoded(made)

    def where(bit: int) -> pa.Array:
        return pa.array(style & bit != 0)

    if turns and (style & _TURNED).any():
        last_first = pc.replace_substring_regex(made, r"^(\S+) +(\S+)$", r"\2, \1")
        made = pc.if_else(where(_TURNED), last_first, made)
    if (style & _UPPER).any():
        made = pc.if_else(where(_UPPER), pc.utf8_upper(made), made)
    if (style & _LOWER).any():
        made = pc.if_else(where(_LOWER), pc.utf8_lower(made), made)
    if (style & _BLANK).any():
        made = pc.if_else(where(_BLANK), _text(decoded(found)), made)
    return made
