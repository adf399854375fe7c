"""The page about schema.yaml: its example is read, and no field is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from synthkit.schema import (
    Column,
    Dependency,
    Equality,
    FixedCombinations,
    ForeignKey,
    Formula,
    Inequality,
    Range,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.files import schema_yaml

ELSEWHERE = {"name"}  # a table's and a column's name is the key that it stands under


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs/reference/schema-yaml.md").read_text(encoding="utf-8")


def left_out(page: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name not in ELSEWHERE and f"`{name}`" not in page]


@pytest.mark.parametrize(
    "model",
    [
        *(Schema, Table, Column, ForeignKey),
        *(Inequality, Dependency, Equality, Range, FixedCombinations, UniqueTogether, Formula),
    ],
)
def test_every_field_is_on_the_page(model: type[Schema], page: str) -> None:
    assert left_out(page, model.model_fields) == []


def test_the_example_is_a_schema(page: str) -> None:
    (example,) = re.findall(r"^```yaml\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    schema = schema_yaml.loads(example)
    assert schema.table_names == ["customers", "orders"]
    assert len(schema.foreign_keys) == 1
    assert len(schema.rules) == 2
    assert schema_yaml.loads(schema_yaml.dumps(schema)) == schema


def test_the_check_finds_a_field_that_is_left_out() -> None:
    assert left_out("`low` and `high`", ["name", "low", "strict"]) == ["strict"]
