"""SDV's hidden randomness, put under named streams; and its noise, kept from the user.

SDV draws from numpy's global generator, from a fixed seed in each table's model, and from one in
each transformer. The global state is given back as it was.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from synthkit.randomness import Streams

__all__ = ["global_numpy", "quiet", "reseed_transformers"]

_LOGGERS = (
    "sdv",
    "rdt",
    "copulas",
    "MultiTableSynthesizer",
    "SingleTableSynthesizer",
    "Metadata",
)


@contextmanager
def global_numpy(streams: Streams, *names: str | int) -> Iterator[None]:
    """Seed numpy's global generator from a named place, and give its state back after."""
    state = np.random.get_state()  # noqa: NPY002 - SDV draws from the global generator
    np.random.seed(streams.integer(*names, bits=32))  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def reseed_transformers(synthesizer: Any, streams: Streams, *names: str | int) -> None:
    """Start the generators of a table's transformers, Faker's too, from a named place."""
    transformers = synthesizer._data_processor._hyper_transformer.field_transformers
    for field, transformer in sorted(transformers.items(), key=lambda item: str(item[0])):
        if transformer is None:
            continue
        seed = streams.integer(*names, str(field), bits=31)
        transformer.random_seed = seed
        if hasattr(transformer, "_faker_random_seed"):
            transformer._faker_random_seed = seed
        transformer.reset_randomization()


@contextmanager
def quiet() -> Iterator[None]:
    """Silence SDV's warnings and loggers.

    They speak of frames and settings that the user never sees: columns renamed for SDV, dtypes,
    metadata not saved to a file, fits of single parents that scipy finds hard.
    """
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
