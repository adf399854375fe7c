"""Locales that values can be made for, and where a locale without a list borrows one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from synthkit.errors import UsageError, near_matches

__all__ = ["borrowed_from", "known_locale", "locales_of", "same_country", "territory"]

MAIN = {"en": "en_US", "sw": "en_KE", "zu": "zu_ZA", "th": "th_TH", "la": "la", "ga": "ga_IE"}
"""The locale that others of a language borrow from first, where it is not like ``de_DE``."""
RENAMED = {"fr_QC": "fr_CA"}
"""Locales that Faker has given up."""
TERRITORIES = {
    "AA": "SA", "MS": "MY", "de": "DE", "en": "US", "es": "ES", "la": "VA", "sw": "KE",
    "th": "TH",
}  # fmt: skip
"""Countries of locales that name none, or name one that does not exist."""


@cache
def _available() -> tuple[str, ...]:
    from faker.config import AVAILABLE_LOCALES

    return tuple(sorted(set(AVAILABLE_LOCALES) - set(RENAMED)))


@lru_cache(maxsize=1024)
def known_locale(locale: str) -> str:
    """Return a locale as Faker writes it (``de-de`` is ``de_DE``).

    Raises `UsageError` with near matches for a locale that there is not.
    """
    written = {name.lower(): name for name in (*_available(), *RENAMED)}
    found = written.get(locale.replace("-", "_").lower())
    if found is None:
        raise UsageError(f"There is no locale {locale!r}.", hint=near_matches(locale, _available()))
    return RENAMED.get(found, found)


def borrowed_from(locale: str) -> Iterator[str]:
    """Yield the locales to look for a list in: the locale, others of its language, en_US.

    Of a language, its own country comes first (``fr_BE``: ``fr_FR``, then by alphabet).
    """
    language = locale.split("_", maxsplit=1)[0]
    main = MAIN.get(language, f"{language}_{language.upper()}")
    same = [name for name in _available() if name.split("_")[0] == language]
    yield from dict.fromkeys([locale, *(name for name in same if name == main), *same, "en_US"])


@cache
def locales_of(country: str) -> tuple[str, ...]:
    """Return the locales of a country by its code, English first."""
    found = [name for name in _available() if territory(name) == country]
    return tuple(sorted(found, key=lambda name: not name.startswith("en_")))


def same_country(locale: str) -> list[str]:
    """Return the locales of a locale's country, itself first."""
    country = territory(locale)
    others = [name for name in _available() if territory(name) == country]
    return list(dict.fromkeys([locale, *others]))


def territory(locale: str) -> str:
    """Return the country code (ISO 3166-1 alpha-2) that a locale stands for."""
    if locale == "es_CA":
        return "ES"
    part = locale.rsplit("_", maxsplit=1)[-1]
    return TERRITORIES.get(part, part.upper())
