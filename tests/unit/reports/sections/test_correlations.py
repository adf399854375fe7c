"""What a section names as the largest difference is none that a handful of values make."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit import metrics
from synthkit.contracts.section import SectionInputs
from synthkit.dataset import Dataset
from synthkit.reports.sections.correlations import Correlations
from synthkit.reports.sections.time import Time
from synthkit.schema import Column, Schema, Table

COUNT, FEW = 600, 30
NUMBERS = ("a", "b", "rare")


def data_of(sign: float, hour: int) -> Dataset:
    """Return rows where ``a`` and ``b`` agree more or less, ``rare`` wholly, in few rows."""
    rng = np.random.Generator(np.random.Philox(1))
    a = rng.normal(size=COUNT)
    mask = np.arange(COUNT) >= FEW
    days = rng.integers(0, 700, COUNT) * 86_400
    columns = {
        "a": a,
        "b": a * (0.4 + 0.2 * sign) + rng.normal(size=COUNT),
        "rare": pa.array(a * sign, mask=mask),
        "usual": pa.array(days + rng.integers(0, 24, COUNT) * 3600).cast(pa.timestamp("s")),
        "seldom": pa.array(days + (hour + rng.integers(0, 2, COUNT)) * 3600, mask=mask).cast(
            pa.timestamp("s")
        ),
    }
    table = Table(
        name="t",
        columns=tuple(
            Column(name=name, sdtype="numerical", storage="double")
            if name in NUMBERS
            else Column(name=name, sdtype="datetime", storage="timestamp[s]")
            for name in columns
        ),
    )
    return Dataset.in_memory(Schema(tables=(table,)), {"t": pa.table(columns)})


def test_a_handful_of_values_is_not_named() -> None:
    real, synthetic = data_of(1, 3), data_of(-1, 15)
    scores = metrics.evaluate(real, synthetic, seed=1, parts=["fidelity"])
    assert scores.fidelity is not None
    least = min(scores.fidelity.seasons, key=lambda each: each.similarity)
    assert (least.column, least.cycle) == ("seldom", "hour")
    inputs = SectionInputs(real, synthetic, scores=scores)
    rng = np.random.Generator(np.random.Philox(2))
    matrices = Correlations().build(inputs, rng)
    assert matrices is not None
    assert "differs most is a and b of t" in matrices.text
    first = matrices.parts[0].plots[0].grid.rows[0]
    assert first[0] == "b, a"
    times = Time().build(inputs, rng)
    assert times is not None
    assert "t.usual" in times.text
