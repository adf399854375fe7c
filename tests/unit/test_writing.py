"""What is written has its lineage beside it, whatever made it, and a chain back to its data."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthkit
from synthkit.anonymization.keys import new_key
from synthkit.errors import DataError, UsageError
from synthkit.lineage.record import Lineage, load
from synthkit.writing import write


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("work") / "shop"
    made.mkdir()
    emails = "".join(f"{n},c{n}@example.com,{20 + n % 9}\n" for n in range(1, 41))
    (made / "customers.csv").write_text("id,email,age\n" + emails)
    return made


def test_the_chain_from_data_to_sample(shop: Path, tmp_path: Path) -> None:
    data = synthkit.read(shop)
    synthkit.write(data, tmp_path / "copy")
    copied = load(tmp_path / "copy" / "lineage.json")
    assert copied.step == "export"
    assert copied.inputs[0].location == str(shop)
    assert (copied.inputs[0].fingerprint or "").startswith("sha256:")
    model = synthkit.fit(tmp_path / "copy", synthesizer="independent", seed=3)
    model.save(tmp_path / "m.synthkit")
    sample = synthkit.load(tmp_path / "m.synthkit").sample(20, seed=4)
    synthkit.write(sample, tmp_path / "customers.parquet")
    found = load(tmp_path / "customers.parquet.lineage.json")
    assert found.output.tables["customers"].file == "customers.parquet"
    fitted = found.inputs[0].made_by
    assert fitted is not None
    assert (fitted.step, fitted.seed) == ("fit", 3)
    learned = fitted.inputs[0]
    assert learned.location == "copy"
    assert learned.made_by is not None
    assert learned.made_by.step == "export"
    assert learned.made_by.inputs[0].location == "shop"
    assert not learned.made_by.changed


def test_data_that_was_changed_is_said_to_be(shop: Path, tmp_path: Path) -> None:
    synthkit.write(synthkit.read(shop), tmp_path / "copy")
    with (tmp_path / "copy" / "customers.csv").open("a") as file:
        file.write("41,x@example.com,20\n")
    synthkit.write(synthkit.read(tmp_path / "copy"), tmp_path / "again")
    made_by = load(tmp_path / "again" / "lineage.json").inputs[0].made_by
    assert made_by is not None
    assert made_by.changed


def test_the_key_is_named_and_not_told(shop: Path, tmp_path: Path) -> None:
    key = new_key("2026-11")
    synthkit.write(synthkit.anonymize(shop, key=key).data, tmp_path / "clean")
    text = (tmp_path / "clean" / "lineage.json").read_text()
    found = load(tmp_path / "clean" / "lineage.json")
    assert {each.role for each in found.inputs} == {"data", "plan", "key"}
    assert {each.column: each.how for each in found.columns}["email"] == "anonymized"
    assert key.id in text
    assert key.text().rpartition(":")[2] not in text
    assert "c1@example.com" not in text


def test_a_model_file_does_not_change_with_time(shop: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        synthkit.write(synthkit.read(shop), tmp_path / name / "shop")
        model = synthkit.fit(tmp_path / name / "shop", synthesizer="independent", seed=3)
        model.save(tmp_path / f"{name}.synthkit")
    assert (tmp_path / "a.synthkit").read_bytes() == (tmp_path / "b.synthkit").read_bytes()


def test_a_check_that_fails_leaves_nothing(shop: Path, tmp_path: Path) -> None:
    seen = []

    def refuse(lineage: Lineage) -> None:
        seen.append(lineage.output.tables["customers"].rows)
        raise DataError("no")

    with pytest.raises(DataError):
        write(synthkit.read(shop), tmp_path / "out", check=refuse)
    assert seen == [40]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["s3://bucket/out", "s3://bucket/out.parquet"])
def test_a_store_is_no_folder_of_this_machine(
    place: str, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="does not write to s3://"):
        write(synthkit.read(shop), place)
    assert not list(tmp_path.iterdir())
