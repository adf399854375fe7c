"""Targets as vectors: what is rare counts for more than its share."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.synthesizers.relational.trees.embedding import embed


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_missing_numbers_weigh_as_a_label_as_rare_would(share: float) -> None:
    codes = np.arange(1, 201, dtype=np.uint8).repeat(50)
    missing = round(share * len(codes))
    codes[:missing] = 0
    vectors = embed(codes, ordered=True, rng=np.random.default_rng(1)).vectors[codes]
    # An indicator over share ** (1/4) has the variance share (1 - share) / share ** (1/2).
    assert vectors.var(0)[-2] == pytest.approx(share**0.5 * (1 - share), rel=1e-3)
