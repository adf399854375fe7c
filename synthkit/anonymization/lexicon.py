"""Words that tell names, places and streets, from the lists that Faker has for its locales."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthkit.cache import kept

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Lexicon", "folded", "lexicon", "words_of", "words_of_locales"]

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019`][^\W\d_]+)*")
_LISTS = {
    "first": ("person", re.compile(r"^(first|given|middle)_(romanized_)?names?")),
    "last": ("person", re.compile(r"^(last|family)_(romanized_)?names?")),
    "title": ("person", re.compile(r"^(prefixes|suffixes|titles)")),
    "city": ("address", re.compile(r"^_?(cities|city_names?|towns|villages|municipalities|city$)")),
    "city_part": ("address", re.compile(r"^city_(prefix|suffix)")),
    "street": ("address", re.compile(r"^(street_(suffix|prefix|title)|road_|streets?_types?)")),
    "street_name": ("address", re.compile(r"^(street_names?|streets|cells?)$")),
    "company": ("company", re.compile(r"^company_(suffix|prefix|type)")),
    "place": ("address", re.compile(r"^countries$")),
    "job": ("job", re.compile(r"^jobs")),
    "language": ("person", re.compile(r"^language_names$")),
    "plain": ("lorem", re.compile(r"^(word_list|parts_of_speech)")),
}
_BETWEEN = "\0"
"""Parts texts: no letter, and folded to itself."""
_OF_PEOPLE = re.compile(r"^([a-z]+_)?(first|last|given|family)_(romanized_)?names")
_STREET_WORDS = (
    "street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square sq way "
    "highway hwy parkway terrace close crescent row quay mews hill gardens grove park "
    "rue place allee impasse chemin quai cours route via viale piazza corso vicolo strada largo "
    "calle avenida avda plaza paseo carrer camino rua travessa praca alameda ulica ul aleja plac "
    "strasse str weg gasse platz ring damm ufer straat laan plein weg kade gatan vagen vej gade "
    "alle katu tie utca ter ulice namesti sokak sokagi cadde caddesi mahallesi prospekt pereulok"
)


@dataclass(frozen=True)
class Lexicon:
    """Words in small letters without accents, by what they are part of."""

    first: frozenset[str]
    last: frozenset[str]
    title: frozenset[str]
    city: frozenset[str]
    city_part: frozenset[str]
    street: frozenset[str]
    street_name: frozenset[str]
    company: frozenset[str]
    place: frozenset[str]
    job: frozenset[str]
    language: frozenset[str]
    plain: frozenset[str]

    def is_name(self, word: str) -> bool:
        """Say whether a folded word is part of somebody's name."""
        return word in self.first or word in self.last


@cache
def lexicon(without: frozenset[str] = frozenset()) -> Lexicon:
    """Return the words of all locales but some, collected once on this machine."""
    import pyarrow.compute as pc

    table = (
        _laid_out(without)
        if without
        else kept("lexicon", lambda: _laid_out(without), packages=("faker",), code=[Path(__file__)])
    )
    words = {
        name: table["word"].filter(pc.equal(table["part"], name)).to_pylist() for name in _LISTS
    }
    return Lexicon(**{name: frozenset(found) for name, found in words.items()})


def _laid_out(without: frozenset[str]) -> pa.Table:
    """Collect the words of all locales but some, and of what each is a part."""
    import pyarrow as pa

    providers = {
        topic: tuple(_providers(topic, without))
        for topic in dict.fromkeys(topic for topic, _ in _LISTS.values())
    }
    found = {
        name: _collected(providers[topic], pattern, whole=name == "city")
        for name, (topic, pattern) in _LISTS.items()
    }
    found["street"].update(_STREET_WORDS.split())
    found["last"] -= {word for word in found["last"] if len(word) < 2 and word.isascii()}
    found["title"] -= found["first"] | found["last"]
    rows = [(name, word) for name, words in found.items() for word in sorted(words)]
    parts, words = zip(*rows, strict=True)
    return pa.table({"part": pa.array(parts), "word": pa.array(words)})


@cache
def words_of_locales(part: str) -> dict[str, frozenset[str]]:
    """Return the words of a part of the lexicon of each locale that has lists of its own.

    ``names`` are the first and last names of people.
    """
    import pkgutil
    from importlib import import_module

    topic, pattern = ("person", _OF_PEOPLE) if part == "names" else _LISTS[part]
    package = import_module(f"faker.providers.{topic}")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        provider = import_module(f"faker.providers.{topic}.{module.name}").Provider
        words = frozenset(_collected([provider], pattern, whole=False))
        if words and "_" in module.name:
            found[module.name] = words
    return found


def folded(text: str) -> str:
    """Return a text in small letters without accents.

    >>> folded("Müller-Strauß")
    'muller-strauss'
    """
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    accents = {ord(each): None for each in set(parts) if unicodedata.combining(each)}
    return unicodedata.normalize("NFC", parts.translate(accents)).casefold()


def words_of(text: str) -> list[str]:
    """Return the folded words of a text: runs of letters."""
    return _WORD.findall(folded(text))


def _providers(topic: str, without: frozenset[str]) -> Iterator[Any]:
    import pkgutil
    from importlib import import_module

    package = import_module(f"faker.providers.{topic}")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in without:
            loaded = import_module(f"faker.providers.{topic}.{module.name}")
            yield loaded.Provider


def _collected(providers: Iterable[Any], pattern: re.Pattern[str], *, whole: bool) -> set[str]:
    """Return the folded words of lists of some providers; ``whole``: long ones, and whole texts.

    Most locales inherit a list, and lists share texts: each is read once, all as one text.
    """
    lists = {
        id(listed): listed
        for provider in providers
        for name in dir(provider)
        if pattern.match(name) and not callable(listed := getattr(provider, name))
    }
    texts = {text for listed in lists.values() for text in _strings(listed) if "{{" not in text}
    one = folded(_BETWEEN.join(sorted(texts)))
    words = set(_WORD.findall(one))
    return {word for word in words if len(word) > 3} | set(one.split(_BETWEEN)) if whole else words


def _strings(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for key, part in values.items():
            yield from _strings(key)
            if not isinstance(part, (int, float)):
                yield from _strings(part)
    elif isinstance(values, (list, tuple, set, frozenset)):
        for each in values:
            yield from _strings(each)
