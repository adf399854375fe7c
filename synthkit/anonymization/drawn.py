"""Values that pseudonyms are chosen from, drawn once on a machine and kept for the next process."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Protocol, runtime_checkable

import pyarrow as pa

from synthkit.cache import kept
from synthkit.contracts.action import Beside
from synthkit.randomness import Streams
from synthkit.values import ValueRegistry

__all__ = ["SIZE", "Drawing", "digest", "drawn"]

SIZE = 1 << 16
_PERSON = ("first_name", "last_name", "name", "user_name")
_NAMED = re.compile(r"[A-Za-z_]+ [A-Za-z_]+")
"""Kinds and locales that make the name of a file; a method of Faker or Mimesis does not."""


@runtime_checkable
class Drawing(Protocol):
    """An action that chooses from pools."""

    def pools(self, beside: Beside) -> dict[str, str]:
        """Return a digest of each pool, by kind and locale."""
        ...


def drawn(kind: str, locale: str, beside: Beside) -> pa.Array:
    """Return `SIZE` values of a kind, the same in every process (of one synthkit and one Faker).

    Those of persons agree with each other: place by place, they are of one person.
    """
    values, source = beside.values, "person" if kind in _PERSON else kind
    made_from = values.made_from(source) if isinstance(values, ValueRegistry) else None
    if made_from is None or not _NAMED.fullmatch(f"{kind} {locale}"):
        return _anew(kind, locale, beside)
    packages, files = made_from
    table = kept(
        f"pool-{kind}-{locale}",
        lambda: pa.table({kind: _anew(kind, locale, beside)}),
        packages=packages,
        code=files,
    )
    return _whole(table.column(kind))


def digest(values: pa.Array) -> str:
    """Return what tells a pool from others: 64 bits of BLAKE2b of its values, as hexadecimals."""
    told = blake2b(digest_size=8)
    for value in values.to_pylist():
        told.update(f"{value}\0".encode())
    return told.hexdigest()


def _anew(kind: str, locale: str, beside: Beside) -> pa.Array:
    if kind in _PERSON:
        rng = Streams(0).at("anonymize", "person", locale)
        return _whole(beside.values.draw_rows("person", SIZE, rng, locale, [kind]).column(kind))
    rng = Streams(0).at("anonymize", kind, locale)
    return _whole(beside.values.draw(kind, SIZE, rng, locale))


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(pa.string())
