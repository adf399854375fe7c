"""How much personal data is found, measured on the labelled set; and that the measure can fail."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest

from synthkit.anonymization.actions.settings import JsonSettings
from synthkit.anonymization.actions.texts import Json
from synthkit.anonymization.detect import Recognizers
from synthkit.anonymization.lexicon import words_of
from synthkit.anonymization.spans import Span, find_spans
from synthkit.contracts import Beside
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

sys.path.insert(0, str(Path(__file__).parent))
import pii_corpus as corpus

COVERED_TEXTS = (
    "en_US", "en_GB", "de_DE", "de_AT", "fr_FR", "es_ES", "it_IT", "nl_NL", "sv_SE", "pt_BR",
)  # fmt: skip


def recall(
    recognizers: Recognizers,
    locales: Sequence[str],
    *,
    helpful: bool,
    kinds: Sequence[str] = tuple(corpus.HEADERS),
) -> tuple[float, list[str]]:
    """Return the share of columns found, under helpful headers too or meaningless ones only."""
    missed, count = [], 0
    for locale in locales:
        held = corpus.columns(locale)
        for kind in kinds:
            values = held[kind]
            for header in (corpus.HEADERS[kind], "c17") if helpful else ("c17",):
                count += 1
                if recognizers.look(corpus.sample(header, values), []).best is None:
                    missed.append(f"{locale} {kind} under {header}")
    return 1 - len(missed) / count, missed


@pytest.fixture(scope="module")
def recognizers() -> Recognizers:
    return Recognizers(Plugins())


def blind(locales: Sequence[str], *only: str) -> Recognizers:
    """Return recognizers without the lists of some locales."""
    without = {"without": ",".join(locales)}
    return Recognizers(
        Plugins(), {"people": without, "name_like": without}, only=only if only else None
    )


@pytest.mark.slow
def test_columns_of_covered_locales_are_found(recognizers: Recognizers) -> None:
    share, missed = recall(recognizers, corpus.LOCALES, helpful=True)
    assert share >= 0.97, missed


@pytest.mark.slow
def test_columns_of_locales_without_lists_are_found_or_marked_for_review() -> None:
    share, missed = recall(blind(corpus.UNCOVERED), corpus.UNCOVERED, helpful=False)
    assert share >= 0.90, missed


@pytest.mark.parametrize("locales", [corpus.UNCOVERED, corpus.ELSEWHERE])
def test_names_and_places_without_lists_are_found_by_their_letters(locales: Sequence[str]) -> None:
    letters = blind(locales, "people", "name_like")
    share, missed = recall(letters, locales, helpful=False, kinds=corpus.BY_LISTS)
    assert share >= 0.90, missed
    lists = blind(locales, "people")
    share, _ = recall(lists, locales, helpful=False, kinds=corpus.BY_LISTS)
    assert share < 0.90


def test_formats_that_no_rule_was_written_for_are_found(recognizers: Recognizers) -> None:
    fresh = corpus.fresh()
    missed = [
        name
        for name, (_, values) in fresh.items()
        if recognizers.look(corpus.sample("c9", values), []).best is None
    ]
    assert len(missed) <= 0.15 * len(fresh), missed


def test_traps_are_left_alone(recognizers: Recognizers) -> None:
    traps = corpus.traps()
    assert len(traps) >= 25
    found = {
        name: recognizers.look(corpus.sample("c9", values), []).best
        for name, values in traps.items()
    }
    wrong = {name: best.kind for name, best in found.items() if best is not None}
    assert len(wrong) <= 0.03 * len(traps), wrong


def paths_found(
    recognizers: Recognizers | None, locales: Sequence[str], *, helpful: bool
) -> tuple[float, list[str], list[str]]:
    """Return the share of paths replaced in nine documents of ten, the others, and changed traps.

    Without recognizers the paths are not looked at: names of fields and free text decide.
    """

    def replaced(kind: str, values: pa.Array) -> pa.Array:
        return pa.array([f"<{kind}>" for _ in values], pa.string())

    beside = Beside(ValueRegistry(Plugins()), replace=replaced)
    missed, wrong, count = [], [], 0
    for locale in locales:
        held, places = corpus.documents(locale, helpful=helpful)
        paths: object = {}
        if recognizers is not None:
            best = recognizers.look(corpus.sample("c3", held), []).best
            assert best is not None
            assert best.kind == "json"
            paths = best.settings.get("paths", {})
        action = Json(JsonSettings(paths=cast("dict[str, str]", paths)))
        made = action.apply(pa.array(held, pa.string()), b"k" * 32, beside).to_pylist()
        pairs = list(zip(map(str, held), made, strict=True))
        for path, kind in places.items():
            same = [
                one == other
                for before, after in pairs
                for one, other in zip(
                    corpus.values_at(before, path), corpus.values_at(after, path), strict=True
                )
            ]
            count += 1
            if sum(same) > 0.1 * len(same):
                missed.append(f"{locale} {kind} {sum(same) / len(same):.2f}")
        for path in corpus.PLAIN_PATHS:
            if any(corpus.values_at(a, path) != corpus.values_at(b, path) for a, b in pairs):
                wrong.append(f"{locale} {path}")
    return 1 - len(missed) / count, missed, wrong


@pytest.mark.parametrize("helpful", [True, False])
def test_paths_of_json_are_found(recognizers: Recognizers, helpful: bool) -> None:
    locales = corpus.LOCALES[::2] if helpful else corpus.LOCALES[1::2]
    share, missed, wrong = paths_found(recognizers, locales, helpful=helpful)
    assert share >= 0.97, missed
    assert not wrong


def test_paths_with_meaningless_names_are_missed_where_nobody_looks_at_them() -> None:
    share, _, _ = paths_found(None, ("tr_TR", "ja_JP"), helpful=False)
    assert share < 0.9


def measured(
    locales: tuple[str, ...],
    *,
    without: Sequence[str] = (),
    own: bool,
    find: Callable[..., Sequence[Span]] = find_spans,
) -> Mapping[str, float]:
    """Return the share of identifying letters left, PERSON precision and ADDRESS recall."""
    left = total = people = right = addresses = found_addresses = 0
    for text, held in corpus.texts(locales):
        names = {word for kind in ("name", "last") if kind in held for word in words_of(held[kind])}
        spans = find(text, names.__contains__ if own else lambda _: False, frozenset(without))
        covered = {at for span in spans for at in range(span.start, span.end)}
        of_people: set[int] = set()
        for kind, value in held.items():
            start = text.index(value)
            places = [at for at in range(start, start + len(value)) if text[at].isalnum()]
            open_places = [at for at in places if at not in covered]
            left, total = left + len(open_places), total + len(places)
            if kind == "address":
                addresses += 1
                found_addresses += len(open_places) < 0.2 * len(places)
            if kind in ("name", "last"):
                of_people.update(range(start, start + len(value)))
        for span in spans:
            if span.kind == "name":
                people += 1
                right += bool(of_people & set(range(span.start, span.end)))
    return {
        "left": left / total,
        "person precision": right / max(people, 1),
        "address recall": found_addresses / addresses,
    }


def test_free_text_in_covered_locales_keeps_little_that_identifies() -> None:
    found = measured(COVERED_TEXTS, own=True)
    assert found["left"] <= 0.03
    assert found["person precision"] >= 0.85
    assert found["address recall"] >= 0.85


def test_free_text_elsewhere_is_found_by_the_names_of_the_tables() -> None:
    found = measured(COVERED_TEXTS, without=COVERED_TEXTS, own=True)
    assert found["left"] <= 0.08


def test_the_measure_sees_what_is_left() -> None:
    found = measured(("de_DE",), without=(*corpus.LOCALES, "de_AT", "de_CH"), own=False)
    assert found["left"] > 0.08
