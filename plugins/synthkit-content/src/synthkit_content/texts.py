"""Texts about a topic, in the language of the author: what the recipe leaves to code.

Each function here is a hook of the recipe: it takes the rows and returns a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from synthkit.domains.chance import happens
from synthkit.domains.columns import Ints, pool
from synthkit.domains.texts import Phrases, expand, joined
from synthkit.recipes import Rows

__all__ = ["HOOKS", "LANGUAGES", "TAGS", "TOPICS", "grammar"]

LANGUAGES = ("en", "de")
TOPICS = ("automation", "security", "analytics", "sustainability", "teamwork", "service")
TAGS = (
    "how-to", "beginners", "checklist", "case-study", "opinion", "interview", "deep-dive", "news",
    "template", "recap", "research", "best-practice", "roadmap", "tutorial", "faq", "glossary",
    "event", "product", "partners", "customer-story", "leadership", "hiring", "trends", "release",
)  # fmt: skip
"""Kinds and audiences of what is published, which go with any topic."""


@cache
def grammar(language: str) -> dict[str, Any]:
    """Return the words and templates of a language."""
    source = files("synthkit_content").joinpath("words", f"{language}.yaml")
    loaded: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return loaded


@cache
def _phrases(name: str) -> Phrases:
    """Return what the templates ``name`` become, by language and topic."""
    groups = []
    for language in LANGUAGES:
        source = grammar(language)
        for topic in TOPICS:
            words = {**source["topics"][topic], **{k: source[k] for k in ("numbers", "spans")}}
            templates = source.get(name) or words[name]
            groups.append(expand(templates, words))
    return Phrases(groups)


def _places(values: pa.Array, known: tuple[str, ...]) -> Ints:
    """Return the place of each value among those that are known."""
    plain = values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
    found: Ints = np.asarray(pc.index_in(plain, pool(known)), dtype=np.int64)
    return found


def _groups(rows: Rows, language: str = "language", topic: str = "topic") -> Ints:
    """Return the place of each row's language and topic among the groups of the phrases."""
    return _places(rows.column(language), LANGUAGES) * len(TOPICS) + _places(
        rows.column(topic), TOPICS
    )


def _drawn(name: str) -> Callable[[Rows], pa.Array]:
    """Return the hook that draws a phrase about the topic of each row."""
    return lambda rows: _phrases(name).draw(_groups(rows), rows.rng())


def _summary(rows: Rows) -> pa.Array:
    """Return what it is about, in one or two sentences."""
    rng, groups = rows.rng(), _groups(rows)
    return joined(
        _phrases("fact").draw(groups, rng),
        _phrases("openings").draw(groups, rng, happens(0.5, rows.count, rng)),
    )


def _body(rows: Rows) -> dict[str, pa.Array]:
    """Return three paragraphs of an article, and the number of their words."""
    rng, groups = rows.rng(), _groups(rows)

    def some(name: str, share: float) -> pa.Array:
        return _phrases(name).draw(groups, rng, happens(1 - share, rows.count, rng))

    paragraphs = [
        joined(some("openings", 1), some("fact", 0.7), some("middles", 0.6)),
        joined(some("tip", 1), some("middles", 0.5), some("tip", 0.5), some("fact", 0.4)),
        joined(some("middles", 0.5), some("closings", 1)),
    ]
    body = joined(*paragraphs, separator="\n\n")
    words = pc.add(pc.count_substring_regex(body, r"\s+"), 1)
    return {"body": body, "word_count": pc.cast(words, pa.int64())}


def _comment(rows: Rows) -> pa.Array:
    """Return comments on what is published; answers begin with a reaction."""
    rng = rows.rng()
    owner = "article_id" if rows.table == "article_comments" else "video_id"
    groups = _groups(rows, f"{owner}.language", f"{owner}.topic")
    first = rows.column("parent_id").is_null().to_numpy(zero_copy_only=False)
    brief = ~first & happens(0.6, rows.count, rng)
    return joined(
        _phrases("replies").draw(groups, rng, first),
        _phrases("comments").draw(groups, rng, brief),
    )


def _tag(rows: Rows) -> pa.Array:
    """Return names of tags: each of them, then each of them with a number."""
    numbers = rows.numbers
    names = pool(TAGS).take(pa.array(numbers % len(TAGS)))
    rounds = numbers // len(TAGS)
    suffix = pc.if_else(
        pa.array(rounds == 0),
        "",
        joined("-", pa.array(rounds + 1).cast(pa.string()), separator=""),
    )
    return joined(names, suffix, separator="")


HOOKS: Mapping[str, Callable[[Rows], Any]] = {
    "title": _drawn("titles"),
    "whitepaper_title": _drawn("whitepapers"),
    "video_title": _drawn("videos"),
    "bio": _drawn("bios"),
    "description": _summary,
    "summary": _summary,
    "body": _body,
    "comment": _comment,
    "tag": _tag,
}
"""The hooks, by the names that the recipe calls them by."""
