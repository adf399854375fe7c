"""Entities that are chosen are whole, as many as were asked for, and the same in any part."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.contracts.conditions import Condition, Conditions
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import arrow_schema
from synthkit.schema.validate import validate
from synthkit.synthesizers.relational.entities.discriminator import Discriminator
from synthkit.synthesizers.relational.entities.features import tables_of
from synthkit.synthesizers.relational.synthesizer import (
    RelationalModel,
    RelationalSynthesizer,
    restore,
)
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.synthesizers.structure import layout

COUNT = 500


class Heard(Silent):
    """A listener that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)


class NoValues:
    """No value providers."""

    def has(self, kind: str) -> bool:
        return False


def column(name: str, storage: str = "int64") -> Column:
    return Column(name=name, storage=storage, nullable=False)


def boxes() -> Dataset:
    """Boxes of items that are all large or all small, by the left side."""
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 2, (2, COUNT))
    items = rng.poisson(3, COUNT)
    owner = np.repeat(np.arange(COUNT), items)
    parts = np.repeat(np.arange(len(owner)), rng.integers(0, 3, len(owner)))
    tables = {
        "boxes": pa.table(
            {
                "id": np.arange(COUNT),
                "left": np.where(left, "black", "white"),
                "right": np.where(right, "black", "white"),
                "top": np.where(left != right, "black", "white"),
            }
        ),
        "items": pa.table(
            {
                "id": np.arange(len(owner)),
                "box": owner,
                "size": left[owner] * 10 + rng.integers(0, 5, len(owner)),
            }
        ),
        "parts": pa.table({"item": parts, "weight": rng.integers(0, 9, len(parts))}),
    }
    sides = [column(name, "string") for name in ("left", "right", "top")]
    schema = Schema(
        tables=(
            Table(name="boxes", columns=(column("id"), *sides), primary_key="id"),
            Table(
                name="items",
                columns=(column("id"), column("box"), column("size")),
                primary_key="id",
            ),
            Table(name="parts", columns=(column("item"), column("weight"))),
        ),
        foreign_keys=(
            ForeignKey(table="items", columns="box", parent="boxes", parent_columns="id"),
            ForeignKey(table="parts", columns="item", parent="items", parent_columns="id"),
        ),
    )
    return Dataset.in_memory(schema, tables)


def fitted(
    data: Dataset, values: Any, *, entity_rejection: bool = True, penalty: float = 4.0
) -> RelationalModel:
    settings = RelationalSettings(entity_rejection=entity_rejection, penalty=penalty)
    return RelationalSynthesizer(settings).fit(data, Streams(1), Silent(), values)


@pytest.fixture(scope="module")
def model() -> RelationalModel:
    return fitted(boxes(), NoValues(), penalty=1e9)


def sampled(
    model: RelationalModel,
    values: Any,
    scale: float,
    *,
    backwards: bool = False,
    conditions: Conditions | None = None,
) -> Dataset:
    asked = conditions or Conditions()
    plan = model.plan(RowTargets(scale=scale))
    request = SampleRequest(plan, Streams(5), values, conditions=asked)
    parts = list(model.partitions(request))[::-1] if backwards else [request]
    chunks = [[(c.table, c.data) for c in model.sample(part)] for part in parts]
    pieces: dict[str, list[pa.Table]] = {
        table.name: [
            arrow_schema(table.column_names, [c.storage for c in table.columns]).empty_table()
        ]
        for table in model.schema.tables
    }
    for name, data in (chunk for part in (chunks[::-1] if backwards else chunks) for chunk in part):
        pieces[name].append(data.cast(pieces[name][0].schema))
    made = {name: pa.concat_tables(tables) for name, tables in pieces.items()}
    assert {name: table.num_rows for name, table in made.items()} == plan
    return Dataset.in_memory(model.schema, made)


def agreeing(data: Dataset) -> float:
    """Return the share of boxes of several items in which all are large, or all small."""
    boxes_ = (data["items"]["size"] >= 10).groupby(data["items"]["box"])
    several = boxes_.size() > 1
    return float((boxes_.nunique() == 1)[several].mean())


def test_what_trees_overlook_is_drawn_right_more_often(model: RelationalModel) -> None:
    """Trees that may not split draw each item alone: entities are then not like the real ones.

    The standard error of a share of 1,600 boxes is .012.
    """
    plain = RelationalModel(replace(model.learned, discriminators={}))
    assert "boxes" in model.learned.discriminators
    before, after = (agreeing(sampled(each, NoValues(), 4.0)) for each in (plain, model))
    assert agreeing(boxes()) == 1
    assert before < 0.5
    assert after > before + 0.1


def test_the_rows_below_are_whole_and_as_many_as_planned(model: RelationalModel) -> None:
    """`sampled` compares row counts with the plan."""
    made = sampled(model, NoValues(), 4.0)
    assert validate(made.schema, made.chunks).violations == ()
    assert len(np.unique(made["items"].groupby("box").size())) > 3


def test_any_part_in_any_order_gives_the_same_rows(
    model: RelationalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "BLOCK_ROWS", 2_000)
    state = model.state()
    copy = restore(State(json=json.loads(json.dumps(state.json)), arrays=state.arrays))
    whole = sampled(model, NoValues(), 4.0)
    assert len(list(model.partitions(SampleRequest(whole.row_counts, Streams(5), NoValues())))) > 2
    for other in (
        sampled(copy, NoValues(), 4.0),
        sampled(model, NoValues(), 4.0, backwards=True),
    ):
        assert all(whole.arrow(name).equals(other.arrow(name)) for name in whole)


def test_rows_under_conditions_are_drawn_as_learned(model: RelationalModel) -> None:
    plain = RelationalModel(replace(model.learned, discriminators={}))
    asked = Conditions(where=(Condition("boxes", "left", "in", pa.array(["black"])),))
    one, two = (sampled(each, NoValues(), 2.0, conditions=asked) for each in (model, plain))
    assert all(one.arrow(name).equals(two.arrow(name)) for name in one)
    assert set(one["boxes"]["left"]) == {"black"}


def test_where_nothing_can_be_rejected_it_is_said(awkward: Dataset, values: Any) -> None:
    """No data set of the zoo has 200 roots; without the setting nothing is looked at or said."""
    for entity_rejection in (True, False):
        part = RelationalSynthesizer(RelationalSettings(entity_rejection=entity_rejection))
        heard = Heard()
        learned = part.fit(awkward, Streams(1), heard, values).learned
        roots = [r for r in learned.profile.forest.roots if r not in learned.profile.fixed]
        assert learned.discriminators == {}
        assert len(part.check(awkward.schema)) == entity_rejection
        told = [each for each in heard.said if each.startswith("Entity rejection")]
        assert len(told) == (len(roots) if entity_rejection else 0)


@pytest.mark.parametrize("scale", [0.3, 7.5])
def test_keys_and_references_hold_for_any_structure(
    awkward: Dataset, values: Any, scale: float
) -> None:
    """Every root whose entities can be drawn apart gets a discriminator that prefers some."""
    model = fitted(awkward, values, entity_rejection=False)
    split = Discriminator(
        feature=np.zeros(1, np.int32),
        code=np.asarray([1], np.int16),
        middle=np.zeros(1),
        spread=np.ones(1),
        weight=np.ones(1),
        top=1.0,
        attempts=3,
    )
    learned = model.learned
    roots = [
        root
        for root in learned.profile.forest.roots
        if tables_of(learned.profile, learned.tables, root)
    ]
    chosen = RelationalModel(replace(learned, discriminators=dict.fromkeys(roots, split)))
    made = sampled(chosen, values, scale)
    kinds = {"duplicate", "orphan", "shared_parent", "null"}
    found = [each for each in validate(made.schema, made.chunks).violations if each.kind in kinds]
    assert found == []
