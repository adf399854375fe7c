"""What plugin packages make their generators with: a recipe, hooks, settings, tables outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.contracts import GenerateRequest, LinkedGenerator, OutsideRows, Silent, Streams
from synthkit.errors import UsageError
from synthkit.plugins import Plugins
from synthkit.recipes import Rows, from_text
from synthkit.schema import Column, Schema, Table
from synthkit.values import ValueRegistry

RECIPE = """recipe: 1
settings: {start: 2024-01-01, posts: 3}
outside:
  customers: [id, created_at]
tables:
  users:
    rows: 100
    columns:
      id: sequence
      customer_id: {references: customers, unique: true}
      topic: {choice: [cooking, chess]}
      title: {hook: titles, reads: [topic], field: title, type: text}
      length: {hook: titles, reads: [topic], field: length, type: integer}
      joined_at:
        time: {start: $start, after: customer_id.created_at}
        alone: {time: {start: $start, end: 2024-12-31}}
  posts:
    columns:
      id: sequence
      user_id: {references: users, per_parent: {poisson: $posts}}
      karma: {hook: karma, type: number, decimals: 0}
"""


@dataclass(frozen=True)
class Settings:
    start: date = date(2024, 6, 1)
    posts: float = 2.0


def titles(rows: Rows) -> dict[str, pa.Array]:
    text = pc.binary_join_element_wise(rows.column("topic"), "today", " ")
    return {"title": text, "length": pc.utf8_length(text)}


def karma(rows: Rows) -> np.ndarray:
    return rows.rng().pareto(2.0, rows.count) + rows.numbers


def generator() -> LinkedGenerator:
    return from_text(RECIPE, hooks={"titles": titles, "karma": karma}, settings=Settings())


def made(outside: dict[str, OutsideRows] | None = None) -> dict[str, pa.Table]:
    request = GenerateRequest(values=ValueRegistry(Plugins()), outside=outside or {})
    chunks: dict[str, list[pa.Table]] = {}
    for chunk in generator().generate(request, Streams(3), Silent()):
        chunks.setdefault(chunk.table, []).append(chunk.data)
    return {name: pa.concat_tables(parts) for name, parts in chunks.items()}


def test_hooks_make_columns_of_their_own() -> None:
    tables = made()
    users = tables["users"].to_pylist()
    assert all(row["title"] == f"{row['topic']} today" for row in users)
    assert all(row["length"] == len(row["title"]) for row in users)
    assert tables["posts"].num_rows == 200
    assert tables["posts"]["karma"].type == pa.int64()
    assert tables == made()


def test_a_table_outside_is_left_out_or_pointed_at() -> None:
    assert "customer_id" not in generator().schema().table("users").column_names
    joined = made()["users"]["joined_at"].to_pylist()
    assert min(joined).date() >= date(2024, 6, 1)
    key = Column(name="id", sdtype="id", storage="int64", nullable=False)
    moment = Column(name="created_at", sdtype="datetime", storage="timestamp[us]", nullable=False)
    table = Table(name="customers", columns=(key, moment), primary_key=("id",))
    schema = generator().linked_schema(Schema(tables=(table,)))
    assert next(map(str, schema.foreign_keys)) == "users(customer_id) -> customers(id)"
    created = pa.array(np.arange(100) * 86_400_000_000 + 1_720_000_000_000_000, pa.int64())
    rows = pa.table({"id": range(500, 600), "created_at": created.cast(pa.timestamp("us"))})
    users = made({"customers": OutsideRows(table, rows)})["users"]
    assert sorted(users["customer_id"].to_pylist()) == list(range(500, 600))
    since = dict(zip(rows["id"].to_pylist(), rows["created_at"].to_pylist(), strict=True))
    assert all(row["joined_at"] >= since[row["customer_id"]] for row in users.to_pylist())


def test_a_hook_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="no hook 'karma'"):
        from_text(RECIPE, hooks={"titles": titles})
    with pytest.raises(UsageError, match="no setting 'stop'"):
        from_text(RECIPE, hooks={"titles": titles, "karma": karma}, settings={"stop": 1})
