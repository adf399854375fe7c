"""Marks columns for review whose words look like names, where no list has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthkit.anonymization import lexicon as lists
from synthkit.anonymization.lexicon import folded, lexicon, words_of_locales
from synthkit.anonymization.recognizers.people import is_of_companies
from synthkit.anonymization.recognizers.settings import PeopleSettings
from synthkit.cache import kept
from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.randomness import Streams

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NameLike"]

_OF_EACH = 400
"""Names, cities and other words of each locale that the model is trained on: a language with long
lists of words and short ones of names would else make its letters those of words."""
_FEATURES = 1 << 15
_LEAST, _LEAST_ASIAN = 25, 15
_SAMPLE = 200
_SURE, _SURE_HANDLE = 0.5, 0.55
"""Least mean chance that a word is a name, less its standard error. Names of programs and files
come to .5 as words in small letters; user names to .6."""
_MOST_REPEATS = 1.5
"""Rows of each value above which words in small letters are no user names."""
_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORTENED = re.compile(r"(?<!\S)[^\W\d_][\w.-]*\.(?=[\s,]|$)")
"""A title or an initial before or behind a name: ``Dipl.-Ing.``, ``MBA.``, ``J.``"""
_NO_NAME = re.compile(r"[\d_@/\\|<>{}\[\]=+*#%$!?;:\"]")
_HANDLE = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_PLAIN_LETTERS = str.maketrans("łøđıæœðþ", "lodiaodt")
_REVIEW = 0.5


class NameLike:
    """A model of letters (character n-grams, logistic regression), trained on Faker's lists."""

    def __init__(self, settings: PeopleSettings) -> None:
        self._without = frozenset(settings.without.split(",")) - {""}

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return a name to be reviewed for short values that look like names."""
        if sample.column.storage != "string" or len(sample.values) < _LEAST_ASIAN:
            return []
        texts = [text.strip() for text in sample.values[:_SAMPLE].to_pylist() if text.strip()]
        if len(texts) < _LEAST_ASIAN or sum(map(len, texts)) > 40 * len(texts):
            return []
        if sum(bool(_ASIAN.search(text)) for text in texts) >= 0.8 * len(texts):
            return _asian(texts)
        if len(texts) < _LEAST or any(len(text) > 60 for text in texts):
            return []
        kind = _kind(texts, sample.repeats)
        if kind is None or self._is_known(texts):
            return []
        least = _SURE if kind == "name" else _SURE_HANDLE
        if _likeness(_words(texts), self._without) < least:
            return []
        return [Finding(kind, _REVIEW, "the letters of its words follow each other as in names")]

    def _is_known(self, texts: Sequence[str]) -> bool:
        """Say whether texts are words that name nobody, or firms."""
        known = lexicon(self._without)
        listed = sum(folded(text) in known.place | known.language for text in texts)
        firms = sum(is_of_companies(text, known) for text in texts)
        return listed >= 0.4 * len(texts) or firms > 0.25 * len(texts)


def _kind(texts: Sequence[str], repeats: float) -> str | None:
    """Return whether texts are written as names or user names are, or as neither."""
    lettered = sum(not _NO_NAME.search(text) for text in texts)
    capital = sum(text[:1].isupper() and not text.isupper() for text in texts)
    few = sum(1 <= len(_SHORTENED.sub(" ", text).split()) <= 4 for text in texts)
    if capital >= 0.9 * len(texts) and lettered >= 0.9 * len(texts) and few >= 0.9 * len(texts):
        return "name"
    handles = sum(bool(_HANDLE.fullmatch(text)) for text in texts)
    return "user_name" if handles >= 0.95 * len(texts) and repeats < _MOST_REPEATS else None


def _words(texts: Sequence[str]) -> list[str]:
    """Return the words of texts that are no title, in plain small letters."""
    plain = folded("\n".join(_SHORTENED.sub(" ", text) for text in texts))
    words = re.findall(r"[^\W\d_]+", plain.translate(_PLAIN_LETTERS))
    return [word for word in words if len(word) > 2]


def _asian(texts: Sequence[str]) -> list[Finding]:
    numbered = sum(any(map(str.isdigit, text)) for text in texts)
    short = sum(1 <= len(text) <= 8 for text in texts)
    if numbered >= 0.7 * len(texts):
        return [Finding("address", _REVIEW, "Asian letters and numbers in every value")]
    if short >= 0.9 * len(texts):
        return [Finding("name", _REVIEW, "a few Asian letters that differ from value to value")]
    return []


def _likeness(words: Sequence[str], without: frozenset[str]) -> float:
    """Return the mean chance that words are names, less its standard error."""
    if not words:
        return 0.0
    weights = _weights(without)
    odds = _vectors().transform(words) @ weights[:-1] + weights[-1]
    chances = 1 / (1 + np.exp(-odds))
    return float(chances.mean() - chances.std() / np.sqrt(len(words)))


@cache
def _vectors() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=_FEATURES)


@cache
def _weights(without: frozenset[str]) -> NDArray[np.float64]:
    """Return the weight of each feature, and the intercept last; made once on this machine."""
    if without:
        table = _trained(without)
    else:
        table = kept(
            "names",
            lambda: _trained(without),
            packages=("faker", "scikit-learn", "numpy"),
            code=[Path(__file__), Path(lists.__file__)],
        )
    weights: NDArray[np.float64] = table.column(0).to_numpy()
    return weights


def _trained(without: frozenset[str]) -> pa.Table:
    import pyarrow as pa
    from sklearn.linear_model import LogisticRegression

    rng = Streams(0).at("anonymize", "names")
    named: list[str] = []
    others: list[str] = []
    for locale in sorted({*words_of_locales("names"), *words_of_locales("plain")} - without):
        people = _some(_of(locale, "names"), rng)
        other = _some(_of(locale, "job") | _of(locale, "plain"), rng)
        named += people + _some(_of(locale, "city"), rng) + _joined(people, rng)
        others += other + _joined(other, rng)
    target = np.r_[np.ones(len(named)), np.zeros(len(others))]
    model = LogisticRegression(C=10, max_iter=200, tol=3e-4, class_weight="balanced")
    model.fit(_vectors().transform([*named, *others]), target)
    return pa.table({"weight": np.r_[model.coef_[0], model.intercept_]})


def _of(locale: str, part: str) -> frozenset[str]:
    return words_of_locales(part).get(locale, frozenset())


def _some(words: frozenset[str], rng: np.random.Generator) -> list[str]:
    plain = {word.translate(_PLAIN_LETTERS) for word in words if len(word) > 2}
    known = sorted(word for word in plain if word.isascii() and word.isalpha())
    return [known[at] for at in rng.permutation(len(known))[:_OF_EACH]]


def _joined(words: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Return as many pairs of words as user names are made of: both, or a letter and one."""
    if not words:
        return []
    pairs = rng.integers(0, len(words), (len(words), 2))
    whole = rng.random(len(words)) < 0.5
    return [
        (words[one] if both else words[one][0]) + words[two]
        for (one, two), both in zip(pairs, whole, strict=True)
    ]
