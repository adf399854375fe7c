from __future__ import annotations

import pyarrow as pa

from synthkit.sources.files.kept import Kept, Room

CHUNK = pa.table({"a": ["x", "y"], "b": ["1", "2"]})


def test_chunks_are_given_out_once_in_order() -> None:
    kept = Kept(Room())
    chunks = [(0, CHUNK), (0, CHUNK.slice(0, 1)), (1, CHUNK)]
    for part, chunk in chunks:
        kept.add(part, chunk)
    assert kept.has(["b", "a"])
    assert not kept.has(["a", "c"])
    assert list(kept.take()) == chunks
    assert not kept.has(["a"])


def test_a_table_that_does_not_fit_keeps_nothing_and_takes_no_room() -> None:
    room = Room(2 * CHUNK.nbytes)
    small, large = Kept(room), Kept(room)
    small.add(0, CHUNK)
    for _ in range(3):
        large.add(0, CHUNK)
    assert small.has(["a"])
    assert not large.has(["a"])
    assert room.left == CHUNK.nbytes


def test_room_is_free_again_when_chunks_are_taken() -> None:
    room = Room(CHUNK.nbytes)
    first, second = Kept(room), Kept(room)
    first.add(0, CHUNK)
    assert len(list(first.take())) == 1
    second.add(0, CHUNK)
    assert second.has(["a"])


def test_nothing_is_kept_of_an_empty_table() -> None:
    assert not Kept(Room()).has([])
