"""Real data sets in real databases: their keys come back, whole or as a sample of entities."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthkit
from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.schema import Schema

KINDS = ["postgresql", "mariadb", "sqlite", "duckdb"]


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database of the kind that the test is given."""
    kind = request.param
    if kind in ("sqlite", "duckdb"):
        return f"{kind}:///{tmp_path}/shop.{kind}"
    return str(request.getfixturevalue(f"{kind}_url"))


@pytest.fixture(scope="module")
def real(repository: Path) -> Callable[[str], Dataset]:
    """Read a real data set that lies beside the checkout."""

    def load(name: str) -> Dataset:
        folder = repository.parent / "shared" / "data" / name / "train"
        if not folder.is_dir():
            pytest.skip(f"there is no {name} beside the checkout")
        return synthkit.read(folder).load()

    return load


def keys(schema: Schema) -> tuple[Any, ...]:
    return (
        sorted((table.name, table.primary_key) for table in schema.tables),
        sorted(map(str, schema.foreign_keys)),
    )


def orphans(data: Dataset) -> list[str]:
    found = synthkit.validate(data).violations
    return [each.subject for each in found if each.kind in ("foreign_key", "orphan", "unique")]


@pytest.mark.parametrize("url", KINDS, indirect=True)
@pytest.mark.parametrize("name", ["sakila", "chinook"])
def test_keys_and_rows_come_back(name: str, url: str, real: Callable[[str], Dataset]) -> None:
    data = real(name)
    pipeline.write(data, url)
    back = synthkit.read(url)
    assert keys(back.schema) == keys(data.schema)
    assert back.row_counts == data.row_counts
    for table in data.schema.tables:
        order = [(column, "ascending") for column in table.primary_key or ()]
        one, two = data.arrow(table.name), back.arrow(table.name)
        assert two.schema == one.schema
        assert two.sort_by(order).equals(one.sort_by(order))


@pytest.mark.parametrize("url", ["postgresql", "mariadb"], indirect=True)
def test_a_model_is_fitted_from_a_url(url: str, real: Callable[[str], Dataset]) -> None:
    pipeline.write(real("chinook"), url)
    model = synthkit.fit(url, synthesizer="independent", seed=1)
    assert "s3cret" not in str(model.manifest)
    assert model.sample(30, seed=1).row_counts[model.main_table] == 30


def test_a_sample_is_the_same_wherever_the_rows_lie(
    postgresql_url: str, mariadb_url: str, tmp_path: Path, real: Callable[[str], Dataset]
) -> None:
    data = real("sakila")
    samples = {}
    files = (f"sqlite:///{tmp_path}/s.sqlite", f"duckdb:///{tmp_path}/s.duckdb")
    for url in (postgresql_url, mariadb_url, *files):
        pipeline.write(data, url)
        found = synthkit.read(url, max_rows=4000)
        assert sum(found.row_counts.values()) <= 4400
        assert found.sampled_from == data.row_counts
        assert orphans(found) == []
        samples[url.partition(":")[0]] = {
            table: found.arrow(table, found.schema.table(table).primary_key).to_pydict()
            for table in found
        }
    folder = tmp_path / "folder"
    pipeline.write(data, folder)
    found = synthkit.read(folder, max_rows=4000)
    samples["files"] = {
        table: found.arrow(table, found.schema.table(table).primary_key)
        .sort_by([(name, "ascending") for name in found.schema.table(table).primary_key or ()])
        .to_pydict()
        for table in found
    }
    assert samples["postgresql"] == samples["mysql"] == samples["sqlite"] == samples["duckdb"]
    assert samples["files"] == samples["sqlite"]
    assert "a sample was read, out of" in found.notices[-1].message


def test_entities_of_a_sample_have_all_of_their_rows(
    tmp_path: Path, real: Callable[[str], Dataset]
) -> None:
    data = real("sakila")
    pipeline.write(data, tmp_path / "s.sqlite")
    found = synthkit.read(tmp_path / "s.sqlite", max_rows=4000)
    whole = data["rental"].groupby("customer_id").size()
    some = found["rental"].groupby("customer_id").size()
    assert 1 < len(some) < len(whole)
    assert (some == whole[some.index]).all()


def test_fit_says_that_it_learned_a_sample(
    tmp_path: Path, real: Callable[[str], Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = real("chinook")
    pipeline.write(data, tmp_path / "c.duckdb")
    monkeypatch.setattr(pipeline, "FIT_ROWS", 3000)
    model = pipeline.fit(tmp_path / "c.duckdb", synthesizer="independent", seed=1)
    assert model.manifest["data"]["sampled_from"] == data.row_counts
    assert sum(model.row_counts.values()) < 3300
