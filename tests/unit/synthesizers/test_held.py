"""A model holds no real value that it does not list, and lists none that too few share.

Every cell of the data is a token of its own kind; every member of the model file is searched.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, Silent, Streams
from synthkit.errors import UnsupportedError
from synthkit.schema import Column, Dependency, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.held import held_values
from synthkit.synthesizers.independent import IndependentSynthesizer
from synthkit.synthesizers.model import Model
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import IndependentSettings, RelationalSettings

PEOPLE = 60
VISITS = 3
ROWS = {"people": 1, "visits": VISITS}


def _data() -> Dataset:
    """Sixty people with three visits each: much of what one person has is in three rows."""
    rng = np.random.default_rng(11)
    who = np.arange(PEOPLE)
    visits = np.repeat(who, VISITS)
    groups = who % 6
    spread = rng.integers(10**9, 10**11, PEOPLE)
    spread[0] = 7 * 10**15 + 123_457
    tables = {
        "people": pa.table(
            {
                "id": [f"key-{i:05d}-{chr(97 + i % 26)}" for i in who],
                "email": [f"mail{i}q@private.example" for i in who],
                "note": [f"Zebra{i}x told Yonder{i}y about Xylo{i}z" for i in who],
                "town": [f"Town{g}ville" if g else f"Lone{i}borough" for i, g in enumerate(groups)],
                "region": [f"Regio{g}nal" if g else None for g in groups],
                "wealth": spread,
                "score": np.where(who % 2, 7777.125, rng.normal(0, 1e6, PEOPLE)),
                "more": [
                    json.dumps({"plan": f"Plan{g}ning", f"only{i}one": f"Deep{i}value"})
                    for i, g in enumerate(groups)
                ],
            }
        ),
        "visits": pa.table(
            {
                "person": [f"key-{i:05d}-{chr(97 + i % 26)}" for i in visits],
                "place": [f"Spot{i}mark" if j % 2 else "Sharedspot" for j, i in enumerate(visits)],
                "paid": rng.integers(10**8, 10**10, len(visits)) / 100,
                "at": pa.array(10**15 + rng.integers(0, 10**14, len(visits))).cast(
                    pa.timestamp("us")
                ),
                "genre": [f"g{i % 3}" for i in range(len(visits))],
            }
        ),
        "genres": pa.table({"code": ["g0", "g1", "g2"], "label": ["Opera", "Farce", "Drama"]}),
    }
    pii = {"email": "email", "note": "unknown", "more": "unknown"}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(
                        name=field.name,
                        storage=storage_of(field.type),
                        sdtype=pii.get(field.name, "unknown"),
                        pii=field.name in pii,
                        format="json" if field.name == "more" else None,
                    )
                    for field in table.schema
                ),
                primary_key={"people": "id", "genres": "code"}.get(name),
                reference=name == "genres",
            )
            for name, table in tables.items()
        ),
        foreign_keys=(
            ForeignKey(table="visits", columns="person", parent="people", parent_columns="id"),
            ForeignKey(table="visits", columns="genre", parent="genres", parent_columns="code"),
        ),
        rules=(Dependency(table="people", determinant=("town",), dependent="region"),),
    )
    return Dataset.in_memory(schema, tables)


def _members(path: Path) -> tuple[str, set[float]]:
    """Return all text of a model file, and every number of its JSON and arrays."""
    texts, numbers = [], set()

    def walk(value: Any) -> Iterator[float]:
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from walk(each)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield float(value)

    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".npy"):
                array = np.load(io.BytesIO(content), allow_pickle=False)
                numbers |= {float(value) for value in array.ravel()}
            else:
                texts.append(content.decode())
                numbers |= set(walk(json.loads(content)))
    return "\n".join(texts), numbers


def _tokens(data: Dataset) -> dict[str, set[int]]:
    """Return the distinctive words of the data, each with the people that have it."""
    found: dict[str, set[int]] = {}
    for name, columns in (
        ("people", ("email", "note", "town", "region", "id")),
        ("visits", ("place",)),
    ):
        table = data.arrow(name)
        for column in columns:
            for row, value in enumerate(table.column(column).to_pylist()):
                for word in str(value).split() if value else ():
                    if any(letter.isdigit() for letter in word) or word == "Sharedspot":
                        found.setdefault(word, set()).add(
                            row // (VISITS if name == "visits" else 1)
                        )
    for row, text in enumerate(data.arrow("people").column("more").to_pylist()):
        for key, value in json.loads(text).items():
            found.setdefault(value, set()).add(row)
            if key != "plan":
                found.setdefault(key, set()).add(row)
    return found


def _numbers(data: Dataset) -> dict[float, set[int]]:
    """Return the numbers of the data as they may be stored, each with the people that have it."""
    found: dict[float, set[int]] = {}
    for name, columns in (("people", ("wealth", "score")), ("visits", ("paid", "at"))):
        for column in columns:
            values = data.arrow(name).column(column)
            values = values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
            for row, value in enumerate(values.to_pylist()):
                found.setdefault(float(value), set()).add(
                    row // (VISITS if name == "visits" else 1)
                )
    return found


def _unlisted(data: Dataset, path: Path, listed: set[str], protect: int) -> list[object]:
    """Return the real values in a file that are not listed, or that too few people share."""
    text, numbers = _members(path)
    all_listed = "\n".join(listed)
    wrong: list[object] = []
    for token, people in _tokens(data).items():
        if token in text and (token not in all_listed or len(people) < protect):
            wrong.append(token)
    for number, people in _numbers(data).items():
        if number in numbers and (str(number) not in listed or len(people) < protect):
            wrong.append(number)
    return wrong


PARTS = {
    "relational": lambda: RelationalSynthesizer(RelationalSettings()),
    "independent": lambda: IndependentSynthesizer(IndependentSettings()),
}


@pytest.fixture(scope="module", params=list(PARTS))
def model(request: pytest.FixtureRequest) -> Model:
    from synthkit.pipeline import installed_plugins
    from synthkit.values import ValueRegistry

    values = ValueRegistry(installed_plugins())
    fitted = PARTS[request.param]().fit(_data(), Streams(1), Silent(), values)
    return Model(request.param, fitted, {"synthesizer": request.param}, values)


def test_every_real_value_in_the_file_is_listed_and_shared(model: Model, tmp_path: Path) -> None:
    listed = {value for held in model.held_values() for value in held.values}
    path = model.save(tmp_path / "model.synthkit")
    assert _unlisted(_data(), path, listed, 5) == []


def test_the_audit_finds_what_was_planted(model: Model, tmp_path: Path) -> None:
    """The twin: a label of one person, and a number of one person, are found."""
    data = _data()
    listed = {value for held in model.held_values() for value in held.values}
    path = model.save(tmp_path / "model.synthkit")
    wealth = data.arrow("people").column("wealth")[0].as_py()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.json", json.dumps({"town": "Lone0borough", "wealth": wealth}))
    assert _unlisted(data, path, listed, 5) == ["Lone0borough", float(wealth)]


def test_what_is_listed_says_where_and_by_how_many(model: Model) -> None:
    held = {(each.table, each.column, each.kind): each for each in model.held_values()}
    towns = held["people", "town", "label"]
    assert set(towns.values) == {f"Town{g}ville" for g in range(1, 6)}
    assert towns.shared_by == 5
    assert "7777.125" in held["people", "score", "number"].values
    assert held["people", "more", "name in JSON"].values == ("plan",)
    genres = held["genres", "label", "reference table"]
    assert (genres.values, genres.shared_by) == (("Opera", "Farce", "Drama"), None)


def test_what_another_library_stored_cannot_be_told() -> None:
    from synthkit.contracts import State

    with pytest.raises(UnsupportedError, match="another library"):
        held_values(State(foreign={"part": b""}), Schema())
