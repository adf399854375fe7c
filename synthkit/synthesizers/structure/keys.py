"""Key columns made anew in the format seen: the value is a function of the row's number.

So keys are unique without a stored set, and any process can make any part of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.structure.masks import PatternKey
from synthkit.synthesizers.structure.numbers import NumberKey
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.strings import fixed_width_strings

__all__ = [
    "DomainKey",
    "KeyFormat",
    "NumberKey",
    "ProviderKey",
    "UuidKey",
    "learn_domain",
    "learn_key",
]


class _Key(BaseModel):
    model_config = ConfigDict(frozen=True)


class UuidKey(_Key):
    """Random-looking UUIDs of version 4: 62 of the bits are a bijection of the row number."""

    kind: Literal["uuid"] = "uuid"
    upper: bool = False

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers."""
        mask62 = np.uint64((1 << 62) - 1)
        unsigned = rows.astype(np.uint64)
        with np.errstate(over="ignore"):
            low = (unsigned * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)) & mask62
            high = low * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(key >> 7)
            high ^= high >> np.uint64(29)
            high *= np.uint64(0x94D049BB133111EB)
            high ^= high >> np.uint64(32)
        words = np.empty((len(rows), 2), ">u8")
        words[:, 0] = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
        words[:, 1] = low | np.uint64(1 << 63)
        nibbles = np.repeat(words.view(np.uint8), 2, axis=1)
        nibbles[:, 0::2] >>= 4
        nibbles &= 15
        digits = np.frombuffer(b"0123456789ABCDEF" if self.upper else b"0123456789abcdef", np.uint8)
        text = np.full((len(rows), 36), ord("-"), np.uint8)
        text[:, [i for i in range(36) if i not in (8, 13, 18, 23)]] = digits[nibbles]
        return fixed_width_strings(text)


class ProviderKey(_Key):
    """Personal identifiers used as keys (an e-mail address): a value provider's distinct values."""

    kind: Literal["provider"] = "provider"
    provider: str

    def make_range(self, start: int, stop: int, key: int, values: Values, locale: str) -> pa.Array:
        """Return the keys of rows ``start .. stop``."""
        return values.distinct(self.provider, start, stop - start, key, locale)


class DomainKey(_Key):
    """A part of a composite key with values of its own meaning (years).

    ``values`` are the texts that `render` gives; ``held`` are those of them that are values of
    the data, shared by enough subjects, the others are made anew. Row numbers past them continue
    with ``beyond``, which makes none of them.
    """

    kind: Literal["domain"] = "domain"
    storage: str
    values: tuple[str, ...]
    held: tuple[str, ...] = ()
    beyond: PatternKey | NumberKey

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the values of the given numbers."""
        inside = rows < len(self.values)
        if inside.all():
            return pc.take(self._known, pa.array(rows))
        more = self.beyond.make(np.maximum(rows - len(self.values), 0), key)
        if not inside.any():
            return more
        first = pc.take(self._known, pa.array(np.where(inside, rows, 0)))
        return pc.if_else(pa.array(inside), first, more)

    @cached_property
    def _known(self) -> pa.Array:
        return parse(pa.array(self.values, pa.string()), _plain(self.storage))


KeyFormat = Annotated[
    NumberKey | UuidKey | PatternKey | ProviderKey | DomainKey, Field(discriminator="kind")
]


def learn_key(
    column: Column,
    values: pa.ChunkedArray,
    kinds: Values | None = None,
    crowd: Crowd | None = None,
) -> KeyFormat:
    """Choose the format in which a key column's values are made anew, from the values seen.

    ``crowd`` tells whom the rows are about, if what is kept of text must be shared.
    """
    seen = pc.drop_null(values)
    if not pa.types.is_string(arrow_type(column.storage)):
        return NumberKey.learn(column.storage, seen)
    if column.format == "uuid":
        return UuidKey(upper=bool(pc.any(pc.match_substring_regex(seen, "[A-F]")).as_py()))
    if kinds is not None and column.sdtype != "id" and kinds.has(column.sdtype):
        return ProviderKey(provider=column.sdtype)
    return PatternKey.learn(seen, crowd.present(values) if crowd else None)


def learn_domain(
    column: Column,
    values: pa.ChunkedArray,
    kinds: Values | None = None,
    crowd: Crowd | None = None,
) -> DomainKey:
    """Keep the values of a part of a composite key, smallest first, and a way to go on.

    Of personal data, and of values that too few of a crowd share, only the number of values is
    kept: the values are made anew.
    """
    distinct = pc.unique(pc.drop_null(values))
    if pa.types.is_floating(distinct.type):
        distinct = distinct.filter(pc.is_finite(distinct))
    held = distinct
    if column.pii:
        held = distinct.slice(0, 0)
    elif crowd is not None:
        held = distinct.filter(pc.is_in(distinct, value_set=crowd.common(values)))
    if len(held) < len(distinct):
        distinct = _anew(column, distinct, held, kinds, crowd)
    distinct = distinct.take(pc.sort_indices(distinct))
    beyond: PatternKey | NumberKey
    if pa.types.is_string(distinct.type):
        beyond = PatternKey.after(distinct)
    else:
        beyond = NumberKey.after(column.storage, distinct)
    texts, kept = (render(each, _plain(column.storage)).to_pylist() for each in (distinct, held))
    return DomainKey(
        storage=column.storage, values=tuple(texts), held=tuple(sorted(kept)), beyond=beyond
    )


def _anew(
    column: Column,
    distinct: pa.Array,
    held: pa.Array,
    kinds: Values | None,
    crowd: Crowd | None,
) -> pa.Array:
    """Return as many values: those that are held, and others of the kind or shape."""
    rest = distinct.filter(pc.invert(pc.is_in(distinct, value_set=held)))
    alone = Crowd.of_rows(len(rest), crowd.least) if crowd else None
    made = learn_key(column, pa.chunked_array([rest]), kinds, alone)
    if isinstance(made, ProviderKey):
        if kinds is None:
            raise TypeError(f"there is nothing that makes {made.provider}")
        values = made.make_range(0, len(distinct), 0, kinds, "en_US")
        others = values.cast(arrow_type(column.storage))
    else:
        others = made.make(np.arange(len(distinct)), 0)
    others = others.cast(distinct.type)
    others = others.filter(pc.invert(pc.is_in(others, value_set=held)))
    return pa.concat_arrays([held, others.slice(0, len(rest))])


def _plain(storage: str) -> Column:
    """Describe a column whose text is the plainest of its storage."""
    return Column(name="key", storage=storage)
