"""The front door of synthesizers: what is fitted is written down, what is loaded is checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit import artifact, synthesizers
from synthkit.dataset import Dataset
from synthkit.errors import ArtifactError, UnsupportedError, UsageError
from synthkit.plugins import Plugins
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.version import VERSION


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(candidates=[])


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Customers and their orders, a reference table among them."""

    def column(name: str, storage: str = "int64", **facts: Any) -> Column:
        return Column(name=name, storage=storage, nullable=False, **facts)

    cities = Table(
        name="cities", columns=(column("name", "string"),), primary_key="name", reference=True
    )
    people = Table(
        name="people",
        columns=(column("id"), column("city", "string"), column("mail", "string", pii=True)),
        primary_key="id",
    )
    return Dataset.in_memory(
        Schema(
            tables=(cities, people),
            foreign_keys=(
                ForeignKey(table="people", columns="city", parent="cities", parent_columns="name"),
            ),
        ),
        {
            "cities": pa.table({"name": ["Ulm", "Bonn"]}),
            "people": pa.table(
                {
                    "id": list(range(20)),
                    "city": ["Ulm", "Bonn"] * 10,
                    "mail": [f"p{n}@x.org" for n in range(20)],
                }
            ),
        },
    )


def fit(data: Dataset, plugins: Plugins, **options: Any) -> synthesizers.Model:
    return synthesizers.fit(data, plugins, **{"seed": 3, "synthesizer": "independent", **options})


def test_what_was_done_is_written_down(data: Dataset, plugins: Plugins) -> None:
    model = fit(data, plugins, settings={"locale": "de_DE"})
    manifest = dict(model.manifest)
    fingerprint = manifest["data"]["fingerprint"]
    assert manifest == {
        "synthkit": VERSION,
        "synthesizer": "independent",
        "plugin": f"synthkit {VERSION}",
        "settings": {"locale": "de_DE"},
        "seed": 3,
        "data": {"rows": {"cities": 2, "people": 20}, "fingerprint": fingerprint},
    }
    assert fit(data, plugins).manifest["data"]["fingerprint"] == fingerprint


def test_the_fingerprint_is_of_values_and_schema(data: Dataset, plugins: Plugins) -> None:
    tables = {name: data.arrow(name) for name in data}
    reordered = {**tables, "people": tables["people"].take(pa.array([1, 0, *range(2, 20)]))}
    schema = data.schema.model_copy(
        update={
            "tables": (
                data.schema.tables[0].model_copy(update={"reference": False}),
                *data.schema.tables[1:],
            )
        }
    )
    found = {
        fit(each, plugins).manifest["data"]["fingerprint"]
        for each in (
            data,
            Dataset.in_memory(data.schema, reordered),
            Dataset.in_memory(schema, tables),
        )
    }
    assert len(found) == 3


def test_what_there_is_not_is_refused(data: Dataset, plugins: Plugins) -> None:
    with pytest.raises(UsageError, match="no synthesizer 'independant'") as refused:
        fit(data, plugins, synthesizer="independant")
    assert refused.value.hint == "Did you mean 'independent'?"
    with pytest.raises(UsageError, match="no setting 'local'"):
        fit(data, plugins, settings={"local": "de_DE"})
    with pytest.raises(UsageError, match="no locale 'de_XX'"):
        fit(data, plugins, settings={"locale": "de_XX"})
    with pytest.raises(UnsupportedError, match="no table to learn"):
        fit(Dataset.in_memory(Schema(tables=()), {}), plugins)


def test_a_loaded_model_draws_what_the_fitted_one_does(
    data: Dataset, plugins: Plugins, tmp_path: Path
) -> None:
    model = fit(data, plugins)
    path = model.save(tmp_path / "m")
    copy = synthesizers.load(path, plugins)
    assert (copy.name, copy.schema, copy.row_counts) == (
        model.name,
        model.schema,
        model.row_counts,
    )
    one, two = model.sample(50, seed=1), copy.sample(50, seed=1)
    assert all(one.arrow(table).equals(two.arrow(table)) for table in one)
    assert copy.save(tmp_path / "again").read_bytes() == path.read_bytes()


def rewritten(path: Path, **manifest: Any) -> Path:
    content = artifact.load(path)
    kept = {
        name: value
        for name, value in {**content.manifest, **manifest}.items()
        if name not in ("format", "format_version", "members", "foreign")
    }
    artifact.save(path, artifact.Artifact(kept, content.json, content.arrays), overwrite=True)
    return path


def test_a_model_of_a_plugin_that_is_missing_names_its_package(
    data: Dataset, plugins: Plugins, tmp_path: Path
) -> None:
    path = fit(data, plugins).save(tmp_path / "m")
    rewritten(path, synthesizer="magic", plugin="synthkit-magic 2.1")
    with pytest.raises(ArtifactError, match="'magic', which is not installed") as refused:
        synthesizers.load(path, plugins)
    assert refused.value.hint == "pip install synthkit-magic"


def changed(value: Any, rng: np.random.Generator) -> Any:
    """Return JSON with one thing in it replaced."""
    if isinstance(value, dict) and value and rng.random() < 0.93:
        name = list(value)[int(rng.integers(len(value)))]
        return {**value, name: changed(value[name], rng)}
    if isinstance(value, list) and value and rng.random() < 0.93:
        place = int(rng.integers(len(value)))
        return [*value[:place], changed(value[place], rng), *value[place + 1 :]]
    others = [None, -1, "x", [], {}, [1], {"a": 1}, 1e300, 10**40, True, "\x00"]
    return others[int(rng.integers(len(others)))]


def test_a_state_that_was_made_up_is_refused_or_a_model(
    data: Dataset, plugins: Plugins, tmp_path: Path
) -> None:
    path = fit(data, plugins).save(tmp_path / "m")
    content = artifact.load(path)
    manifest = {"synthesizer": "independent", "plugin": "synthkit 1"}
    rng = np.random.default_rng(1)
    refused: list[str | None] = []
    for _ in range(300):
        state = changed(json.loads(json.dumps(content.json)), rng)
        if not isinstance(state, dict):
            continue
        artifact.save(path, artifact.Artifact(manifest, state, content.arrays), overwrite=True)
        try:
            synthesizers.load(path, plugins)
        except ArtifactError as error:
            refused.append(error.hint)
    assert set(refused) == {"Fit the data again."}
    assert len(refused) > 100
