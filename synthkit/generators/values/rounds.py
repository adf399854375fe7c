"""The compiled loop of `permutation`: all rounds of a number before the next number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthkit.compiled import compiled

__all__ = ["walked"]


@compiled
def walked(
    places: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    left_size: np.uint64,
    right_size: np.uint64,
    size: np.uint64,
    found: NDArray[np.uint64],
) -> None:
    """Write where each place goes into ``found``; see `Permutation`, which does the same."""
    low = np.uint64(32)
    for row in range(len(places)):
        number = places[row]
        while True:
            left = number // right_size
            right = number - left * right_size
            for turn in range(len(keys)):
                odd = turn % 2 == 1
                half_size = right_size if odd else left_size
                half = right if odd else left
                bits = (left if odd else right) ^ keys[turn]
                bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                bits ^= bits >> np.uint64(31)
                half += ((bits >> low) * half_size) >> low
                if half >= half_size:
                    half -= half_size
                if odd:
                    right = half
                else:
                    left = half
            number = left * right_size + right
            if number < size:
                break
        found[row] = number
