"""Data that many tests look at: visitors alone, and those of a company with content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from synthkit_interactions import generator as module
from synthkit_interactions.generator import InteractionsGenerator
from synthkit_interactions.settings import Settings

import synthkit
from synthkit.dataset import CHUNK_ROWS, Dataset
from synthkit.testing import generated

SEED = 20

Make = Callable[..., dict[str, pa.Table]]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=64))


@pytest.fixture(scope="session")
def make() -> Make:
    """Generate whole tables with the installed value providers, alone."""

    def generate(
        rows: Mapping[str, int] | None = None,
        *,
        seed: int = SEED,
        scale: float = 1.0,
        chunk_rows: int = CHUNK_ROWS,
        **settings: Any,
    ) -> dict[str, pa.Table]:
        return generated(
            InteractionsGenerator(Settings(**settings)),
            rows,
            seed=seed,
            scale=scale,
            chunk_rows=chunk_rows,
        )

    return generate


@pytest.fixture(scope="session")
def alone(make: Make) -> dict[str, pd.DataFrame]:
    """Four thousand visitors in three blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=1_500))
        return {name: table.to_pandas() for name, table in make({"visitors": 4_000}).items()}


@pytest.fixture(scope="session")
def together() -> Dataset:
    """A company of 900 customers with its content, and what visitors do there."""
    return synthkit.generate("crm", "content", "interactions", rows={"customers": 900}, seed=SEED)


@pytest.fixture(scope="session")
def linked(together: Dataset) -> dict[str, pd.DataFrame]:
    own = InteractionsGenerator(Settings()).schema().table_names
    names = ["customers", "articles", "content_videos", *own]
    return {name: together[name] for name in names}
