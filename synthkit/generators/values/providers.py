"""Makes the value provider of a kind; see `catalog` for the kinds there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyarrow as pa

from synthkit.contracts import RowsProvider, ValueProvider
from synthkit.generators.values import codes, internet, texts
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import (
    Expression,
    Pool,
    joined,
    literal,
)
from synthkit.generators.values.faker_pools import code, pool, words
from synthkit.generators.values.locales import known_locale, territory
from synthkit.generators.values.numbers import BirthDates, Coordinates
from synthkit.generators.values.people import Emails, Names, Persons, UserNames
from synthkit.generators.values.places import Places, phone_number, place_lines, units
from synthkit.generators.values.streets import street_address, street_name
from synthkit.generators.values.world import WorldPlaces

__all__ = ["KINDS", "create"]

CACHED = 512
"""Expressions (a kind in a locale) that a process keeps."""

Build = Callable[[str], Expression]


def _words(*methods: str) -> Build:
    return lambda locale: words(methods, locale)


def _code(*methods: str) -> Build:
    return lambda locale: code(methods, locale)


def _pattern(text: str) -> Build:
    return lambda _: codes.pattern(text)


def _either(*methods: str) -> Build:
    """Return the names of both genders as one pool."""
    return lambda locale: pool(methods, locale)


def _unit_names(locale: str) -> Expression:
    return Pool.of([unit.name for unit in units(locale)])


def _unit_codes(locale: str) -> Expression:
    return Pool.of([unit.abbreviation for unit in units(locale)])


def _street_name(locale: str) -> Expression:
    return street_name(locale) or words(("street_name",), locale)


def _street_address(locale: str) -> Expression:
    return street_address(locale) or words(("street_address",), locale)


def _address(locale: str) -> Expression:
    street = _street_address(locale)
    if territory(locale) == "JP":
        return joined([place_lines(locale), street])
    return joined([street, literal(", "), place_lines(locale)])


def _industry(_: str) -> Expression:
    return Pool.of(INDUSTRIES)


INDUSTRIES = (
    "Agriculture", "Automotive", "Banking", "Biotechnology", "Chemicals", "Construction",
    "Consumer Goods", "Education", "Energy", "Engineering", "Entertainment", "Fashion",
    "Food and Beverage", "Government", "Healthcare", "Hospitality", "Insurance", "Legal Services",
    "Logistics", "Machinery", "Manufacturing", "Marketing", "Media", "Mining", "Nonprofit",
    "Pharmaceuticals", "Real Estate", "Retail", "Software", "Telecommunications", "Transportation",
    "Travel", "Utilities",
)  # fmt: skip

KINDS: dict[str, Build] = {
    "address": _address,
    "administrative_unit": _unit_names,
    "bban": codes.bban,
    "bs": _words("bs"),
    "building_number": _words("building_number"),
    "catch_phrase": _words("catch_phrase"),
    "city": _words("city"),
    "color": lambda _: codes.pattern("!^^^^^^"),
    "color_name": _words("color_name"),
    "company": _words("company"),
    "company_suffix": _words("company_suffix"),
    "country": _words("country"),
    "country_code": _words("country_code"),
    "credit_card_number": codes.credit_card_number,
    "credit_card_security_code": _pattern("###"),
    "currency_code": _words("currency_code"),
    "currency_name": _words("currency_name"),
    "domain_name": internet.domain_name,
    "ean13": codes.ean13,
    "file_extension": _words("file_extension"),
    "file_name": internet.file_name,
    "first_name": _either("first_name"),
    "first_name_female": _either("first_name_female"),
    "first_name_male": _either("first_name_male"),
    "hashtag": internet.hashtag,
    "iban": codes.iban,
    "image_url": internet.image_url,
    "industry": _industry,
    "ipv4_address": internet.ipv4_address,
    "ipv6_address": internet.ipv6_address,
    "isbn13": codes.isbn13,
    "job": _words("job"),
    "language_code": _words("language_code"),
    "language_name": _words("language_name"),
    "last_name": _either("last_name"),
    "license_plate": _code("license_plate"),
    "mac_address": internet.mac_address,
    "md5": lambda _: internet.hexadecimal(32),
    "mime_type": _words("mime_type"),
    "paragraph": texts.paragraph,
    "password": _pattern("A^#^^A^#^^A^"),
    "phone_number": phone_number,
    "postcode": codes.postcode,
    "prefix": _words("prefix"),
    "secondary_address": _words("secondary_address"),
    "sentence": texts.sentence,
    "sha256": lambda _: internet.hexadecimal(64),
    "slug": internet.slug,
    "ssn": codes.ssn,
    "state": _unit_names,
    "state_abbr": _unit_codes,
    "street_address": _street_address,
    "street_name": _street_name,
    "suffix": _words("suffix"),
    "text": texts.text,
    "timezone": _words("timezone"),
    "title": texts.title,
    "uri_path": internet.uri_path,
    "url": internet.url,
    "user_agent_string": internet.user_agent_string,
    "uuid": internet.uuid,
    "vin": codes.vin,
    "word": texts.words_of,
}
"""Kinds that are expressions, and how one is built for a locale."""


@lru_cache(maxsize=CACHED)
def _expression(kind: str, locale: str) -> Expression:
    return KINDS[kind](locale)


@lru_cache(maxsize=CACHED)
def _distinct(kind: str, locale: str) -> Distinct:
    return Distinct(_expression(kind, locale))


class _Strings:
    """Values of a kind that is an expression."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return _expression(self._kind, known_locale(locale)).draw(count, rng)

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        return _distinct(self._kind, known_locale(locale)).at(start, count, key)


def create(kind: str) -> ValueProvider | RowsProvider:
    """Make the provider of a kind; nothing is built before the first value is asked for."""
    special: dict[str, Callable[[], ValueProvider | RowsProvider]] = {
        "date_of_birth": BirthDates,
        "email": Emails,
        "latitude": lambda: Coordinates(90),
        "longitude": lambda: Coordinates(180),
        "name": Names,
        "person": Persons,
        "place": Places,
        "user_name": UserNames,
        "world_place": WorldPlaces,
    }
    return special[kind]() if kind in special else _Strings(kind)
