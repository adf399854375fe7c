"""Labels as codes, and what stands in for those that too few share."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit.synthesizers.relational.coding.labels import LabelCodec


def test_the_commonest_label_does_not_take_the_rows_of_the_rare_ones() -> None:
    labels = pa.chunked_array([pa.array(["a"] * 900 + ["b"] * 100 + [f"c{n}" for n in range(40)])])
    codec = LabelCodec.learn("string", labels, np.arange(1_040), 5)
    codes = codec.encode(labels)
    # By square roots 30 to 10; by frequency 36 of the 40 would be "a".
    assert np.bincount(codes).tolist() == [0, 900 + 30, 100 + 10]
