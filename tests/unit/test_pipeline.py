"""The whole flow on tiny folders: what is read can be learned, drawn, written and read again."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.errors import ArtifactError, DataError, UnsupportedError, UsageError
from synthkit.schema import Schema
from synthkit.synthesizers.model import Model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables: 20 customers, and 30 orders of some of them."""
    made = tmp_path_factory.mktemp("shop")
    cities = itertools.cycle(["Bonn", "Ulm", "Kiel"])
    customers = [f"{number},{city}" for number, city in zip(range(1, 21), cities, strict=False)]
    orders = [f"{number},{number % 7 + 1},{number * 1.25:.2f}" for number in range(1, 31)]
    (made / "customers.csv").write_text("\n".join(["id,city", *customers]) + "\n")
    (made / "orders.csv").write_text("\n".join(["id,customer_id,amount", *orders]) + "\n")
    return made


def test_plugins_are_looked_for_once() -> None:
    assert pipeline.installed_plugins() is pipeline.installed_plugins()


def test_a_folder_is_read_with_its_keys(folder: Path) -> None:
    data = pipeline.read(folder)
    assert data.row_counts == {"customers": 20, "orders": 30}
    assert [str(key.parent) for key in data.schema.foreign_keys] == ["customers"]
    assert data.origin == str(folder)
    with pytest.raises(UsageError, match="nothing at"):
        pipeline.read(folder / "no")


def test_from_a_folder_to_a_folder(folder: Path, tmp_path: Path) -> None:
    model = pipeline.fit(folder, synthesizer="independent", seed=3)
    model.save(tmp_path / "m.synthkit")
    sample = pipeline.load(tmp_path / "m.synthkit").sample(50, seed=5)
    assert sample.plan == {"customers": 50, "orders": 75}
    written = pipeline.write(sample, tmp_path / "out")
    assert (written.format, written.row_count) == ("csv", 125)
    assert pipeline.validate(tmp_path / "out").ok
    again = pipeline.read(tmp_path / "out")
    assert again.schema == sample.schema
    for table in again:
        assert again.arrow(table).equals(sample.arrow(table))


def test_a_read_data_set_is_fitted_as_its_folder_is(folder: Path) -> None:
    one = pipeline.fit(folder, synthesizer="independent", seed=3).sample(seed=1)
    two = pipeline.fit(pipeline.read(folder), synthesizer="independent", seed=3).sample(seed=1)
    assert all(one.arrow(table).equals(two.arrow(table)) for table in one)


def test_without_a_seed_one_is_drawn_and_written_down(folder: Path) -> None:
    seeds = {pipeline.fit(folder, synthesizer="independent").manifest["seed"] for _ in range(2)}
    assert len(seeds) == 2


@pytest.mark.parametrize("chunk_rows", [1, 7, 10_000])
def test_chunks_do_not_change_what_is_written(
    folder: Path, tmp_path: Path, chunk_rows: int
) -> None:
    data = pipeline.read(folder)
    pipeline.write(data, tmp_path / "whole")
    pipeline.write(data, tmp_path / "cut", chunk_rows=chunk_rows)
    for name in ("customers.csv", "orders.csv"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_the_location_or_an_argument_says_the_format(folder: Path, tmp_path: Path) -> None:
    data = pipeline.read(folder / "orders.csv")
    assert pipeline.write(data, tmp_path / "a.parquet").format == "parquet"
    assert pipeline.write(data, tmp_path / "b", format="jsonl").format == "jsonl"
    with pytest.raises(UsageError, match="no exporter 'xls'"):
        pipeline.write(data, tmp_path / "c", format="xls")
    with pytest.raises(UsageError, match="there already"):
        pipeline.write(data, tmp_path / "b")
    assert pipeline.write(data, tmp_path / "b", overwrite=True).row_count == 30


def test_what_does_not_exist_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no synthesizer 'indep'"):
        pipeline.fit(folder, synthesizer="indep")
    with pytest.raises(UsageError, match="no setting 'size'"):
        pipeline.fit(folder, synthesizer="independent", settings={"size": 3})
    with pytest.raises(ArtifactError, match="no model file"):
        pipeline.load(tmp_path / "m.synthkit")
    with pytest.raises(UnsupportedError, match="no table"):
        pipeline.fit(Dataset.in_memory(Schema(tables=()), {}), synthesizer="independent")


def test_rows_held_out_are_not_learned_and_are_found_again(folder: Path, tmp_path: Path) -> None:
    model = pipeline.fit(folder, synthesizer="independent", seed=3, holdout=0.2)
    model.save(tmp_path / "m.synthkit")
    loaded = pipeline.load(tmp_path / "m.synthkit")
    train, holdout = pipeline.held_out(loaded, folder)
    assert dict(loaded.row_counts) == train.row_counts
    assert holdout.row_counts["customers"] == 4
    ids = [set(part["customers"]["id"]) for part in (train, holdout)]
    assert not ids[0] & ids[1]
    assert ids[0] | ids[1] == set(range(1, 21))
    assert train.row_counts["orders"] + holdout.row_counts["orders"] == 30
    for part, own in zip((train, holdout), ids, strict=True):
        assert set(part["orders"]["customer_id"]) <= own
    kept = loaded.manifest["holdout"]
    assert set(kept) == {"share", "entities", "rows", "digest", "data"}
    assert kept["rows"] == holdout.row_counts


def test_held_out_rows_of_other_data_are_refused(folder: Path, tmp_path: Path) -> None:
    whole = pipeline.fit(folder, synthesizer="independent", seed=3)
    with pytest.raises(UsageError, match="without held-out rows"):
        pipeline.held_out(whole, folder)
    model = pipeline.fit(folder, synthesizer="independent", seed=3, holdout=0.2)
    changed = pipeline.read(folder)
    tables = {name: changed.arrow(name) for name in changed}
    tables["orders"] = tables["orders"].slice(1)
    with pytest.raises(DataError, match="changed since"):
        pipeline.held_out(model, Dataset.in_memory(changed.schema, tables))
    other = {**model.manifest, "holdout": {**model.manifest["holdout"], "digest": "00"}}
    with pytest.raises(ArtifactError, match="held-out rows again"):
        pipeline.held_out(Model(model.name, model.fitted, other, model.values), folder)


def test_generated_data_are_valid_and_repeatable() -> None:
    one = pipeline.generate("crm", rows={"customers": 30}, seed=7)
    two = pipeline.generate("crm", rows={"customers": 30}, seed=7)
    other = pipeline.generate("crm", rows={"customers": 30}, seed=8)
    assert one.row_counts["customers"] == 30
    assert one.arrow("customers").equals(two.arrow("customers"))
    assert not one.arrow("customers").equals(other.arrow("customers"))
    assert pipeline.validate(one).ok


def test_a_file_that_is_called_as_a_generator_is_no_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crm").write_text("notes")
    monkeypatch.chdir(tmp_path)
    made = pipeline.generate("crm", rows={"customers": 3}, seed=1)
    assert made.history is not None
    assert not made.history().inputs


def test_validation_finds_what_is_broken(folder: Path) -> None:
    good = pipeline.read(folder)
    tables = {name: good.arrow(name) for name in good}
    tables["customers"] = tables["customers"].slice(0, 3)
    found = pipeline.validate(Dataset.in_memory(good.schema, tables))
    assert pipeline.validate(good).ok
    assert not found.ok
    assert [violation.subject for violation in found.violations] == [
        "orders(customer_id) -> customers(id)"
    ]


def test_a_model_remembers_where_its_canaries_are(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    lines = [f"{n},{n * 37 % 101},{n * 53 % 97}.25,{n % 5}" for n in range(1, 81)]
    (tmp_path / "shop" / "visits.csv").write_text("\n".join(["id,age,spent,visits", *lines]) + "\n")
    shop = pipeline.read(tmp_path / "shop").load()
    model = pipeline.fit(shop, synthesizer="independent", seed=3, holdout=0.25, canaries=12)
    path = model.save(tmp_path / "m.synthkit")
    again = pipeline.load(path)
    assert again.manifest["canaries"]["count"] == 12
    train, _ = pipeline.held_out(again, shop)
    planted = pipeline.planted_in(again, train)
    assert planted.data.row_counts == train.row_counts == again.row_counts
    assert not planted.data.arrow("visits").equals(train.arrow("visits"))
    with pytest.raises(DataError, match="not the one"):
        pipeline.planted_in(again, shop)
    without = pipeline.fit(shop, synthesizer="independent", seed=3)
    with pytest.raises(UsageError, match="without canaries"):
        pipeline.planted_in(without, shop)
    # A sample that copies what was learned, canaries and all, is told apart from a real sample.
    copied = pipeline.report(shop, planted.data, model=again, seed=1)
    drawn = pipeline.report(shop, again.sample(60, seed=1), model=again, seed=1)
    for found, low, high in ((copied, 0.9, 1.0), (drawn, 0.0, 0.7)):
        assert found.standing is not None
        value = found.standing.scores.measures["canaries"].mean
        assert value is not None
        assert low < value <= high
