"""Blocks that are kept: each is drawn once where there is room, and forgetting changes no row."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Inequality, Schema, Table
from synthkit.synthesizers.model import Model
from synthkit.synthesizers.relational.drawing import kept
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.drawing.kept import Blocks
from synthkit.synthesizers.sampling.exchange import Exchange
from synthkit.synthesizers.structure import layout


def test_the_oldest_block_is_forgotten_first() -> None:
    blocks = Blocks(250)
    made = [blocks.enter("a", number) for number in range(3)]
    for number, block in enumerate(made):
        block.tables["t"] = pa.table({"x": np.zeros(15)})
        assert block.size == 120
        blocks.leave("a", number)
        if number == 1:
            assert blocks.enter("a", 0) is made[0]
    assert [blocks.enter("a", number) is made[number] for number in range(3)] == [True, False, True]


def test_a_block_is_forgotten_when_asked() -> None:
    blocks = Blocks(1000)
    block = blocks.enter("a", 0)
    blocks.leave("a", 0)
    assert blocks.enter("a", 0) is block
    blocks.forget("a", 0)
    assert blocks.enter("a", 0) is not block


@pytest.fixture(scope="module")
def model() -> Model:
    """Views below sessions, bound by their article, whose day follows from its author's."""
    rng = np.random.default_rng(0)
    joined = rng.integers(0, 50, 30)
    author = rng.integers(0, 30, 60)
    published = joined[author] + rng.integers(0, 50, 60)
    article = rng.integers(0, 60, 300)
    data = {
        "sessions": pa.table({"id": np.arange(100), "length": rng.integers(0, 9, 100)}),
        "authors": pa.table({"id": np.arange(30), "joined": joined}),
        "articles": pa.table({"id": np.arange(60), "author": author, "published": published}),
        "views": pa.table(
            {
                "id": np.arange(300),
                "session": np.sort(rng.integers(0, 100, 300)),
                "article": article,
                "viewed": published[article] + rng.integers(0, 50, 300),
            }
        ),
    }
    tables = tuple(
        Table(
            name=name,
            columns=tuple(Column(name=each, storage="int64") for each in rows.column_names),
            primary_key=("id",),
        )
        for name, rows in data.items()
    )
    keys = tuple(
        ForeignKey(table=table, columns=(own,), parent=parent, parent_columns=("id",))
        for table, own, parent in (
            ("articles", "author", "authors"),
            ("views", "session", "sessions"),
            ("views", "article", "articles"),
        )
    )
    rules = (
        Inequality(
            table="articles", low="joined", high="published", parent="authors",
            foreign_key=("author",),
        ),
        Inequality(
            table="views", low="published", high="viewed", parent="articles",
            foreign_key=("article",),
        ),
    )  # fmt: skip
    return pipeline.fit(
        Dataset.in_memory(Schema(tables=tables, foreign_keys=keys, rules=rules), data), seed=1
    )


def drawn(
    model: Model, monkeypatch: pytest.MonkeyPatch, exchange: Exchange | None = None
) -> tuple[Counter[tuple[str, int]], list[object]]:
    """Return how often each block of a table was drawn, and all rows."""
    seen: Counter[tuple[str, int]] = Counter()
    draw = Drawing._draw

    def counted(self: Drawing, table: str, number: int) -> object:
        seen[table, number] += 1
        return draw(self, table, number)

    with monkeypatch.context() as patched:
        patched.setattr(Drawing, "_draw", counted)
        request = replace(model.sample(seed=1).request, kept={"exchange": exchange})
        return seen, [
            (chunk.table, chunk.data.to_pylist()) for chunk in model.fitted.sample(request)
        ]


def test_each_block_is_drawn_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "BLOCK_ROWS", 20)
    seen, rows = drawn(model, monkeypatch)
    assert len(seen) > 20
    assert set(seen.values()) == {1}
    monkeypatch.setattr(kept, "MOST_BYTES", 0)
    often, same = drawn(model, monkeypatch)
    assert max(often.values()) > 1
    assert same == rows


def test_what_another_process_has_drawn_is_not_drawn_again(
    model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(layout, "BLOCK_ROWS", 20)
    seen, rows = drawn(model, monkeypatch)
    first, one = drawn(model, monkeypatch, Exchange(tmp_path, 0, 2))
    second, two = drawn(model, monkeypatch, Exchange(tmp_path, 1, 2))
    assert first == seen
    assert {table for table, _ in second} == {"sessions", "views"}
    assert one == two == rows
