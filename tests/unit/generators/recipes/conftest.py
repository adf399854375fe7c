"""Makes the tables of a recipe in memory, checked as the front door checks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.contracts import GenerateRequest, Silent, Streams
from synthkit.generators.recipes.generator import RecipeGenerator
from synthkit.generators.recipes.load import loads
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema
from synthkit.schema.validate import validate
from synthkit.values import ValueRegistry

Tables = dict[str, pa.Table]
Make = Callable[..., Tables]


@pytest.fixture(scope="session")
def values() -> ValueRegistry:
    return ValueRegistry(Plugins())


@pytest.fixture(scope="session")
def shop() -> str:
    return Path(__file__).with_name("shop.yaml").read_text(encoding="utf-8")


@pytest.fixture
def make(values: ValueRegistry) -> Make:
    """Return a function that makes the tables of a recipe's text; they have no violations."""

    def made(
        text: str,
        rows: Mapping[str, int] | None = None,
        *,
        seed: int = 7,
        chunk_rows: int = 50_000,
        scale: float = 1.0,
        valid: bool = True,
    ) -> Tables:
        generator = RecipeGenerator(loads(text))
        schema = generator.schema()
        request = GenerateRequest(
            values=values,
            rows=rows or {},
            scale=scale,
            chunk_rows=chunk_rows,
            locale_is_default=True,
        )
        kinds = {
            table.name: arrow_schema(table.column_names, [each.storage for each in table.columns])
            for table in schema.tables
        }
        parts = {name: [kind.empty_table()] for name, kind in kinds.items()}
        for chunk in generator.generate(request, Streams(seed), Silent()):
            assert chunk.data.num_rows <= chunk_rows
            parts[chunk.table].append(chunk.data.cast(kinds[chunk.table]))
        tables = {name: pa.concat_tables(each).combine_chunks() for name, each in parts.items()}
        if valid:
            assert violations(schema, tables) == ()
        return tables

    return made


def violations(schema: Schema, tables: Tables) -> tuple[object, ...]:
    def chunks(table: str, columns: list[str] | None = None) -> list[pa.Table]:
        return [tables[table] if columns is None else tables[table].select(columns)]

    return validate(schema, lambda *given: iter(chunks(*given))).violations
