"""Texts speak of the topic, in the language of who writes them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from synthkit_social.library import KINDS, TOPICS, Library, language_of

Frames = dict[str, pd.DataFrame]

LANGUAGES = ("en", "de")


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(LANGUAGES)


def vocabulary(library: Library, language: str) -> list[set[str]]:
    """The words of each topic, in one language, in lower case."""
    return [
        {
            word.lower()
            for name in ("thing", "tool", "doing", "trouble")
            for word in library.topic_words(LANGUAGES.index(language), topic, name)
        }
        for topic in range(len(TOPICS))
    ]


def about(titles: pd.Series, words: set[str]) -> float:
    """The share of titles with a word of a topic."""
    return titles.str.lower().map(lambda title: any(word in title for word in words)).mean()


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_speak_of_the_topic_of_their_subreddit(
    frames: Frames, library: Library, language: str
) -> None:
    """Every title has a word of its topic; the twin looks for the words of the next topic."""
    subreddits = frames["subreddits"].set_index("name")
    posts = frames["reddit_posts"]
    there = subreddits.loc[posts["subreddit"]]
    words = vocabulary(library, language)
    for topic, name in enumerate(TOPICS):
        titles = posts.loc[((there["topic"] == name) & (there["language"] == language)).to_numpy()]
        if len(titles) > 20:
            assert about(titles["title"], words[topic]) == 1.0
            assert about(titles["title"], words[(topic + 1) % len(TOPICS)]) < 0.1


def test_questions_ask(library: Library) -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(2 * len(TOPICS)), 50)
    for kind, share in (("question", 1.0), ("showcase", 0.0)):
        titles = library.titles.draw(groups * len(KINDS) + KINDS.index(kind), rng).to_pandas()
        assert titles.str.endswith("?").mean() == share


PHRASES = [name for name, kind in vars(Library).items() if isinstance(kind, cached_property)]


@pytest.mark.parametrize("name", PHRASES)
def test_no_text_has_an_open_slot_or_loose_spaces(library: Library, name: str) -> None:
    phrases = getattr(library, name)
    groups = np.arange(len(phrases)).repeat(40)
    texts = phrases.draw(groups, np.random.default_rng(2)).to_pandas()
    assert not texts.str.contains(r"[{}]|  |^ | $").any()
    assert texts.str.match(r'[A-ZÄÖÜa-z0-9"#\[]').all()


def test_texts_vary(frames: Frames) -> None:
    assert frames["reddit_posts"]["title"].nunique() > 0.5 * len(frames["reddit_posts"])
    bodies = frames["reddit_posts"]["content"].dropna()
    assert bodies.nunique() > 0.95 * len(bodies)


def test_germans_write_german_and_others_english(frames: Frames) -> None:
    people = frames["people"]
    assert set(people.loc[people["country"] == "DE", "language"]) == {"de"}
    assert set(people.loc[people["country"] != "DE", "language"]) == {"en"}
    assert [language_of(locale) for locale in ("de_AT", "en_GB", "ja_JP")] == ["de", "en", "en"]
