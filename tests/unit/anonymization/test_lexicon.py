"""Lexicons: words of every locale's lists, folded, however many locales share a list."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from synthkit.anonymization.lexicon import _LISTS, _collected, folded, lexicon, words_of


def test_lists_are_collected_as_their_texts_would_be_one_by_one() -> None:
    texts = ["New Ōsaka", "Saint-Étienne", "ΣΊΣΥΦΟΣ", "가나", "Ullared", "x\ny", "{{city}} Sud"]
    provider = SimpleNamespace(cities=texts[:4], towns={"a": texts[3:]})
    pattern = _LISTS["city"][1]
    listed = [*texts[:-1], "a"]
    whole = {folded(text) for text in listed}
    long = {word for text in listed for word in words_of(text) if len(word) > 3}
    assert _collected([provider, provider], pattern, whole=True) == whole | long
    every = {word for text in listed for word in words_of(text)}
    assert _collected([provider], pattern, whole=False) == every


@pytest.mark.parametrize(
    ("part", "word"), [("first", "zoe"), ("last", "muller"), ("street", "rue")]
)
def test_words_are_without_accents(part: str, word: str) -> None:
    assert word in getattr(lexicon(), part)
