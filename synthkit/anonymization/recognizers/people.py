"""Names, cities, streets and user names, by lexicons of all locales that Faker has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from synthkit.anonymization.lexicon import Lexicon, folded, lexicon, words_of
from synthkit.anonymization.recognizers.settings import PeopleSettings
from synthkit.contracts.recognizer import ColumnSample, Finding

__all__ = ["People", "is_of_companies"]

_LOOKED_AT = 400
_LEAST = 6
_TITLED = 0.7
"""Share of values like "Dr. Weber" that is enough, however few there are."""
_TITLES = frozenset(
    "dr dra prof mr mrs ms mx miss sir madam herr frau hr fr mme monsieur madame sr sra srta dott "
    "ing rev capt sgt lt doktor herra rouva pan pani mudr judr phdr med".split()
)
_FEW = 25
"""Different values from which on half of them in a list is no accident."""
_LETTERS = re.compile(r"^[^\W\d_][^\d_@/\\|<>{}\[\]=+*#%$!?;:\"]*$")
_AND = frozenset("and und et y e og och en & i".split())
_SENTENCE = re.compile(r"[^\W\d_]{4,}[.!?] [^\W\d_]+ [^\W\d_]+ ")
_USER = re.compile(r"^[A-Za-z][A-Za-z0-9._-]{2,39}$")
_NUMBERED = re.compile(r"(^|[\s,])\d{1,5}[A-Za-z]?(?=$|[\s,./-])")
_ASIAN = re.compile(r"^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}$")


class People:
    """Compares values with lists of names, cities and words of streets."""

    def __init__(self, settings: PeopleSettings) -> None:
        self._without = frozenset(settings.without.split(",")) - {""}

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return whether the values are names of people or places, or addresses."""
        if sample.column.storage != "string":
            return []
        words = lexicon(self._without)
        texts = [text.strip() for text in sample.values[:_LOOKED_AT].to_pylist() if text.strip()]
        if not texts or sum(map(len, texts)) > 120 * len(texts):
            return []
        titled = _share(texts, lambda text: _is_titled(text, words))
        if titled >= _TITLED:
            return [Finding("name", 0.85, f"{titled:.0%} of the values are a title and a name")]
        if len(texts) < _LEAST:
            return []
        lettered = [text for text in texts if _LETTERS.match(text)]
        if len(lettered) >= 0.85 * len(texts):
            return _names(lettered, words) or _users(texts, words)
        return _streets(texts, words) or _users(texts, words)


def is_of_companies(text: str, words: Lexicon) -> bool:
    """Say whether a text has a word between partners, or one that firms have behind their names."""
    found = set(words_of(text))
    return bool((found - words.title) & _AND or found & words.company)


def _is_titled(text: str, words: Lexicon) -> bool:
    """Say whether a text is a title before one to three words of which one is in lists of names."""
    if not _LETTERS.match(text):
        return False
    first, *more = words_of(text) or [""]
    rest = [word for word in more if word not in _TITLES]
    return first in _TITLES and 1 <= len(rest) <= 3 and any(map(words.is_name, rest))


def _share(texts: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, texts)) / max(len(texts), 1)


def _names(texts: Sequence[str], words: Lexicon) -> list[Finding]:
    tokens = {text: [w for w in words_of(text) if w not in words.title] for text in texts}
    if _share(texts, lambda text: is_of_companies(text, words)) > 0.25:
        return []
    whole = {text: folded(text) for text in texts}
    first = _share(texts, lambda t: len(tokens[t]) <= 3 and _all(tokens[t], words.first, whole[t]))
    last = _share(texts, lambda t: len(tokens[t]) <= 3 and _all(tokens[t], words.last, whole[t]))
    city = _share(texts, lambda t: whole[t] in words.city or _built(tokens[t], words))
    full = _share(texts, lambda t: _full(t, tokens[t], words))
    other = _share(texts, lambda t: whole[t] in words.place or whole[t] in words.job)
    one = _share(texts, lambda t: len(tokens[t]) == 1)
    found = {"name": full, "first_name": first, "last_name": last, "city": city}
    if one > 0.6 or full < 0.5:
        found["name"] = 0.0
    if found["name"] >= 0.5:
        return [_finding("name", full)]
    best = max(found, key=lambda kind: found[kind])
    least = 0.5 if len(texts) >= _FEW else 0.8
    if found[best] < least or other > 0.6 * found[best]:
        return []
    if best == "city" and city < 1.05 * max(first, last):
        best = "first_name" if first >= last else "last_name"
    return [_finding(best, found[best])]


def _finding(kind: str, share: float) -> Finding:
    sure = 0.9 if share >= 0.6 else 0.82
    what = kind.replace("_", " ").replace("city", "citie")
    return Finding(kind, sure, f"{share:.0%} of the values are in lists of {what}s")


def _all(tokens: Sequence[str], known: frozenset[str], whole: str) -> bool:
    return whole in known or (bool(tokens) and all(token in known for token in tokens))


def _built(tokens: Sequence[str], words: Lexicon) -> bool:
    """Say whether a city is named after a person or with the ending of one: Port Amandaland."""
    if not tokens:
        return False
    if len(tokens) > 1 and tokens[0] in words.city_part | words.title:
        return True
    last = tokens[-1]
    for size in range(3, min(8, len(last) - 2)):
        if last[-size:] in words.city_part and words.is_name(last[:-size]):
            return True
    return False


def _full(text: str, tokens: Sequence[str], words: Lexicon) -> bool:
    if _ASIAN.match(text):
        return any(
            text[:cut] in words.last and text[cut:] in words.first for cut in range(1, len(text))
        )
    if not 2 <= len(tokens) <= 6:
        return False
    firsts = [at for at, token in enumerate(tokens) if token in words.first]
    lasts = [at for at, token in enumerate(tokens) if token in words.last]
    return any(a != b for a in firsts for b in lasts)


def _streets(texts: Sequence[str], words: Lexicon) -> list[Finding]:
    numbered = [text for text in texts if _NUMBERED.search(text)]
    if len(numbered) < 0.7 * len(texts):
        return []
    typed = _share(numbered, lambda text: _has_street(words_of(text), words))
    heads = {re.sub(r"[\d\W_]+", " ", text).strip() for text in numbered}
    varied = len(heads) >= 0.5 * len(numbered)
    several = _share(texts, lambda text: "," in text or "\n" in text)
    wordy = _share(texts, lambda text: 1 <= len(words_of(text)) <= 8)
    lettered = _share(texts, lambda text: sum(map(str.isalpha, text)) >= 0.45 * len(text))
    spoken = _share(texts, lambda text: len(words_of(text)) > 12 or bool(_SENTENCE.search(text)))
    if spoken > 0.2:
        return []
    kind = "address" if several >= 0.6 else "street_address"
    if typed >= 0.4 and varied:
        because = f"{typed:.0%} of the values have a number and a word of streets"
        return [Finding(kind, 0.9 if typed >= 0.6 else 0.82, because)]
    if varied and wordy >= 0.8 and lettered >= 0.8:
        return [Finding(kind, 0.55, "words that differ from value to value, and house numbers")]
    return []


def _has_street(tokens: Sequence[str], words: Lexicon) -> bool:
    for token in tokens:
        if token in words.street or token in words.street_name:
            return True
        ends = (token[-size:] for size in range(3, min(8, len(token) - 1)))
        if any(end in words.street for end in ends):
            return True
    return False


def _users(texts: Sequence[str], words: Lexicon) -> list[Finding]:
    if _share(texts, lambda text: bool(_USER.match(text))) < 0.95:
        return []
    small = _share(texts, lambda text: text == text.lower())
    named = _share(texts, lambda text: _holds_name(folded(text), words))
    plain = _share(texts, lambda text: text.isalpha())
    if small < 0.6 or named < 0.35 or (plain > 0.95 and len(texts) < 50):
        return []
    sure = 0.85 if named >= 0.5 else 0.6
    return [Finding("user_name", sure, f"{named:.0%} of the values have somebody's name in them")]


def _holds_name(text: str, words: Lexicon) -> bool:
    parts = [part for part in re.split(r"[^a-z]+", text) if len(part) > 2]
    for part in parts:
        if len(part) > 3 and (words.is_name(part) or part[1:] in words.last):
            return True
        for cut in range(3, len(part) - 2):
            if words.is_name(part[:cut]) and words.is_name(part[cut:]):
                return True
    return False
