"""A look at the values of all rows, and what it tells other processes: not a word of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.distinct import different
from synthkit.anonymization.plan import Decision
from synthkit.contracts.action import Action, NotingAction, SurveyingAction
from synthkit.errors import UnsupportedError

__all__ = ["KnownWords", "looked_at", "notes_of", "take_notes"]

_BYTES = 16
_SHOWN = 4 * 2**20
"""Bytes of different values from which on actions are shown them."""


def looked_at(chunks: Iterator[pa.Table]) -> Iterator[dict[str, pa.Array]]:
    """Yield the different values of columns, those of some chunks together."""
    held: dict[str, list[pa.Array]] = {}
    waiting = 0
    for chunk in chunks:
        for name in chunk.column_names:
            found = different(chunk.column(name).combine_chunks())
            held.setdefault(name, []).append(found)
            waiting += found.nbytes
        if waiting >= _SHOWN:
            yield {name: pc.unique(pa.concat_arrays(found)) for name, found in held.items()}
            held, waiting = {}, 0
    if held:
        yield {name: pc.unique(pa.concat_arrays(found)) for name, found in held.items()}


class KnownWords:
    """Words that are known by keyed digests of 128 bits alone."""

    def __init__(self, digests: pa.Array, key: bytes) -> None:
        self._digests = frozenset(digests.to_pylist())
        self._key = key

    def __contains__(self, word: object) -> bool:
        return _digest(str(word), self._key) in self._digests


def notes_of(
    actions: Iterable[tuple[Decision, Action]], words: Iterable[str], key: bytes
) -> list[pa.Array]:
    """Return the notes of surveying actions in order, each once, and digests of words at the end.

    Raises `UnsupportedError` for an action that keeps its notes to itself.
    """
    made = []
    for decision, action in _surveying(actions):
        if not isinstance(action, NotingAction):
            raise UnsupportedError(
                f"The action {decision.op!r} looks at all rows first and cannot tell other "
                "processes what it saw.",
                hint="Leave out --parts, --jobs and --dask.",
            )
        made.append(action.notes())
    digests = sorted(_digest(word, key) for word in words)
    return [*made, pa.array(digests, pa.binary(_BYTES))]


def take_notes(
    actions: Iterable[tuple[Decision, Action]], notes: list[pa.Array], key: bytes
) -> KnownWords:
    """Give actions the notes that `notes_of` returned of the same ones; return the words."""
    surveying = [action for _, action in _surveying(actions)]
    for action, found in zip(surveying, notes[:-1], strict=True):
        assert isinstance(action, NotingAction)
        action.take_notes(found)
    return KnownWords(notes[-1], key)


def _surveying(actions: Iterable[tuple[Decision, Action]]) -> list[tuple[Decision, Action]]:
    """Return each surveying action once, with a decision that chose it."""
    found = {id(each[1]): each for each in actions if isinstance(each[1], SurveyingAction)}
    return list(found.values())


def _digest(word: str, key: bytes) -> bytes:
    return blake2b(word.encode(), key=key, digest_size=_BYTES).digest()
