"""Skeletons of small data sets, at any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthkit.contracts import RowTargets, Streams
from synthkit.dataset import Dataset
from synthkit.synthesizers.structure.profile import learn_profile
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.skeleton import Skeleton


@pytest.fixture
def skeleton(values: Any) -> Callable[..., Skeleton]:
    """Learns a data set and plans a sample: ``skeleton(data, seed=1, main=500)``."""

    def make(data: Dataset, *, seed: int = 1, **targets: Any) -> Skeleton:
        profile = learn_profile(data, values, 1)
        plan = plan_rows(profile.forest, profile.row_counts, RowTargets(**targets))
        return Skeleton(profile, plan, Streams(seed), values)

    return make
