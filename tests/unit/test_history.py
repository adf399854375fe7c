"""Each step tells how its rows were made."""

from __future__ import annotations

import pyarrow as pa

import synthkit
from synthkit.dataset import Dataset
from synthkit.history import History
from synthkit.schema import Column, Schema, Table


def told(data: Dataset) -> History:
    assert data.history is not None
    return data.history()


def people() -> Dataset:
    columns = (
        Column(name="id", sdtype="id", storage="int64"),
        Column(name="email", sdtype="email", storage="string", pii=True),
        Column(name="age", sdtype="numerical", storage="int64"),
    )
    schema = Schema(tables=(Table(name="people", columns=columns, primary_key=("id",)),))
    rows = {
        "id": list(range(40)),
        "email": [f"p{n}@example.com" for n in range(40)],
        "age": [20 + n % 30 for n in range(40)],
    }
    return Dataset.in_memory(schema, {"people": pa.table(rows)})


def test_a_sample_says_what_became_of_each_column() -> None:
    for synthesizer in ("independent", "relational"):
        model = synthkit.fit(people(), synthesizer=synthesizer, seed=1)
        history = told(model.sample(10, seed=5))
        assert (history.step, history.seed) == ("sample", 5)
        assert [each.how for each in history.columns] == ["made anew", "made anew", "learned"]
        assert "email" in history.columns[1].why
        assert history.inputs[0].made_by is not None
        assert history.inputs[0].made_by["step"] == "fit"
        assert history.request is not None


def test_rows_given_from_memory_cannot_be_written_down() -> None:
    model = synthkit.fit(people(), seed=1)
    given = pa.table({"age": [30, 31]})
    history = told(model.sample(seed=5, given=given))
    assert history.request is None
    assert history.not_replayable
    conditional = told(model.sample(10, seed=5, where=["age>=30"]))
    assert conditional.request is not None
    assert conditional.request["conditions"]["where"] == ["age>=30"]


def test_what_is_generated_is_said_to_be() -> None:
    history = told(synthkit.generate("crm", rows={"customers": 5}, seed=2))
    assert {each.how for each in history.columns} == {"generated"}
    assert [part.name for part in history.parts] == ["crm"]
    assert history.settings["rows"] == {"customers": 5}
