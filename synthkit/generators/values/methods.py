"""Any method of Faker or Mimesis as a value provider, by its name, from pools that are drawn once.

What a method draws may not depend on the day it is asked: such methods are refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from synthkit.errors import UnsupportedError, UsageError, near_matches
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression, Pool
from synthkit.generators.values.faker_pools import SEED, offered, typed, words
from synthkit.generators.values.locales import borrowed_from, known_locale
from synthkit.generators.values.permutation import Permutation

__all__ = ["FakerMethods", "MimesisMethods", "faker_storage"]

CACHED = 128
DRAWN = 5_000
"""Draws that make a pool of Mimesis."""
STORAGES: dict[type, str] = {
    str: "string",
    bool: "bool",
    int: "int64",
    float: "double",
    Decimal: "double",
    dt.date: "date32[day]",
    dt.time: "time64[us]",
}
CLOCKED = frozenset(
    """credit_card_expire credit_card_full date date_between date_between_dates date_object
    date_of_birth date_this_century date_this_decade date_this_month date_this_year date_time
    date_time_ad date_time_between date_time_between_dates date_time_this_century
    date_time_this_decade date_time_this_month date_time_this_year future_date future_datetime
    iso8601 passport_dob passport_full past_date past_datetime time time_object unix_time uuid1
    uuid7 year""".split()
)
"""Methods of Faker that look at today's date or at the clock."""


@lru_cache(maxsize=CACHED)
def faker_storage(method: str) -> str:
    """Return the storage of what a method of Faker draws.

    `UsageError` for a method that there is not, or whose values no column can hold.
    """
    if method not in offered():
        raise UsageError(f"Faker has no method {method!r}.", hint=near_matches(method, offered()))
    if method in CLOCKED:
        raise UsageError(
            f"Faker's {method!r} depends on the day it is asked.",
            hint="Write time: {start: ..., end: ...}, or the kind date_of_birth or uuid.",
        )
    found = STORAGES.get(type(typed(method, _usable(method, "en_US"), 1)[0]))
    if found is None:
        raise UsageError(
            f"What Faker's {method!r} draws does not fit into a column.",
            hint="Take a method that draws text, a number, a flag or a date.",
        )
    return found


@lru_cache(maxsize=1024)
def _usable(method: str, locale: str) -> str:
    """Return the locale, or the kin of it that a method works in first."""
    for each in borrowed_from(locale):
        try:
            typed(method, each, 1)
        except Exception:  # noqa: S112 - whatever a method raises, it does not work here
            continue
        return each
    raise UsageError(
        f"Faker's {method!r} works neither in {locale} nor in en_US.",
        hint="It may need arguments or another library; take another method.",
    )


class _Pooled:
    """Values of a pool, or of an expression where they are text."""

    def __init__(self, pool: Callable[[str], Expression | pa.Array], name: str) -> None:
        self._pool = pool
        self._name = name

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        found = self._pool(known_locale(locale))
        if isinstance(found, pa.Array):
            return found.take(pa.array(rng.integers(0, len(found), count)))
        return found.draw(count, rng)

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return distinct values; `UsageError` for more numbers or dates than there are."""
        found = self._pool(known_locale(locale))
        if not isinstance(found, pa.Array):
            return _distinct(self._name, self._pool, known_locale(locale)).at(start, count, key)
        every = found.unique()
        if start + count > len(every):
            raise UsageError(
                f"There are {len(every):,} distinct values of {self._name!r}.",
                hint="Ask for fewer rows, or take `uniform` numbers.",
            )
        places = np.arange(start, start + count, dtype=np.uint64)
        return every.take(pa.array(Permutation(len(every), key).at(places).astype(np.int64)))


@lru_cache(maxsize=CACHED)
def _distinct(name: str, pool: Callable[[str], Expression | pa.Array], locale: str) -> Distinct:
    expression = pool(locale)
    assert not isinstance(expression, pa.Array)
    return Distinct(expression)


class FakerMethods(_Pooled):
    """Values of one method of Faker."""

    def __init__(self, method: str) -> None:
        """Store the method; it is looked for when the first value is asked for."""
        super().__init__(_FakerPool(method), f"faker:{method}")


@dataclass(frozen=True)
class _FakerPool:
    method: str

    def __call__(self, locale: str) -> Expression | pa.Array:
        if faker_storage(self.method) == "string":
            return words((self.method,), _usable(self.method, locale))
        return _faker_values(self.method, _usable(self.method, locale))


@lru_cache(maxsize=CACHED)
def _faker_values(method: str, locale: str) -> pa.Array:
    drawn = typed(method, locale)
    return pa.array([float(each) if isinstance(each, Decimal) else each for each in drawn])


class MimesisMethods(_Pooled):
    """Text of one method of Mimesis, by provider and name: ``person.occupation``."""

    def __init__(self, method: str) -> None:
        """Store the method; `UnsupportedError` if Mimesis is not installed."""
        super().__init__(_MimesisPool(method), f"mimesis:{method}")


class _MimesisPool(_FakerPool):
    def __call__(self, locale: str) -> Expression | pa.Array:
        return _mimesis_values(self.method, locale)


@lru_cache(maxsize=CACHED)
def _mimesis_values(method: str, locale: str) -> Expression:
    try:
        from mimesis import Generic, Locale
    except ImportError as error:
        raise UnsupportedError(
            "Mimesis is not installed.", hint="pip install 'synthkit[mimesis]'"
        ) from error
    language = locale.split("_", maxsplit=1)[0]
    known = {each.value: each for each in Locale}
    chosen = known.get(locale.lower().replace("_", "-")) or known.get(language) or Locale.EN
    generic = Generic(locale=chosen, seed=SEED)
    provider, _, name = method.partition(".")
    call: Any = getattr(getattr(generic, provider, None), name, None) if name else None
    if name.startswith("_") or not callable(call):
        raise UsageError(
            f"Mimesis has no method {method!r}.",
            hint="Write provider and method, as in mimesis:person.occupation.",
        )
    return Pool.of(dict.fromkeys((str(call()) for _ in range(DRAWN)), 1.0))
