"""Drafts from JSON Schema and pydantic: lists as child tables, bounds, what contains itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pydantic import BaseModel, Field

from synthkit.errors import DataError
from synthkit.generators.recipes.drafts.json_schema import from_json_schema
from synthkit.generators.recipes.drafts.write import draft

Make = Callable[..., dict[str, pa.Table]]


class Address(BaseModel):
    street: str
    city: str


class Line(BaseModel):
    sku: str
    quantity: int = Field(ge=1, le=9)


class Comment(BaseModel):
    text: str
    replies: list[Comment]


class PurchaseOrder(BaseModel):
    status: Literal["paid", "open"]
    ordered_at: dt.datetime
    shipping: Address
    billing: Address | None = None
    lines: list[Line]
    tags: list[str]
    comments: list[Comment]


def test_a_model_becomes_tables(make: Make) -> None:
    described = from_json_schema(PurchaseOrder.model_json_schema(), "x", "x:PurchaseOrder")
    assert described.notes == ("comments.replies contains itself and is left out",)
    tables = make(draft(described))
    assert list(tables) == ["purchase_order", "lines", "tags", "comments"]
    assert set(tables["purchase_order"]["status"].to_pylist()) == {"paid", "open"}
    assert "billing_city" in tables["purchase_order"].column_names
    bounds = pc.min_max(tables["lines"]["quantity"]).as_py()
    assert bounds == {"min": 1, "max": 9}
    assert "purchase_order_id" in tables["tags"].column_names


def test_a_reference_that_leads_nowhere_is_an_error() -> None:
    document = {"properties": {"a": {"$ref": "#/$defs/missing"}}}
    with pytest.raises(DataError, match="leads nowhere"):
        from_json_schema(document, "x", "x.json")
    with pytest.raises(DataError, match="no object"):
        from_json_schema({"type": "string"}, "x", "x.json")
