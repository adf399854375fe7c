"""Rows that go with those of a sister table: found, hung below them, equal in what is shared."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.contracts.conditions import Condition, Conditions
from synthkit.errors import UsageError
from synthkit.schema import Column, ForeignKey, Inequality, Schema, Table
from synthkit.synthesizers.relational.coding.companions import (
    anchored,
    per_owner,
    places_within,
    reordered,
)
from synthkit.synthesizers.relational.synthesizer import (
    RelationalModel,
    RelationalSynthesizer,
    restore,
)
from synthkit.synthesizers.settings import RelationalSettings


class NoValues:
    def has(self, kind: str) -> bool:
        return False


NONE: Any = NoValues()
STORAGES = {"team": "string", "role": "string", "hand": "string"}


def careers(*, broken: bool = False, ruled: bool = False) -> Dataset:
    """Players, their seasons, and the roles of each season; ``broken``: roles of other years."""
    rng = np.random.default_rng(11)
    player, year, team, games = [], [], [], []
    for number in range(300):
        begin, length = rng.integers(1950, 2000), 1 + rng.poisson(4)
        player += [number] * length
        year += list(range(begin, begin + length))
        team += list(rng.choice(["red", "blue", "green"], length))
        games += list(rng.integers(1, 150, length))
    roles = rng.integers(0, 4, len(player))
    season = np.repeat(np.arange(len(player)), roles)
    played = np.minimum(np.asarray(games)[season], 150) // 2 + rng.integers(0, 5, len(season))
    years = np.asarray(year)[season]
    if broken:
        years = years + 60
    tables = {
        "players": pa.table({"id": np.arange(300), "hand": rng.choice(["l", "r"], 300)}),
        "roles": pa.table(
            {
                "player_id": np.asarray(player)[season],
                "year": years,
                "team": np.asarray(team)[season],
                "role": rng.choice(["a", "b"], len(season)),
                "played": played,
            }
        ),
        "seasons": pa.table({"player_id": player, "year": year, "team": team, "games": games}),
    }
    rules = (Inequality(table="roles", low="played", high="year"),) if ruled else ()
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=c, storage=STORAGES.get(c, "int64"), nullable=False)
                    for c in table.column_names
                ),
                primary_key="id" if name == "players" else None,
            )
            for name, table in tables.items()
        ),
        foreign_keys=tuple(
            ForeignKey(table=name, columns=("player_id",), parent="players", parent_columns=("id",))
            for name in ("roles", "seasons")
        ),
        rules=rules,
    )
    return Dataset.in_memory(schema, tables)


def fitted(data: Dataset) -> RelationalModel:
    return RelationalSynthesizer(RelationalSettings()).fit(data, Streams(1), Silent(), NONE)


def sampled(model: RelationalModel, targets: RowTargets, *, parts: bool = False) -> dict[str, Any]:
    request = SampleRequest(model.plan(targets), Streams(4), NONE)
    pieces: dict[str, list[pa.Table]] = {name: [] for name in model.schema.table_names}
    for each in model.partitions(request) if parts else [request]:
        for chunk in model.sample(each):
            pieces[chunk.table].append(chunk.data)
    return {name: pa.concat_tables(tables) for name, tables in pieces.items() if tables}


def triples(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = (table[name].to_pylist() for name in ("player_id", "year", "team"))
    return list(zip(*columns, strict=True))


@pytest.fixture(scope="module")
def model() -> RelationalModel:
    return fitted(careers())


def test_a_sister_table_is_found_with_the_columns_that_always_agree(model: RelationalModel) -> None:
    found = model.learned.tables["roles"].companion
    assert found is not None
    assert (found.base, found.columns) == ("seasons", ("year", "team"))
    assert model.learned.tables["seasons"].companion is None


def test_one_that_agrees_in_nothing_that_tells_rows_apart_is_not() -> None:
    assert fitted(careers(broken=True)).learned.tables["roles"].companion is None


def test_columns_with_rules_of_their_own_are_not_shared() -> None:
    assert fitted(careers(ruled=True)).learned.tables["roles"].companion is None


@pytest.mark.parametrize("scale", [0.1, 1.0, 40.0])
def test_what_is_shared_agrees_in_every_row(model: RelationalModel, scale: float) -> None:
    made = sampled(model, RowTargets(scale=scale))
    assert set(triples(made["roles"])) <= set(triples(made["seasons"]))


def test_rows_depend_on_the_row_that_they_go_with(model: RelationalModel) -> None:
    made = sampled(model, RowTargets(scale=3.0))
    games = dict(zip(triples(made["seasons"]), made["seasons"]["games"].to_pylist(), strict=True))
    wanted = np.asarray([games[each] for each in triples(made["roles"])])
    played = made["roles"]["played"].to_numpy()
    # Half the games and at most four more: their correlation in the data is .998.
    assert np.corrcoef(wanted, played)[0, 1] > 0.97
    twin = np.random.default_rng(1).permutation(wanted)
    assert abs(np.corrcoef(twin, played)[0, 1]) < 0.1


def test_parts_and_a_round_trip_give_the_same_rows(model: RelationalModel) -> None:
    state = model.state()
    copy = restore(State(json=json.loads(json.dumps(state.json)), arrays=state.arrays))
    whole = sampled(model, RowTargets(scale=60.0))
    for other in (
        sampled(copy, RowTargets(scale=60.0)),
        sampled(model, RowTargets(scale=60.0), parts=True),
    ):
        assert all(whole[name].equals(other[name]) for name in whole)


def test_rows_that_find_nothing_to_go_with_are_whole(model: RelationalModel) -> None:
    request = SampleRequest({"players": 3, "seasons": 0, "roles": 7}, Streams(4), NONE)
    made = [chunk.data for chunk in model.sample(request) if chunk.table == "roles"]
    assert sum(each.num_rows for each in made) == 7
    assert all(column.null_count == 0 for each in made for column in each.columns)


def test_rows_are_hung_below_their_owners_rows_in_the_numbers_asked_for() -> None:
    owners = np.asarray([3, 3, 5])
    counts = np.asarray([2, 0, 1])
    found = anchored(owners, counts, np.asarray([3, 3, 3, 4, 5]))
    # The third row of owner 3 is one more than was asked for; owner 4 has nothing to go with.
    assert found.tolist() == [0, 0, 1, -1, 2]
    assert anchored(owners[:0], counts[:0], owners).tolist() == [-1, -1, -1]
    assert per_owner(owners, counts, 3, 4).tolist() == [2, 0, 1, 0]
    assert places_within(np.asarray([0, 0, 4])).tolist() == [[1, 2, 1], [2, 1, 1]]
    assert places_within(owners[:0]).shape == (2, 0)


def test_a_table_comes_after_the_one_that_it_goes_with(model: RelationalModel) -> None:
    companion = model.learned.tables["roles"].companion
    assert companion is not None
    found = {"roles": (companion, np.zeros(0, np.int64))}
    order = ["players", "roles", "seasons", "other"]
    assert reordered(order, found) == ["players", "seasons", "roles", "other"]


@pytest.mark.parametrize("table", ["seasons", "roles"])
def test_conditions_on_either_table_leave_what_is_shared_equal(
    model: RelationalModel, table: str
) -> None:
    column, value = ("team", "red") if table == "seasons" else ("role", "a")
    asked = Condition(table, column, "in", pa.array([value]))
    request = SampleRequest(
        model.plan(RowTargets()), Streams(4), NONE, conditions=Conditions((asked,))
    )
    made = {chunk.table: chunk.data for chunk in model.sample(request)}
    assert set(made[table][column].to_pylist()) == {value}
    assert set(triples(made["roles"])) <= set(triples(made["seasons"]))


def test_a_condition_on_a_shared_column_names_the_table_to_ask(model: RelationalModel) -> None:
    asked = Condition("roles", "team", "in", pa.array(["red"]))
    request = SampleRequest(
        model.plan(RowTargets()), Streams(4), NONE, conditions=Conditions((asked,))
    )
    with pytest.raises(UsageError, match="'seasons': ask it of that table"):
        list(model.sample(request))
