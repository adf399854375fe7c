"""The texts of all topics in the languages that are spoken, from the grammars in ``words/``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np
import yaml

from synthkit.domains.texts import Phrases, expand

__all__ = ["KINDS", "TOPICS", "Library", "language_of"]

TOPICS = (
    "cooking",
    "gaming",
    "programming",
    "fitness",
    "travel",
    "music",
    "finance",
    "gardening",
    "photography",
    "science",
    "pets",
    "diy",
)
TOPIC_SHARES = np.array([11, 15, 10, 9, 9, 9, 7, 5, 5, 7, 8, 5], dtype=float)
KINDS = ("question", "showcase", "discussion", "guide")
"""What a post is about, which its title and its ending say."""

LANGUAGES = ("en", "de")


def language_of(locale: str) -> str:
    """Return the language that people of a locale write in: their own if there is a grammar."""
    language = locale.split("_", maxsplit=1)[0]
    return language if language in LANGUAGES else "en"


@cache
def _grammar(language: str) -> dict[str, Any]:
    source = files("synthkit_social").joinpath("words", f"{language}.yaml")
    loaded: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return loaded


class Library:
    """Phrases by language and topic; group ``language * len(TOPICS) + topic`` has both.

    A language is a place in ``languages``, a topic one in `TOPICS`, a kind one in `KINDS`.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self._grammars = [_grammar(language) for language in languages]

    def topic_words(self, language: int, topic: int, name: str) -> list[str]:
        """Return a list of words of a topic."""
        words: list[str] = self._grammars[language]["topics"][TOPICS[topic]][name]
        return words

    def _expanded(self, *path: str, limit: int = 120) -> list[list[str]]:
        """Return what the templates at a path of the grammar become, for each group."""
        found = []
        for grammar in self._grammars:
            templates: Any = grammar
            for name in path:
                templates = templates[name]
            for topic in TOPICS:
                words = {
                    **grammar["topics"][topic],
                    "numbers": grammar["numbers"],
                    "spans": grammar["spans"],
                }
                found.append(expand(templates, words, limit))
        return found

    def _listed(self, name: str) -> list[list[str]]:
        return [grammar["topics"][topic][name] for grammar in self._grammars for topic in TOPICS]

    @cached_property
    def titles(self) -> Phrases:
        """Titles of posts, by group and then by kind: ``group * len(KINDS) + kind``."""
        kinds = [self._expanded("titles", kind) for kind in KINDS]
        return Phrases([kind[group] for group in range(len(kinds[0])) for kind in kinds])

    @cached_property
    def closings(self) -> Phrases:
        """Last sentences of posts, by language and then by kind."""
        return Phrases([grammar["closings"][kind] for grammar in self._grammars for kind in KINDS])

    @cached_property
    def context(self) -> Phrases:
        """Sentences about the writer."""
        return Phrases(self._expanded("context"))

    @cached_property
    def tips(self) -> Phrases:
        """Pieces of advice."""
        return Phrases(self._listed("tip"))

    @cached_property
    def comments(self) -> Phrases:
        """Answers to posts and videos."""
        return Phrases(self._expanded("comments"))

    @cached_property
    def replies(self) -> Phrases:
        """Short reactions, by language alone."""
        return Phrases([grammar["replies"] for grammar in self._grammars])

    @cached_property
    def tweets(self) -> Phrases:
        """Short messages."""
        return Phrases(self._expanded("tweets"))

    @cached_property
    def hashtags(self) -> Phrases:
        """Tags with their mark."""
        return Phrases([[f"#{tag}" for tag in tags] for tags in self._listed("tag")])

    @cached_property
    def tag_lists(self) -> Phrases:
        """Three tags as a JSON list."""
        return Phrases(
            [[json.dumps(each) for each in combinations(tags, 3)] for tags in self._listed("tag")]
        )

    @cached_property
    def flairs(self) -> Phrases:
        """Labels that communities give to posts."""
        return Phrases(self._listed("flair"))

    @cached_property
    def bios(self) -> Phrases:
        """What people say about themselves."""
        return Phrases(self._expanded("bios"))

    @cached_property
    def videos(self) -> Phrases:
        """Titles of videos."""
        return Phrases(self._expanded("videos"))

    @cached_property
    def descriptions(self) -> Phrases:
        """First sentences below videos."""
        return Phrases(self._expanded("descriptions"))

    @cached_property
    def calls(self) -> Phrases:
        """Last sentences below videos, by language alone."""
        return Phrases([grammar["calls"] for grammar in self._grammars])

    @cached_property
    def channels(self) -> Phrases:
        """Names of channels."""
        return Phrases(self._expanded("channels"))

    @cached_property
    def about(self) -> Phrases:
        """Descriptions of channels."""
        return Phrases(self._expanded("about"))

    @cached_property
    def communities(self) -> Phrases:
        """Descriptions of communities."""
        return Phrases(self._expanded("communities"))
