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

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.dataset import CHUNK_ROWS
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

SEED = 20
PEOPLE = 3_000

Make = Callable[..., dict[str, pa.Table]]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=64))


@pytest.fixture(scope="session")
def make() -> Make:
    """Generate whole tables with the installed value providers."""
    values = ValueRegistry(Plugins())

    def generate(
        rows: Mapping[str, int] | None = None,
        *,
        seed: int = SEED,
        scale: float = 1.0,
        locale: str = "en_US",
        chunk_rows: int = CHUNK_ROWS,
        **settings: Any,
    ) -> dict[str, pa.Table]:
        generator = SocialGenerator(Settings(**settings))
        request = GenerateRequest(values, rows or {}, scale, locale, chunk_rows)
        chunks: dict[str, list[pa.Table]] = {name: [] for name in generator.schema().table_names}
        for chunk in generator.generate(request, Streams(seed), Silent()):
            assert 0 < chunk.data.num_rows <= chunk_rows
            chunks[chunk.table].append(chunk.data)
        return {name: pa.concat_tables(parts) for name, parts in chunks.items() if parts}

    return generate


@pytest.fixture(scope="session")
def tables(make: Make) -> dict[str, pa.Table]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LAYOUT", replace(module.LAYOUT, block_rows=1_100))
        return make({"people": PEOPLE})


@pytest.fixture(scope="session")
def frames(tables: dict[str, pa.Table]) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in tables.items()}
