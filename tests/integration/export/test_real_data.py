"""Real data through real databases: loaded with every key, read back, learned, sampled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from tests.servers import mariadb, postgresql

PAIRS = [
    ("sakila", "postgresql"),
    ("sakila", "mysql"),
    ("chinook", "sqlite"),
    ("chinook", "duckdb"),
    ("lahman_ck", "postgresql"),
    ("lahman_ck", "mysql"),
]


@pytest.fixture
def original(request: pytest.FixtureRequest, repository: Path) -> Dataset:
    folder = repository.parent / "shared" / "data" / request.param / "train"
    if not folder.is_dir():
        pytest.skip(f"the data set {request.param} is not here")
    return pipeline.read(folder).load()


@pytest.fixture
def locations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases."""
    name = request.param
    if name in ("sqlite", "duckdb"):
        yield str(tmp_path / f"one.{name}"), str(tmp_path / f"two.{name}")
        return
    kind = postgresql if name == "postgresql" else mariadb
    server = request.getfixturevalue(f"{kind.__name__.rpartition('.')[2]}_server")
    with kind.database(server) as one, kind.database(server) as two:
        yield one, two


@pytest.mark.parametrize(("original", "locations"), PAIRS, indirect=True)
def test_what_is_learned_from_a_database_goes_into_another(
    original: Dataset, locations: tuple[str, str]
) -> None:
    one, two = locations
    pipeline.write(original, one)
    again = pipeline.read(one).load()
    assert set(again) == set(original)
    assert set(map(str, again.schema.foreign_keys)) == set(map(str, original.schema.foreign_keys))
    for table in original.schema.tables:
        found = again.schema.table(table.name)
        assert found.primary_key == table.primary_key
        assert [(c.name, c.storage) for c in found.columns] == [
            (c.name, c.storage) for c in table.columns
        ]
        assert table.primary_key is not None
        order = [(name, "ascending") for name in table.primary_key]
        rows = original.arrow(table.name).sort_by(order)
        assert again.arrow(table.name).sort_by(order).equals(rows)
    sample = pipeline.fit(one, seed=1).sample(seed=2)
    written = pipeline.write(sample, two)
    assert written.row_count == sum(sample.plan.values())
    result = pipeline.validate(two)
    assert result.violations == ()
