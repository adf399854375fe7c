"""Learned rows are answered for at random, three to one; rows in set places are drawn again."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from synthkit.synthesizers.relational.drawing.parity import (
    TRUE_ANSWER,
    Parity,
    is_held_back,
    rows_as_numbers,
)

KEY = 12345
TOLD_BY = np.asarray([True, True, False])


def codes(count: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (count, 3)).astype(np.uint8)


def numbers(count: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return rows_as_numbers(codes(count, seed), TOLD_BY, KEY)


def test_rows_are_told_apart_by_the_told_fields_alone() -> None:
    made = rows_as_numbers(
        np.asarray([[1, 2, 3], [1, 2, 9], [2, 1, 3], [1, 3, 3]], np.uint8), TOLD_BY, KEY
    )
    assert made[0] == made[1]
    assert len(np.unique(made)) == 3


@pytest.mark.parametrize(("learned", "share"), [(True, TRUE_ANSWER), (False, 1 - TRUE_ANSWER)])
def test_learned_rows_are_set_three_times_as_often(learned: bool, share: float) -> None:
    """Normal bound of the binomial at 4 sigma; learned rows share one place in 16 with others."""
    rows, count = numbers(4_000, 1), 4_000
    parity = Parity.answered(TOLD_BY, rows, KEY, np.random.default_rng(7))
    asked = rows if learned else numbers(count, 2)
    off = 0.0 if learned else (2 * TRUE_ANSWER - 1) / 16
    found = parity.is_set(asked).mean()
    assert abs(found - share - off / 2) < off / 2 + 4 * math.sqrt(0.25 / count)


def test_the_compiled_pass_asks_the_same_bits_as_often_as_told() -> None:
    rows = codes(4_000, 1)
    parity = Parity.answered(TOLD_BY, numbers(4_000, 1), KEY, np.random.default_rng(7))
    is_set = parity.is_set(rows_as_numbers(rows, TOLD_BY, KEY))
    for share in (0.0, 0.4, 1.0):
        arrays = replace(parity, share=share).arrays
        held = np.asarray(
            [is_held_back(arrays, row, 0, np.uint64(seed)) for seed, row in enumerate(rows)]
        )
        assert not held[~is_set].any()
        noise = 4 * math.sqrt(share * (1 - share) / is_set.sum())
        assert abs(held[is_set].mean() - share) <= noise


def test_it_is_read_as_it_was_written() -> None:
    parity = replace(
        Parity.answered(TOLD_BY, numbers(50, 1), KEY, np.random.default_rng(7)), share=0.25
    )
    copy = Parity.from_json(json.loads(json.dumps(parity.to_json())), parity.bits)
    assert (copy.told_by == TOLD_BY).all()
    assert (copy.key, copy.share) == (KEY, 0.25)
    assert (copy.is_set(numbers(50, 1)) == parity.is_set(numbers(50, 1))).all()


def test_models_without_it_hold_nothing_back() -> None:
    assert Parity.none().to_json() is None
    assert not len(Parity.from_json(None, None).bits)
