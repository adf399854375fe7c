"""Grammars: slots are filled, words do not repeat, groups keep to themselves."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.domains.texts import Phrases, expand, joined

WORDS = {"thing": ["tea", "jam", "oat milk"], "doing": ["baking"]}


def test_templates_become_all_that_they_can() -> None:
    assert expand(["{Thing}!"], WORDS) == ["Tea!", "Jam!", "Oat milk!"]
    assert expand(["plain"], WORDS) == ["plain"]
    assert expand(["{doing} and {Doing}"], WORDS) == []


def test_two_slots_of_a_list_take_two_words() -> None:
    found = expand(["{Thing} or {thing}?"], WORDS)
    assert len(found) == 6
    assert "Tea or tea?" not in found


def test_a_limit_keeps_a_choice_that_is_always_the_same() -> None:
    words = {"number": [str(number) for number in range(100)]}
    found = expand(["{number} {number}"], words, limit=50)
    assert 40 <= len(found) <= 50
    assert found == expand(["{number} {number}"], words, limit=50)


def test_a_slot_without_words_is_an_error() -> None:
    with pytest.raises(KeyError):
        expand(["{nothing}"], WORDS)


def test_phrases_are_drawn_within_their_group() -> None:
    phrases = Phrases([["a", "b"], ["c"]])
    groups = np.array([0, 1, 0, 1] * 50)
    drawn = phrases.draw(groups, np.random.default_rng(1), groups == 1)
    assert set(drawn.to_pylist()) == {"a", "b", None}
    with pytest.raises(ValueError, match="no phrases"):
        Phrases([["a"], []])


def test_parts_that_are_null_are_left_out() -> None:
    first, second = Phrases([["a"]]), Phrases([["b"]])
    zero, rng = np.zeros(2, dtype=int), np.random.default_rng(1)
    parts = first.draw(zero, rng, np.array([False, True])), second.draw(zero, rng)
    assert joined(*parts).to_pylist() == ["a b", "b"]
