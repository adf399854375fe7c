"""Rows under conditions are distributed as rows without, of which the others were thrown away.

Numbers are compared by the Dvoretzky-Kiefer-Wolfowitz inequality (Massart 1990): each empirical
distribution lies within sqrt(ln(2 / alpha) / 2n) of its own, so two of one distribution within
the sum; labels by the same bound on their shares (Hoeffding 1963).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, Silent, Streams
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.model import Model
from synthkit.synthesizers.relational.conditional import resample
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings

ALPHA = 1e-4
ALL = 60_000
"""Rows drawn without conditions, of which those that fulfil one are kept."""
SOME = 4_000
"""Rows drawn under a condition."""
Numbers = npt.NDArray[np.float64]


class NoValues:
    """No value providers: nothing here is personal data."""

    def has(self, kind: str) -> bool:
        return False


def _data(*, under_offices: bool) -> Dataset:
    """People whose region, tier, income and visits depend on each other, under 400 offices."""
    rng = np.random.default_rng(11)
    count, offices = 6_000, 400
    office = np.sort(rng.integers(0, offices, count))
    north = office < 120
    region = np.where(rng.random(count) < np.where(north, 0.8, 0.1), "north", "south")
    rich = rng.random(count) < np.where(region == "north", 0.6, 0.15)
    tier = np.where(rich, "gold", np.where(rng.random(count) < 0.01, "lead", "tin"))
    income = np.round(rng.lognormal(np.where(rich, 3.0, 1.5), 0.5), 2)
    visits = rng.poisson(np.where(rich, 3.0, 0.5))
    owner = np.repeat(np.arange(count), visits)
    tables = {
        "offices": pa.table({"id": np.arange(offices)}),
        "people": pa.table(
            {
                "id": np.arange(count),
                "office_id": office,
                "region": region,
                "tier": tier,
                "income": income,
            }
        ),
        "visits": pa.table({"id": np.arange(len(owner)), "person_id": owner}),
    }
    if not under_offices:
        del tables["offices"]
        tables["people"] = tables["people"].drop_columns("office_id")
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=each.name, storage=storage_of(each.type)) for each in data.schema
                ),
                primary_key="id",
            )
            for name, data in tables.items()
        ),
        foreign_keys=(
            *([_key("people", "office_id", "offices")] if under_offices else []),
            _key("visits", "person_id", "people"),
        ),
    )
    return Dataset.in_memory(schema, tables)


def _key(table: str, column: str, parent: str) -> ForeignKey:
    return ForeignKey(table=table, columns=(column,), parent=parent, parent_columns=("id",))


def _fitted(data: Dataset) -> Model:
    part = RelationalSynthesizer(RelationalSettings())
    return Model("relational", part.fit(data, Streams(1), Silent(), NoValues()), {}, NoValues())


@pytest.fixture(scope="module")
def model() -> Model:
    return _fitted(_data(under_offices=False))


@pytest.fixture(scope="module")
def everyone(model: Model) -> pd.DataFrame:
    return _people(model, ALL, seed=1)


def _people(model: Model, rows: int | None, seed: int, **asked: Any) -> pd.DataFrame:
    """Return people with the number of their visits."""
    made = model.sample(rows, table="people", seed=seed, **asked)
    people = made["people"]
    visits = made["visits"].groupby("person_id").size()
    return people.assign(visits=visits.reindex(people.id).fillna(0).to_numpy())


def apart(one: pd.Series, two: pd.Series) -> float:
    """Return how far apart two columns are, against what chance allows (above 1: different)."""
    allowed = sum(np.sqrt(np.log(2 / ALPHA) / (2 * len(each))) for each in (one, two))
    if pd.api.types.is_numeric_dtype(one):
        points = np.sort(np.concatenate([one, two]))
        shares = [
            np.searchsorted(np.sort(each), points, "right") / len(each) for each in (one, two)
        ]
        return float(np.abs(shares[0] - shares[1]).max() / allowed)
    counts = [each.value_counts(normalize=True) for each in (one, two)]
    return float(counts[0].sub(counts[1], fill_value=0).abs().max() / allowed)


CASES: dict[str, tuple[list[str], Callable[[pd.DataFrame], Any]]] = {
    "the first field": (["region=south"], lambda p: p.region == "south"),
    "a later field": (["tier=gold"], lambda p: p.tier == "gold"),
    "a range": (["income>=30"], lambda p: p.income >= 30),
    "inside a bin": (["income>=30.33", "income<30.77"], lambda p: p.income.between(30.33, 30.769)),
    "rare": (["tier=lead", "region=north"], lambda p: (p.tier == "lead") & (p.region == "north")),
}


@pytest.mark.parametrize("case", list(CASES))
def test_rows_are_those_that_would_be_left(model: Model, everyone: pd.DataFrame, case: str) -> None:
    where, fulfils = CASES[case]
    left = everyone[fulfils(everyone)]
    drawn = _people(model, SOME, seed=2, where=where)
    assert fulfils(drawn).all()
    for name in ("region", "tier", "income"):
        assert apart(drawn[name], left[name]) < 1, name


@pytest.mark.parametrize("case", ["the first field", "a later field", "a range"])
def test_the_check_finds_columns_that_do_not_follow(
    model: Model, everyone: pd.DataFrame, case: str
) -> None:
    """The broken part: rows drawn without the condition, whose column is overwritten."""
    where, fulfils = CASES[case]
    column = where[0].split("=")[0].rstrip(">")
    left = everyone[fulfils(everyone)]
    broken = everyone.iloc[:SOME].assign(**{column: left[column].iloc[0]})
    assert fulfils(broken).all()
    others = [name for name in ("region", "tier", "income") if name != column]
    assert max(apart(broken[name], left[name]) for name in others) > 1


def test_parents_are_those_that_would_be_left() -> None:
    """Northern people are under northern offices, which are 3 of 10: so in the sample.

    Hoeffding's bound on the share of northern offices, of which 4,000 people have 267 and 60,000
    have 4,000. The broken part has as many people under each office as in general.
    """
    model = _fitted(_data(under_offices=True))
    everyone = _people(model, ALL, seed=1)
    left = _in_the_largest(everyone[everyone.region == "north"], 4_000)
    allowed = sum(np.sqrt(np.log(2 / ALPHA) / (2 * offices)) for offices in (267, 4_000))
    drawn = _people(model, SOME, seed=3, where=["region=north"])
    assert abs(_in_the_largest(drawn, 267) - left) < allowed
    assert abs(_in_the_largest(_people(model, SOME, seed=3), 267) - left) > allowed


def _in_the_largest(people: pd.DataFrame, offices: int) -> float:
    """Return the share of people under the 3 of 10 offices that have most of them."""
    sizes = people.groupby("office_id").size().sort_values(ascending=False)
    return float(sizes.iloc[: round(0.3 * offices)].sum() / len(people))


def test_children_are_as_many_as_such_rows_have(model: Model, everyone: pd.DataFrame) -> None:
    for tier in ("gold", "tin"):
        left = everyone[everyone.tier == tier].visits
        drawn = _people(model, SOME, seed=4, where=[f"tier={tier}"]).visits
        assert apart(drawn, left) < 1.5
        assert apart(drawn, everyone.visits) > 3


def test_weighted_rows_are_those_of_their_label(model: Model, everyone: pd.DataFrame) -> None:
    drawn = _people(model, SOME, seed=5, weights=["tier=lead:0.3,gold:0.7"])
    assert drawn.tier.value_counts().to_dict() == {"gold": 2_800, "lead": 1_200}
    for tier in ("gold", "lead"):
        one, two = (each[each.tier == tier] for each in (drawn, everyone))
        assert apart(one.income, two.income) < 1
        assert apart(one.region, two.region) < 1


GIVEN: dict[str, tuple[dict[str, Any], Callable[[pd.DataFrame], Any]]] = {
    "a label": ({"tier": "gold"}, lambda p: p.tier == "gold"),
    "a rare label": ({"tier": "lead"}, lambda p: p.tier == "lead"),
    "two labels": (
        {"region": "north", "tier": "tin"},
        lambda p: (p.region == "north") & (p.tier == "tin"),
    ),
    "a number": ({"income": 40.0}, lambda p: p.income.between(37, 43)),
}


@pytest.mark.parametrize("case", list(GIVEN))
def test_what_given_rows_lack_is_what_such_rows_have(
    model: Model, everyone: pd.DataFrame, case: str
) -> None:
    given, fulfils = GIVEN[case]
    left = everyone[fulfils(everyone)]
    drawn = _people(model, None, seed=6, given=pd.DataFrame([given] * SOME))
    for name in {"region", "tier", "income"} - set(given):
        assert apart(drawn[name], left[name]) < 1, name


@pytest.mark.parametrize("case", ["a label", "a number"])
def test_one_candidate_is_not_enough(
    model: Model, everyone: pd.DataFrame, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken part: no choice between candidates, so what precedes does not follow."""
    monkeypatch.setattr(resample, "CANDIDATES", 1)
    given, fulfils = GIVEN[case]
    left = everyone[fulfils(everyone)]
    drawn = _people(model, None, seed=6, given=pd.DataFrame([given] * SOME))
    assert apart(drawn.region, left.region) > 1
