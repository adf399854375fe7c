"""SDV's hidden randomness is put under named streams, and the global state is given back."""

from __future__ import annotations

import logging
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from synthkit.randomness import Streams
from synthkit.synthesizers.sdv.seeding import global_numpy, quiet, reseed_transformers


def draw(seed: int, name: str) -> float:
    with global_numpy(Streams(seed), name):
        return float(np.random.random())  # noqa: NPY002 - what SDV does


def test_the_global_generator_follows_the_place() -> None:
    assert draw(1, "a") == draw(1, "a")
    assert len({draw(1, "a"), draw(1, "b"), draw(2, "a")}) == 3


def test_the_global_state_is_given_back_even_after_an_error() -> None:
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random(2)  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    first = np.random.random()  # noqa: NPY002
    with pytest.raises(ValueError, match="inside"), global_numpy(Streams(1), "x"):
        raise ValueError("inside")
    assert [first, np.random.random()] == expected.tolist()  # noqa: NPY002


class Transformer:
    def __init__(self) -> None:
        self.random_seed = 0
        self._faker_random_seed = 0
        self.used: int | None = None

    def reset_randomization(self) -> None:
        self.used = self.random_seed


def test_every_transformer_starts_from_its_own_place() -> None:
    transformers = {"b": Transformer(), "a": Transformer(), "key": None}
    hyper = SimpleNamespace(field_transformers=transformers)
    synthesizer = SimpleNamespace(_data_processor=SimpleNamespace(_hyper_transformer=hyper))
    reseed_transformers(synthesizer, Streams(3), "decode")
    a, b = transformers["a"], transformers["b"]
    assert a is not None
    assert b is not None
    assert a.used == a._faker_random_seed == Streams(3).integer("decode", "a", bits=31)
    assert b.used != a.used


def test_sdvs_warnings_and_loggers_are_silent_inside_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("sdv.multi_table.hma")
    caplog.set_level(logging.INFO)
    with quiet():
        warnings.warn("columns renamed", UserWarning, stacklevel=1)
        logger.warning("inside")
    logger.warning("outside")
    assert [record.message for record in caplog.records] == ["outside"]
    with pytest.warns(UserWarning, match="again"):
        warnings.warn("again", UserWarning, stacklevel=1)
