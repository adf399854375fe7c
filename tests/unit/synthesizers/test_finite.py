"""NaN and infinity are learned as missing, whatever the synthesizer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import synthkit
from synthkit.dataset import Dataset
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.finite import finite


def _data(x: np.ndarray) -> Dataset:
    columns = (
        Column(name="id", sdtype="id", storage="int64", nullable=False),
        Column(name="x", sdtype="numerical", storage="double", nullable=False),
        Column(name="group", sdtype="categorical", storage="string", nullable=False),
    )
    rows = np.arange(len(x))
    table = pa.table({"id": rows, "x": x, "group": np.where(rows % 2, "a", "b")})
    schema = Schema(tables=(Table(name="t", columns=columns, primary_key=("id",)),))
    return Dataset.in_memory(schema, {"t": table})


def test_what_is_finite_stays_as_it_is() -> None:
    data = _data(np.arange(10.0))
    made, notes = finite(data)
    assert made is data
    assert notes == []


def test_nan_and_infinity_are_missing_and_infinity_is_told() -> None:
    made, notes = finite(_data(np.array([1.0, np.nan, np.inf, -np.inf, 2.0])))
    assert made.arrow("t").column("x").to_pylist() == [1.0, None, None, None, 2.0]
    assert [column.nullable for column in made.schema.table("t").columns] == [False, True, False]
    assert notes == ["Note: t.x: 2 infinite numbers are learned as missing."]


@pytest.mark.parametrize("synthesizer", ["relational", "independent"])
def test_a_model_of_infinite_numbers_is_saved_and_keeps_their_share(
    synthesizer: str, tmp_path: Path
) -> None:
    x = np.random.default_rng(5).normal(size=600)
    x[::10], x[5::10] = np.inf, np.nan
    model = synthkit.fit(_data(x), synthesizer=synthesizer, seed=1)
    model.save(tmp_path / "model.synthkit")
    made = synthkit.load(tmp_path / "model.synthkit").sample(rows=600, seed=1)
    share = made["t"]["x"].isna().mean()
    # Hoeffding's bound at one in a million: 600 draws of a share of .2.
    assert abs(share - 0.2) < 0.11
    assert np.isfinite(made["t"]["x"].dropna()).all()
    assert synthkit.validate(made).ok
