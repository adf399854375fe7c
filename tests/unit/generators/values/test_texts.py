"""Prose has sentences of a locale's words."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from synthkit.generators.values import texts
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression


def values(expression: Expression, count: int = 500) -> list[str]:
    made: list[str] = expression.draw(count, np.random.Generator(np.random.Philox(1))).to_pylist()
    return made


def test_sentences_begin_with_a_capital_and_end_with_a_stop() -> None:
    known = {word.lower() for word in texts.words_of("en_US").values.to_pylist()}
    for sentence in values(texts.sentence("en_US")):
        assert sentence[0].isupper()
        assert sentence[-1] == "."
        assert {word.strip(",.").lower() for word in sentence.split()} <= known
        assert 4 <= len(sentence.split()) <= 12


def test_paragraphs_have_four_sentences() -> None:
    assert all(value.count(".") == 4 for value in values(texts.paragraph("de_DE")))
    assert {value.count(".") for value in values(texts.text("de_DE"))} == {2, 3}


def test_titles_have_no_stop() -> None:
    for title in values(texts.title("en_US")):
        assert title[0].isupper()
        assert "." not in title
        assert 3 <= len(title.split()) <= 7


@pytest.mark.parametrize("locale", ["ja_JP", "zh_CN", "th_TH"])
def test_languages_without_spaces_have_none_in_a_sentence(locale: str) -> None:
    spaced = {word for word in texts.words_of(locale).values.to_pylist() if " " in word}
    assert not spaced
    assert all(" " not in value for value in values(texts.sentence(locale)))


@pytest.mark.parametrize("kind", [texts.sentence, texts.paragraph, texts.text])
def test_distinct_texts_are_many(kind: object) -> None:
    assert callable(kind)
    sequence = Distinct(kind("en_US"))
    assert sequence.size > 10_000_000
    assert pc.count_distinct(sequence.at(0, 100_000, 3)).as_py() == 100_000
