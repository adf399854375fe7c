"""Data that many tests look at: three thousand people in three blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from synthkit_social import generator as module
from synthkit_social.generator import SocialGenerator
from synthkit_social.settings import Settings

from synthkit.dataset import CHUNK_ROWS
from synthkit.testing import generated

SEED = 20
PEOPLE = 3_000

Make = Callable[..., dict[str, pa.Table]]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=64))


@pytest.fixture(scope="session")
def make() -> Make:
    """Generate whole tables with the installed value providers."""

    def generate(
        rows: Mapping[str, int] | None = None,
        *,
        seed: int = SEED,
        scale: float = 1.0,
        locale: str = "en_US",
        chunk_rows: int = CHUNK_ROWS,
        **settings: Any,
    ) -> dict[str, pa.Table]:
        return generated(
            SocialGenerator(Settings(**settings)),
            rows,
            seed=seed,
            scale=scale,
            locale=locale,
            chunk_rows=chunk_rows,
        )

    return generate


@pytest.fixture(scope="session")
def tables(make: Make) -> dict[str, pa.Table]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=1_100))
        return make({"people": PEOPLE})


@pytest.fixture(scope="session")
def frames(tables: dict[str, pa.Table]) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in tables.items()}
