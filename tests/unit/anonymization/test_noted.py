"""What a look at all rows told goes to other processes without a word of the data."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.anonymization.actions.pools import Pool
from synthkit.anonymization.actions.settings import PoolSettings
from synthkit.anonymization.noted import notes_of, take_notes
from synthkit.anonymization.plan import Decision
from synthkit.contracts import Action, Beside
from synthkit.errors import UnsupportedError

KEY = b"k" * 32


class Secretive:
    keeps: frozenset[str] = frozenset()

    def survey(self, values: pa.Array, beside: Beside) -> None: ...

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        return values


def pool() -> Pool:
    return Pool(PoolSettings(kind="first_name"))


def test_another_process_replaces_as_the_one_that_looked(beside: Beside) -> None:
    names = pa.array(["Anna", "James", "Mary", "Robert", "John"] * 20)
    looked, told, neither = pool(), pool(), pool()
    looked.survey(names, beside)
    notes = notes_of([(Decision("pool"), each) for each in (looked, looked)], {"anna"}, KEY)
    assert len(notes) == 2
    assert b"anna" not in notes[-1].to_pylist()
    words = take_notes([(Decision("pool"), told)], notes, KEY)
    many = pa.array([f"{n}" for n in range(3_000)])
    made = looked.apply(many, KEY, beside)
    assert told.apply(many, KEY, beside).equals(made)
    assert set(made.to_pylist()).isdisjoint(names.to_pylist())
    assert not set(neither.apply(many, KEY, beside).to_pylist()).isdisjoint(names.to_pylist())
    assert "anna" in words
    assert "bela" not in words


def test_an_action_that_keeps_what_it_saw_is_told() -> None:
    actions: list[tuple[Decision, Action]] = [(Decision("odd"), Secretive())]
    with pytest.raises(UnsupportedError, match="'odd' looks at all rows"):
        notes_of(actions, (), KEY)
