"""Owners of groups are counted alike, however many of both there are."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.synthesizers.columns.crowd import holders


@pytest.mark.parametrize("owners", [3, 40, 10**6, 2**61], ids=["few", "some", "many", "no room"])
def test_each_group_has_its_different_owners(owners: int) -> None:
    rng = np.random.default_rng(1)
    groups = rng.integers(0, 29, 500)  # of 30 groups the last has nobody
    whose = rng.integers(0, owners, 500) - 5
    found = holders(groups, whose, 30)
    assert found.tolist() == [len({*whose[groups == group].tolist()}) for group in range(30)]


def test_no_rows_have_no_owners() -> None:
    nobody = np.zeros(0, np.int64)
    assert holders(nobody, nobody, 3).tolist() == [0, 0, 0]
    assert not len(holders(nobody, nobody, 0))
