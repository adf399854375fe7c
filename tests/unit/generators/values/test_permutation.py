"""The keyed shuffle is one to one, depends on its key, and needs no memory."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.compiled import Effort
from synthkit.generators.values import permutation
from synthkit.generators.values.permutation import MAX_SIZE, Permutation, mixed


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 8192 * 8192, MAX_SIZE - 12_345, MAX_SIZE])
def test_the_compiled_loop_does_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    places = np.arange(20_000, dtype=np.uint64)[::2] % np.uint64(size)
    found = []
    for enough in (0, 1 << 60):
        monkeypatch.setattr(permutation, "EFFORT", Effort(enough))
        found.append(Permutation(size, 99).at(places))
    assert found[0].tolist() == found[1].tolist()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 16, 17, 1000, 65_537])
@pytest.mark.parametrize("key", [0, 1, 2**63 - 1])
def test_every_number_is_reached_once(size: int, key: int) -> None:
    found = Permutation(size, key).at(np.arange(size, dtype=np.uint64))
    assert sorted(found.tolist()) == list(range(size))


@pytest.mark.parametrize("size", [MAX_SIZE, MAX_SIZE - 1, 10**15 + 7])
def test_large_sizes_do_not_repeat_or_leave_the_range(size: int) -> None:
    for start in (0, size - 100_000):
        found = Permutation(size, 7).at(np.arange(start, start + 100_000, dtype=np.uint64))
        assert len(np.unique(found)) == 100_000
        assert found.max() < size


def test_the_order_depends_on_the_key() -> None:
    places = np.arange(1000, dtype=np.uint64)
    one, two = Permutation(1000, 1).at(places), Permutation(1000, 2).at(places)
    # Two random orders of 1000 agree in about one place; 10 or more has p < 1e-6 (Poisson).
    assert (one == two).sum() < 10
    assert (one == places).sum() < 10


def test_any_part_is_the_same_as_in_the_whole() -> None:
    order = Permutation(10_000, 3)
    whole = order.at(np.arange(10_000, dtype=np.uint64))
    assert (order.at(np.arange(500, 600, dtype=np.uint64)) == whole[500:600]).all()


@pytest.mark.parametrize("size", [0, -1, MAX_SIZE + 1])
def test_sizes_out_of_range_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="a size of 1 to"):
        Permutation(size, 1)


def test_scrambling_is_one_to_one() -> None:
    assert len(np.unique(mixed(np.arange(100_000, dtype=np.uint64), 5))) == 100_000
