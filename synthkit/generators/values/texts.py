"""Made-up prose from the words of a locale: titles, sentences, paragraphs.

Words are chosen without grammar, as in filler text; where Faker has real words of a language,
they are real words.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from synthkit.generators.values.expressions import Expression, Pool, joined, mixture
from synthkit.generators.values.faker_pools import pool

__all__ = ["paragraph", "sentence", "text", "title", "words_of"]

SEED = 77_003
CLAUSES = 4_096
"""Half sentences of a locale; two of them make a sentence, so there are 16 million."""
UNSPACED = ("ja", "zh", "th")
FULL_STOPS = {"ja": "。", "zh": "。", "hi": "।", "bn": "।", "th": ""}
COMMAS = {"ja": "、", "zh": "\uff0c", "fa": "،", "ar": "،"}


def words_of(locale: str) -> Pool:
    """Return the words of a locale."""
    return pool(("word",), locale)


@cache
def _clauses(locale: str, low: int, high: int, capital: bool, number: int) -> tuple[str, ...]:
    """Return clauses of ``low`` to ``high`` words, chosen once with a fixed seed."""
    rng = np.random.Generator(np.random.Philox([SEED, number]))
    words = words_of(locale).values.to_pylist()
    space = "" if _language(locale) in UNSPACED else " "
    found = []
    for length in rng.integers(low, high + 1, CLAUSES):
        clause = space.join(words[place] for place in rng.integers(0, len(words), length))
        found.append(clause[:1].upper() + clause[1:] if capital else clause)
    return tuple(dict.fromkeys(found))


def _language(locale: str) -> str:
    return locale.split("_", maxsplit=1)[0]


def _halves(locale: str, before: str = "") -> tuple[Pool, Pool]:
    """Return the beginnings of sentences, with their comma, and the ends, with their stop."""
    language = _language(locale)
    space = "" if language in UNSPACED else " "
    comma, stop = COMMAS.get(language, ","), FULL_STOPS.get(language, ".")
    begins = _clauses(locale, 3, 6, True, 1)
    ends = _clauses(locale, 2, 6, False, 2)
    lead = before and (space or " ")
    return (
        Pool.of([f"{lead}{clause}{comma}" for clause in begins]),
        Pool.of([f"{space}{clause}{stop}" for clause in ends]),
    )


def sentence(locale: str) -> Expression:
    """Return sentences of 4 to 12 words, some in two halves with a comma."""
    begins, ends = _halves(locale)
    plain = Pool.of([value[:-1] for value in begins.values.to_pylist()])
    return mixture([(joined([begins, ends]), 0.51), (joined([plain, ends]), 0.49)])


def paragraph(locale: str, sentences: int = 4) -> Expression:
    """Return paragraphs of some sentences."""
    first, rest = _halves(locale), _halves(locale, " ")
    return joined([*first, *rest * (sentences - 1)])


def text(locale: str) -> Expression:
    """Return short texts of two or three sentences."""
    return mixture([(paragraph(locale, 2), 0.5), (paragraph(locale, 3), 0.5)])


def title(locale: str) -> Expression:
    """Return headlines: a few words, some in two parts with a colon."""
    space = "" if _language(locale) in UNSPACED else " "
    begins = _clauses(locale, 1, 3, True, 3)
    ends = _clauses(locale, 2, 4, False, 4)
    end = Pool.of([f"{space}{clause}" for clause in ends])
    return mixture(
        [
            (joined([Pool.of(begins), end]), 0.49),
            (joined([Pool.of([f"{clause}:" for clause in begins]), end]), 0.51),
        ]
    )
