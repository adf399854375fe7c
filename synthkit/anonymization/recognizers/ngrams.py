"""Marks columns for review whose words look like names, where no list has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from synthkit.anonymization.lexicon import Lexicon, folded, lexicon
from synthkit.anonymization.recognizers.settings import PeopleSettings
from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.randomness import Streams

__all__ = ["NameLike"]

_TRAINED_ON = 12_000
"""Names, and as many other words, that the model is trained on; about a second, once."""
_FEATURES = 1 << 15
_LEAST = 25
_SAMPLE = 200
_SURE = 0.62
_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_REVIEW = 0.5


class NameLike:
    """A model of letters (character n-grams, logistic regression), trained on Faker's lists."""

    def __init__(self, settings: PeopleSettings) -> None:
        self._without = frozenset(settings.without.split(",")) - {""}

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return a name to be reviewed for short values that look like names."""
        if sample.column.storage != "string" or len(sample.values) < _LEAST:
            return []
        texts = [text.strip() for text in sample.values[:_SAMPLE].to_pylist() if text.strip()]
        if len(texts) < _LEAST or sum(map(len, texts)) > 40 * len(texts):
            return []
        if sum(bool(_ASIAN.search(text)) for text in texts) >= 0.8 * len(texts):
            return _asian(texts)
        parts = [re.findall(r"[^\W\d_]+", text) for text in texts]
        one_to_three = sum(1 <= len(part) <= 3 for part in parts) >= 0.9 * len(texts)
        if not one_to_three or any(len(text) > 60 for text in texts):
            return []
        capital = sum(text[:1].isupper() and not text.isupper() for text in texts)
        joined = sum(bool(re.fullmatch(r"[a-z][a-z0-9._-]{2,39}", text)) for text in texts)
        lettered = sum(not re.search(r"[\d_]", text) for text in texts)
        named = capital >= 0.9 * len(texts) and lettered >= 0.9 * len(texts)
        handles = joined >= 0.95 * len(texts) and lettered < 0.9 * len(texts)
        if not named and not handles:
            return []
        words = [folded(word) for part in parts for word in part if len(word) > 2]
        if not words:
            return []
        known = lexicon(self._without)
        listed = sum(folded(text) in known.place | known.language for text in texts)
        if listed >= 0.4 * len(texts):
            return []
        vectors, model = _model(self._without)
        score = float(model.predict_proba(vectors.transform(words))[:, 1].mean())
        if score < _SURE:
            return []
        kind = "name" if named else "user_name"
        return [Finding(kind, _REVIEW, "the letters of its words follow each other as in names")]


def _asian(texts: Sequence[str]) -> list[Finding]:
    numbered = sum(any(map(str.isdigit, text)) for text in texts)
    short = sum(1 <= len(text) <= 8 for text in texts)
    if numbered >= 0.7 * len(texts):
        return [Finding("address", _REVIEW, "Asian letters and numbers in every value")]
    if short >= 0.9 * len(texts):
        return [Finding("name", _REVIEW, "a few Asian letters that differ from value to value")]
    return []


@cache
def _model(without: frozenset[str]) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression

    words = lexicon(without)
    rng = Streams(0).at("anonymize", "names")
    names = _some(words.first | words.last, rng)
    others = _some(_others(words), rng)
    vectors = HashingVectorizer(analyzer="char_wb", ngram_range=(1, 4), n_features=_FEATURES)
    given = vectors.transform([*names, *others])
    target = np.r_[np.ones(len(names)), np.zeros(len(others))]
    return vectors, LogisticRegression(C=10, max_iter=200).fit(given, target)


def _others(words: Lexicon) -> frozenset[str]:
    return (words.job | words.plain | words.company) - words.first - words.last


def _some(words: frozenset[str], rng: np.random.Generator) -> list[str]:
    known = sorted(word for word in words if len(word) > 2 and word.isascii() and " " not in word)
    return [known[at] for at in rng.permutation(len(known))[:_TRAINED_ON]]
