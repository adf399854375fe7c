"""Rare labels are made anew, as often repeated as those seen, and settle what they settled."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, Streams
from synthkit.schema import Column, Dependency, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate
from synthkit.synthesizers.columns.replacements import Cells
from synthkit.synthesizers.relational.coding.labels import REST, LabelCodec
from synthkit.synthesizers.relational.coding.rest import learn_rest
from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer
from synthkit.synthesizers.settings import RelationalSettings


class Names:
    """Value providers: companies, of which there are plenty, and nine countries."""

    sizes: ClassVar[dict[str, int]] = {"company": 10**6, "country": 9, "word": 500}

    def has(self, kind: str) -> bool:
        return kind in self.sizes

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return pa.array([f"{kind} {n}" for n in rng.integers(0, self.sizes[kind], count)])

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        return pa.array([f"{kind} #{n}" for n in range(start, start + count)], pa.string())


def customers(companies: int = 400, rows: int = 1_200, name: str = "company") -> Dataset:
    """Return customers, most of them of small companies, whose industry and size go with them."""
    rng = np.random.default_rng(5)
    which = np.where(rng.random(rows) < 0.2, 0, rng.integers(1, companies, rows))
    industry = rng.choice(["food", "steel", "law"], companies)
    staff = rng.integers(1, 9, companies) * 10
    data = pa.table(
        {
            name: pa.array([f"Firm {n}" if n else "Giant" for n in which]),
            "industry": pa.array(industry[which]),
            "staff": pa.array(staff[which]),
            "score": pa.array(np.round(rng.normal(50, 9, rows), 1)),
        }
    )
    columns = tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema)
    rules = (
        Dependency(table="customers", determinant=(name,), dependent="industry"),
        Dependency(table="customers", determinant=(name,), dependent="staff"),
    )
    schema = Schema(tables=(Table(name="customers", columns=columns),), rules=rules)
    return Dataset.in_memory(schema, {"customers": data})


def sampled(data: Dataset, rows: int, blocks: int = 1) -> Dataset:
    values: Any = Names()
    model = RelationalSynthesizer(RelationalSettings()).fit(data, Streams(1), Silent(), values)
    request = SampleRequest(model.plan(RowTargets(main=rows)), Streams(4), values)
    kinds = data.arrow("customers").schema
    pieces = [chunk.data.cast(kinds) for chunk in model.sample(request)]
    assert len(pieces) >= blocks
    return Dataset.in_memory(data.schema, {"customers": pa.concat_tables(pieces)})


def test_rare_labels_are_new_and_as_many_as_there_were() -> None:
    data = customers()
    real, made = data["customers"], sampled(data, 1_200)["customers"]
    kept = set(real.company.value_counts().loc[lambda counts: counts >= 5].index)
    new = made[~made.company.isin(kept)]
    assert not set(new.company) & set(real.company)
    assert new.company.str.startswith("company #").all()
    # Shares of 1,200 rows: five standard errors of a difference of two.
    share = [(~frame.company.isin(kept)).mean() for frame in (real, made)]
    assert abs(share[0] - share[1]) < 5 * np.sqrt(2 * 0.25 / 1_200)
    repeats = [len(f) / f.company.nunique() for f in (real[~real.company.isin(kept)], new)]
    assert repeats[1] == pytest.approx(repeats[0], rel=0.15)


def test_what_labels_settle_holds_over_all_blocks() -> None:
    made = sampled(customers(), 70_000, blocks=3)
    assert not validate(made.schema, made.chunks).violations
    twin = made.arrow("customers")
    names = pc.if_else(pc.starts_with(twin.column("company"), "company"), "one", "two")
    broken = {"customers": twin.set_column(0, "company", names)}
    assert validate(made.schema, Dataset.in_memory(made.schema, broken).chunks).violations


def test_a_few_rare_labels_are_stood_in_for_by_kept_ones() -> None:
    labels = pa.chunked_array([pa.array(["a"] * 600 + ["b"] * 395 + list("cdefg"))])
    codec = LabelCodec.learn("string", labels, np.arange(1_000), 5)
    values: Any = Names()
    for name in ("grade", "company"):
        assert learn_rest(Column(name=name), labels, codec, values, settles=False) is None
    assert set(codec.encode(labels)) == {1, 2}


def many(rare: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(["a"] * 50 + [f"rare thing {n}" for n in range(rare)])])


@pytest.mark.parametrize(
    ("name", "settles", "rare", "made"),
    [
        ("company", False, 40, "provider"),
        ("company", True, 40, "provider"),
        ("country", False, 40, "provider"),
        ("country", True, 40, None),
        ("thing", False, 40, None),
        ("thing", False, 60, "words"),
        ("thing", True, 60, None),
    ],
)
def test_what_rare_labels_are_made_from(
    name: str, settles: bool, rare: int, made: str | None
) -> None:
    labels = many(rare)
    codec = LabelCodec.learn("string", labels, np.arange(len(labels)), 5)
    values: Any = Names()
    rest = learn_rest(Column(name=name), labels, codec, values, settles=settles)
    assert (rest and rest.made.kind) == made


def test_labels_of_no_kind_that_settle_others_are_told_apart_by_a_number() -> None:
    labels = pa.chunked_array([pa.array([f"odd thing {n}" for n in range(60)])])
    codec = LabelCodec.learn("string", labels, np.arange(60), 5)
    values: Any = Names()
    rest = learn_rest(Column(name="thing"), labels, codec, values, settles=True)
    assert rest is not None
    cells = Cells(1_000, 60, np.random.default_rng(1), 3, values, "en_US")
    blank, every = pa.nulls(60, pa.string()), np.ones(60, bool)
    made = rest.fill(blank, every, np.arange(60), {}, cells)
    assert pc.count_distinct(made).as_py() == len(made)


def test_the_rest_has_a_code_of_its_own_and_no_label() -> None:
    labels = many(60)
    codec = LabelCodec.learn("string", labels, np.arange(110), 5).model_copy(update={"rest": True})
    codes = codec.encode(labels)
    assert codes.tolist() == [1] * 50 + [REST] * 60
    assert codec.decode(codes, np.zeros(110)).null_count == 60


def test_a_repeated_row_takes_all_that_its_origin_has() -> None:
    data = customers()
    values: Any = Names()
    seen = data.arrow("customers").column("company")
    codec = LabelCodec.learn("string", seen, np.arange(len(seen)), 5)
    rest = learn_rest(Column(name="company"), seen, codec, values, settles=True)
    assert rest is not None
    labels = pa.array([None, None, "Giant", None])
    rare = np.array([True, True, False, True])
    cells = Cells(0, 4, np.random.default_rng(1), 3, values, "en_US")
    made = rest.fill(labels, rare, np.array([0, 0, 2, 3]), {}, cells).to_pylist()
    assert made[0] == made[1]
    assert made[2] == "Giant"
    assert None not in made


def test_documents_under_the_name_of_a_kind_stay_documents() -> None:
    texts = pa.chunked_array([[f'{{"street": "S {n}", "floor": {n % 7}}}' for n in range(60)]])
    codec = LabelCodec.learn("string", texts, np.arange(60), 5)
    values: Any = Names()
    column = Column(name="company", format="json")
    rest = learn_rest(column, texts, codec, values, settles=True)
    assert rest is not None
    assert rest.made.kind == "json"
    assert not rest.numbered
    assert learn_rest(Column(name="company"), texts, codec, values, settles=True).made.kind == (
        "provider"
    )
