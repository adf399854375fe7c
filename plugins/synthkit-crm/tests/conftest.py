"""Data that many tests look at: six thousand customers in three blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from synthkit_crm import plan
from synthkit_crm.generator import CrmGenerator
from synthkit_crm.settings import Settings

from synthkit.dataset import CHUNK_ROWS
from synthkit.testing import generated

SEED = 20
CUSTOMERS = 6_000
BLOCK = 2_500

Make = Callable[..., dict[str, pa.Table]]


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
            CrmGenerator(Settings(**settings)),
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
        patch.setattr(plan, "BLOCK_CUSTOMERS", BLOCK)
        return make({"customers": CUSTOMERS})


@pytest.fixture(scope="session")
def frames(tables: dict[str, pa.Table]) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in tables.items()}
