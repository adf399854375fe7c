"""Digests against the published test vectors of AES-CMAC, and on values of every length."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.anonymization.tokens import as_text, tokens

KEY = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")


def test_the_digest_of_nothing_is_that_of_the_standard() -> None:
    made = tokens(pa.array([""]), KEY).astype("<u8").tobytes().hex()
    assert made == "028962f61b7bf89efc6b551f4667d983"  # NIST SP 800-38B, D.3, example 9


def test_digests_agree_with_the_library_whatever_the_length() -> None:
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC

    values = ["x" * length for length in (1, 15, 16, 17, 31, 32, 33, 100, 511, 512)]
    for value, made in zip(values, tokens(pa.array(values), KEY), strict=True):
        one = CMAC(AES(KEY))
        one.update(value.encode())
        assert made.astype("<u8").tobytes() == one.finalize()


def test_digests_do_not_depend_on_neighbours_or_slices() -> None:
    values = pa.array(["a", None, "bb", "c" * 600, "", "ü"])
    whole = tokens(values, KEY)
    assert (tokens(values.slice(2, 3), KEY) == whole[2:5]).all()
    assert len(np.unique(whole[:, 0])) == 5  # null is like nothing
    assert not (tokens(values, b"k" * 32) == whole).any()


@pytest.mark.parametrize("value", [5, 2**60])
def test_numbers_and_their_text_are_one_value(value: int) -> None:
    assert (tokens(pa.array([value]), KEY) == tokens(pa.array([str(value)]), KEY)).all()
    assert as_text(pa.array([b"\x01"])).to_pylist() == ["01"]
