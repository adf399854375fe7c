"""Texts are told apart by hashes, and by themselves where hashes are the same."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema.infer import hashes as module
from synthkit.schema.infer.hashes import all_differ, hashes, repeats


def chunked(*chunks: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())


def test_a_text_has_one_hash_wherever_it_stands() -> None:
    one = chunked(["", "Zoë", "a"], ["b", "Zoë"])
    made = hashes(one)
    assert made[1] == made[4]
    assert len(set(made.tolist())) == 4
    assert hashes(one.slice(1, 3)).tolist() == made[1:4].tolist()
    assert hashes(one.cast(pa.binary())).tolist() == made.tolist()
    assert hashes(chunked([])).tolist() == []


def test_texts_of_other_lengths_or_orders_have_other_hashes() -> None:
    zeros = pa.chunked_array([pa.array([b"\0" * size for size in range(40)])])
    assert len(set(hashes(zeros).tolist())) == 40
    assert len(set(hashes(chunked(["ab", "ba", "abab", "baba"])).tolist())) == 4


def test_long_texts_have_hashes() -> None:
    long = chunked(["x" * 5_000 + "a", "x" * 5_000 + "b"])
    assert all_differ(long)
    assert not all_differ(chunked(["x" * 5_000], ["y", "x" * 5_000]))


def test_how_often_texts_repeat() -> None:
    assert sorted(repeats(chunked(["a", "b"], ["a", "c", "a"])).tolist()) == [1, 1, 3]


@pytest.mark.parametrize("same", [False, True])
def test_texts_whose_hashes_are_the_same_are_compared(
    same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_weights", lambda: np.zeros(module._PLACES, np.uint64))
    monkeypatch.setattr(module, "_COMPARED", 1)
    texts = chunked([f"v{at}" for at in range(50)], ["v7" if same else "w7"])
    assert len(set(hashes(texts).tolist())) == 1
    assert all_differ(texts) is not same
