"""Streams depend on the seed and the name alone, and different names are different streams."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

from synthkit.errors import UsageError
from synthkit.randomness import Streams, draw_seed

PATHS = [
    (),
    ("",),
    ("", ""),
    ("a", "b"),
    ("ab",),
    ("b", "a"),
    ("a", "b", ""),
    ("a,b",),
    ("a/b",),
    ("1",),
    (1,),
    (1, 2),
    (12,),
    (-1,),
    (2**70,),
    ("ä",),
    ("a\u0308",),
    ("s1",),
    ("i", 1),
]


def numbers(streams: Streams, *names: str | int) -> tuple[float, ...]:
    return tuple(streams.at(*names).random(4).tolist())


def test_the_same_place_has_the_same_numbers_whatever_else_is_drawn() -> None:
    streams = Streams(7)
    first = numbers(streams, "orders", "amount")
    streams.at("orders", "id").random(1000)
    streams.under("orders").integer("x")
    assert numbers(streams, "orders", "amount") == first
    assert numbers(Streams(7), "orders", "amount") == first
    assert numbers(Streams(7).under("orders"), "amount") == first
    assert numbers(Streams(7, ("orders",)).under(), "amount") == first


def test_the_numbers_stay_what_they_are_in_later_versions() -> None:
    """A sample with a seed is the same after an update: these numbers may not change."""
    assert Streams(7).integer("orders", 1) == 4672876697078229627
    assert Streams(7).at("orders", 1).integers(0, 1 << 62) == 1985237522663057472


def test_different_names_and_seeds_are_different_streams() -> None:
    """Two independent streams agree in a 53-bit number with probability 1e-16."""
    drawn = [numbers(Streams(seed), *path) for seed in (0, 1, 2**63) for path in PATHS]
    integers = [Streams(seed).integer(*path) for seed in (0, 1, 2**63) for path in PATHS]
    for values in (drawn, integers):
        assert len(set(values)) == 3 * len(PATHS)


def test_numpy_integers_name_the_same_place_as_python_integers() -> None:
    assert numbers(Streams(3), "a", np.int64(5)) == numbers(Streams(3), "a", 5)  # type: ignore[arg-type]
    assert numbers(Streams(np.int64(3)), "a") == numbers(Streams(3), "a")  # type: ignore[arg-type]
    assert Streams(np.uint8(3)).integer("a") == Streams(3).integer("a")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [1.5, None, b"a", ("a",)])
def test_other_types_name_no_place(name: object) -> None:
    with pytest.raises(TypeError):
        Streams(1).at(name)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 2**256])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(UsageError, match="is no seed"):
        Streams(seed)


@pytest.mark.parametrize("seed", [0, 2**256 - 1])
def test_the_ends_of_the_range_work(seed: int) -> None:
    assert 0 <= Streams(seed).integer("a") < 2**63
    assert 0 <= Streams(seed).at("a").random() < 1


@pytest.mark.parametrize("bits", [1, 31, 63, 128])
def test_integers_fill_their_bits(bits: int) -> None:
    """500 draws: each bit is set in 250 +- 6 sigma (Hoeffding: 2 exp(-2 t^2 / n) < 1e-6)."""
    drawn = [Streams(1).integer(number, bits=bits) for number in range(500)]
    assert max(drawn) < 1 << bits
    bound = np.sqrt(500 * np.log(2e6) / 2)
    for bit in range(bits):
        assert abs(sum(value >> bit & 1 for value in drawn) - 250) < bound


def test_neighbouring_places_are_uncorrelated() -> None:
    """Hoeffding for means of 2,000 uniform numbers, and the normal bound for correlations."""
    drawn = np.array([Streams(5).at("block", number).random(2000) for number in range(8)])
    assert np.abs(drawn.mean(axis=1) - 0.5).max() < np.sqrt(np.log(2e6) / (2 * 2000))
    off = np.corrcoef(drawn)[~np.eye(8, dtype=bool)]
    assert np.abs(off).max() < 5.5 / np.sqrt(2000)
    # The twin: the same place twice is wholly correlated.
    twice = np.corrcoef(Streams(5).at("a").random(2000), Streams(5).at("a").random(2000))
    assert twice[0, 1] == pytest.approx(1)


def test_another_process_with_another_hash_seed_draws_the_same() -> None:
    code = "from synthkit.randomness import Streams; print(Streams(7).at('a', 1).random())"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    }
    assert found == {f"{Streams(7).at('a', 1).random()}\n"}


def test_fresh_seeds_are_seeds_and_differ() -> None:
    drawn = [draw_seed() for _ in range(20)]
    assert all(0 <= seed < 2**63 for seed in drawn)
    assert all(one != two for one, two in itertools.combinations(drawn, 2))


def test_a_stream_says_what_it_is() -> None:
    assert repr(Streams(7).under("a", 1)) == "Streams(seed=7, path=('a', 1))"
