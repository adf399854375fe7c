"""Expressions for any Faker method and locale: traced, or else drawn once with a fixed seed.

A method that a locale lacks is borrowed, see `locales.borrowed_from`. Everything is cached in
the process, and depends on Faker's version alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import UsageError
from synthkit.generators.values.expressions import (
    Expression,
    Joined,
    Mixture,
    Pool,
    joined,
    listed,
    literal,
    mixture,
)
from synthkit.generators.values.locales import borrowed_from
from synthkit.generators.values.tracing import Untraceable, drawing_from, trace

if TYPE_CHECKING:
    from faker import Generator

__all__ = [
    "SEED",
    "ascii_words",
    "attribute",
    "code",
    "folded",
    "offered",
    "pool",
    "typed",
    "words",
]

PROVIDERS = (
    "address", "automotive", "bank", "barcode", "color", "company", "credit_card", "currency",
    "date_time", "doi", "emoji", "file", "geo", "internet", "isbn", "job", "lorem", "misc",
    "passport", "person", "phone_number", "python", "sbn", "ssn", "user_agent",
)  # fmt: skip
SEED = 20_190_407
LISTED = 1 << 16
"""Expressions with no more values than this are written out."""
DRAWN = 20_000
"""Draws that make a pool where a method cannot be traced."""
COMPARED = 200
"""Draws that a trace is compared with."""
LOOKED_AT = 3_000
"""Draws from which the shapes of codes are read, where they cannot be traced."""
ALPHABETS = {
    "9": "0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "a": "abcdefghijklmnopqrstuvwxyz",
}
FEW = 3
COMMON = 20
"""A shape of a code counts if it is seen as often among `LOOKED_AT` draws."""


@cache
def _generator(locale: str) -> Generator:
    from faker import Factory

    made = Factory.create(locale, providers=[f"faker.providers.{name}" for name in PROVIDERS])
    for provider in made.providers:
        formats = getattr(provider, "building_number_formats", None)
        if isinstance(formats, list | tuple):  # houses have no numbers that begin with 0
            unzeroed = tuple(re.sub("^#", "%", each) for each in formats)
            vars(provider)["building_number_formats"] = unzeroed
    return made


def _lender(methods: tuple[str, ...], locale: str) -> tuple[Generator, str]:
    """Return the first generator and method that has the locale's own, or that of its kin."""
    last = None
    for name in borrowed_from(locale):
        generator = _generator(name)
        for method in methods:
            found = getattr(generator, method, None)
            if found is None:
                continue
            last = generator, method
            if getattr(found.__self__, "__lang__", None) in (None, name):
                return last
    if last is None:
        raise UsageError(f"Faker has no method {' or '.join(methods)}.")
    return last


def attribute(provider: str, name: str, locale: str) -> Any:
    """Return an attribute of the provider that Faker has for just this locale, or None."""
    try:
        found = import_module(f"faker.providers.{provider}.{locale}")
    except ModuleNotFoundError:
        return None
    return getattr(found.Provider, name, None)


@cache
def words(methods: tuple[str, ...], locale: str) -> Expression:
    """Return what the first of some Faker methods that there is draws, for text made of words."""
    generator, method = _lender(methods, locale)
    try:
        return _agreeing(trace(generator, method), _drawn(generator, method, COMPARED), loose=True)
    except Untraceable:
        return Pool.of(dict.fromkeys(_drawn(generator, method, DRAWN), 1.0))


@cache
def code(methods: tuple[str, ...], locale: str) -> Expression:
    """Return what a Faker method draws, for codes: numbers of phones, plates, postcodes.

    Where it cannot be traced, digits and letters are drawn in the shapes that are common.
    """
    generator, method = _lender(methods, locale)
    try:
        return _agreeing(trace(generator, method), _drawn(generator, method, COMPARED), loose=False)
    except Untraceable:
        shapes: dict[str, list[str]] = {}
        for value in _drawn(generator, method, LOOKED_AT):
            shapes.setdefault(_shape(value), []).append(value)
        common = sorted(shape for shape, seen in shapes.items() if len(seen) >= COMMON)
        return mixture([(_shaped(shape, shapes[shape]), 1.0) for shape in common or sorted(shapes)])


def _drawn(generator: Generator, method: str, count: int) -> list[str]:
    generator.seed_instance(SEED)
    call = generator.get_formatter(method)
    with drawing_from(generator, generator.random):
        return [str(call()) for _ in range(count)]


@cache
def offered() -> frozenset[str]:
    """Return the methods that Faker has in any of its standard providers."""
    from faker.providers import BaseProvider

    return frozenset(
        name
        for each in _generator("en_US").providers
        for name in dir(each)
        if not name.startswith("_")
        and callable(getattr(each, name, None))
        and name not in vars(BaseProvider)
    )


def typed(method: str, locale: str, count: int = LOOKED_AT) -> list[Any]:
    """Return values that a method draws, in Python's types, the same in every process."""
    generator, name = _lender((method,), locale)
    generator.seed_instance(SEED)
    call = generator.get_formatter(name)
    with drawing_from(generator, generator.random):
        return [call() for _ in range(count)]


def _agreeing(traced: Expression, drawn: list[str], *, loose: bool) -> Expression:
    """Return a traced expression if it makes what the method draws, its case put right.

    Changes of case leave no trace in marks, so they are seen here; what else a method does to
    its marks makes shapes differ, and the trace is not used.
    """
    shapes = {_shape(value, loose) for value in _sample(traced, LOOKED_AT)}
    expected = [_shape(value, loose) for value in drawn]
    if _share(expected, shapes) >= 0.95:
        return traced
    upper = {shape.upper() for shape in shapes}
    if _share(expected, upper) >= 0.95:
        return _uppered(traced)
    raise Untraceable("what is traced is not what is drawn")


def _sample(expression: Expression, count: int) -> list[str]:
    rng = np.random.Generator(np.random.Philox(SEED))
    values: list[str] = expression.draw(count, rng).to_pylist()
    return values


def _share(expected: list[str], shapes: set[str]) -> float:
    return sum(shape in shapes for shape in expected) / len(expected)


class _Classes(dict[int, str]):
    """A table for `str.translate` that fills itself: letters, digits, all else as it is."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        if character.isdigit():
            found = "9"
        elif character.isalpha() or unicodedata.category(character).startswith("M"):
            found = "A" if character.isupper() else "a"
        else:
            found = character
        self[number] = found
        return found


_CLASSES = _Classes()


def _shape(value: str, loose: bool = False) -> str:
    """Return a value with letters as ``A`` or ``a`` and digits as ``9``; loose: runs as one."""
    shape = value.translate(_CLASSES)
    return re.sub("[Aa]+", "a", re.sub("9+", "9", shape)) if loose else shape


def _shaped(shape: str, seen: list[str]) -> Expression:
    """Return every code of a shape; a place where few characters are seen keeps to those."""
    parts: list[Expression] = []
    for place, each in enumerate(shape):
        here = sorted({value[place] for value in seen})
        full = ALPHABETS.get(each, "")
        parts.append(Pool.of(here if len(here) <= FEW or not set(here) <= set(full) else full))
    return joined(parts)


def _uppered(expression: Expression) -> Expression:
    if isinstance(expression, Pool):
        return Pool.gathered(pc.utf8_upper(expression.values), expression.weights)
    if isinstance(expression, Joined):
        return joined(_uppered(part) for part in expression.parts)
    if isinstance(expression, Mixture):
        options = zip(expression.options, expression.weights, strict=True)
        return mixture([(_uppered(option), float(weight)) for option, weight in options])
    return expression


@cache
def pool(methods: tuple[str, ...], locale: str) -> Pool:
    """Return `words` as one pool; of too many values a part is drawn."""
    expression = words(methods, locale)
    if expression.size <= LISTED:
        return listed(expression)
    return Pool.of(dict.fromkeys(_sample(expression, DRAWN), 1.0))


def folded(values: pa.Array) -> list[str]:
    """Return each value as lower-case ASCII letters, empty where nothing is left."""
    from faker.decode import unidecode

    return [re.sub("[^a-z]", "", unidecode(value).lower()) for value in values.to_pylist()]


@cache
def ascii_words(methods: tuple[str, ...], locale: str) -> Pool:
    """Return `pool` as lower-case ASCII letters, for host and file names."""
    words_pool = pool(methods, locale)
    names = folded(words_pool.values)
    kept = [number for number, name in enumerate(names) if name]
    if not kept:
        return literal("user")
    return Pool.gathered(pa.array([names[number] for number in kept]), words_pool.weights[kept])
