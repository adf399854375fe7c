"""Rare labels that tell places agree with each other, and with those that are kept."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.contracts.values import Values
from synthkit.pipeline import installed_plugins
from synthkit.schema import Column, Dependency, Schema, Table
from synthkit.synthesizers.relational.coding.places import Gazetteer
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.values import ValueRegistry


@pytest.fixture(scope="module")
def values() -> Values:
    return ValueRegistry(installed_plugins())


@pytest.fixture(scope="module")
def atlas(values: Values) -> dict[str, tuple[str, str]]:
    """The unit and the country of most cities."""
    rows = values.distinct_rows("world_place", 0, 30_000, 1, "en").to_pylist()
    return {row["city"]: (row["state_abbr"], row["country"]) for row in rows}


def shops(*, settled: bool) -> Dataset:
    """Return 360 shops, about half in the United States: 60 in one city, two in each other."""
    rng = np.random.default_rng(3)
    country = ["USA" if n % 2 else f"Nowhere {n % 60}" for n in range(150)]
    state = [f"S{n % 30}" if name == "USA" else None for n, name in enumerate(country)]
    places = {"city": [f"Town {n}" for n in range(150)], "state": state, "country": country}
    capital = {"city": "Big Town", "state": None, "country": "Nowhere 0"}
    data = pa.table(
        {
            name: pa.array([*column, *column, *[capital[name]] * 60], pa.string())
            for name, column in places.items()
        }
        | {"staff": rng.integers(1, 9, 360)}
    )
    columns = tuple(
        Column(name=field.name, storage="int64" if field.name == "staff" else "string")
        for field in data.schema
    )
    rules = tuple(
        Dependency(table="shops", determinant=("city",), dependent=name)
        for name in ("state", "country")
    )
    schema = Schema(tables=(Table(name="shops", columns=columns),), rules=rules if settled else ())
    return Dataset.in_memory(schema, {"shops": data})


@pytest.mark.parametrize("settled", [True, False])
def test_cities_lie_in_their_country_and_state(
    settled: bool, values: Values, atlas: dict[str, tuple[str, str]]
) -> None:
    model = RelationalSynthesizer(RelationalSettings(protect=12)).fit(
        shops(settled=settled), Streams(1), Silent(), values
    )
    request = SampleRequest(model.plan(RowTargets(main=360)), Streams(2), values)
    made = pa.concat_tables(chunk.data for chunk in model.sample(request)).to_pandas()
    assert 30 < (made.city == "Big Town").sum() < 90
    listed = made.city.isin([*atlas])
    assert listed.sum() > 0.7 * (made.city != "Big Town").sum()
    made = made[listed]
    known = [atlas[city] for city in made.city]
    country = made.country.astype(str).replace("USA", "United States")
    assert "USA" in set(made.country)
    assert settled == bool(model.learned.tables["shops"].lookups)
    assert (country == [each for _, each in known]).all()
    told = made.state.notna()
    assert 0.3 < told.mean() < 0.8
    assert (made.state[told] == np.array([each for each, _ in known])[told]).all()
    twin = np.random.default_rng(1).permutation(country)
    assert (twin != np.array([each for _, each in known])).any()


def test_places_of_kept_labels_are_not_made_again(values: Values) -> None:
    gazetteer = Gazetteer(values, "en_US")
    found = gazetteer.choices("country", {}, ["USA", "Germany"])
    assert found is not None
    assert not {"United States", "Germany"} & set(found[0].to_pylist())
    inside = gazetteer.choices("city", {"state_abbr": "TX"}, ["Houston"])
    assert inside is not None
    assert "Houston" not in inside[0].to_pylist()
    assert "Dallas" in inside[0].to_pylist()
    assert gazetteer.choices("city", {"country": "Nowhere"}, []) is None
