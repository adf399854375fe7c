"""`hma` with SDV itself: exact keys and counts, the same rows anywhere, structure that is learned.

SDV takes seconds to import and to fit, so all of this is slow.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.errors import ArtifactError, UnsupportedError
from synthkit.plugins import Plugins
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import arrow_schema, storage_of
from synthkit.synthesizers.sdv import layout
from synthkit.synthesizers.sdv.model import HmaModel, restore
from synthkit.synthesizers.sdv.synthesizer import HmaSynthesizer
from synthkit.synthesizers.settings import HmaSettings
from synthkit.synthesizers.structure.references import parent_rows
from synthkit.values import ValueRegistry

pytestmark = pytest.mark.slow

VALUES = ValueRegistry(Plugins(candidates=[]))


def _described(name: str, rows: pa.Table, key: str | tuple[str, ...], **sdtypes: str) -> Table:
    columns = tuple(
        Column(
            name=field.name,
            sdtype=sdtypes.get(field.name, "numerical"),
            storage=storage_of(field.type),
            nullable=rows.column(field.name).null_count > 0,
            pii=sdtypes.get(field.name) in ("email", "text"),
        )
        for field in rows.schema
    )
    return Table(name=name, columns=columns, primary_key=key)


def _link(table: str, columns: str, parent: str, to: str) -> ForeignKey:
    return ForeignKey(table=table, columns=columns, parent=parent, parent_columns=to)


def awkward_shop() -> Dataset:
    """Return 11 small tables with every storage, and every kind of key that HMA refuses."""
    rng = np.random.default_rng(1)
    count, orders = 120, 360
    ids = [f"C{number:05d}" for number in range(count)]
    owner = rng.integers(0, count, orders)
    lines = [(order, line) for order in range(orders) for line in range(1, int(rng.integers(2, 4)))]
    tagged = sorted({(int(p), int(t)) for p, t in rng.integers(0, (20, 8), (60, 2))})
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=int(n)) for n in rng.integers(0, 900, count)]
    data = {
        "regions": pa.table({"code": ["N", "S", "E"], "size": [1.5, 2.5, 9.0]}),
        "staff": pa.table(
            {
                "id": list(range(12)),
                "boss": pa.array([None, *rng.integers(0, 3, 11).tolist()], pa.int64()),
                "wage": pa.array(
                    [Decimal(int(n)) / 100 for n in rng.integers(10**5, 10**6, 12)],
                    pa.decimal128(12, 2),
                ),
            }
        ),
        "customers": pa.table(
            {
                "id": ids,
                "email": [f"{name}@home.example" for name in ids],
                "region": rng.choice(["N", "S", "E"], count),
                "since": days,
                "vip": rng.random(count) < 0.2,
                "age": pa.array(rng.integers(18, 90, count), mask=rng.random(count) < 0.1),
                "note": ["some words"] * count,
                "large": pa.array(rng.integers(2**63, 2**64 - 1, count, dtype=np.uint64)),
                "nothing": pa.nulls(count, pa.float64()),
                "always": [5] * count,
                "raw": pa.array([bytes([n]) for n in rng.integers(0, 5, count)], pa.binary()),
            }
        ),
        "profiles": pa.table({"customer": ids[::2], "score": rng.normal(size=count // 2)}),
        "orders": pa.table(
            {
                "id": list(range(orders)),
                "customer": pa.array(
                    [ids[n] for n in owner], pa.string(), mask=rng.random(orders) < 0.1
                ),
                "seller": rng.integers(0, 12, orders),
                "packer": pa.array(rng.integers(0, 12, orders), mask=rng.random(orders) < 0.3),
                "at": pa.array(1_600_000_000 + rng.integers(0, 10**7, orders)).cast(
                    pa.timestamp("s", tz="UTC")
                ),
                "clock": pa.array(rng.integers(0, 86400, orders) * 10**6).cast(pa.time64("us")),
                "total": rng.normal(100, 10, orders) + owner % 10 * 20,
            }
        ),
        "lines": pa.table(
            {
                "order": [order for order, _ in lines],
                "line": [line for _, line in lines],
                "sku": rng.integers(0, 20, len(lines)),
                "amount": rng.integers(1, 9, len(lines)),
            }
        ),
        "products": pa.table({"sku": list(range(20)), "price": rng.gamma(2, 10, 20)}),
        "tags": pa.table({"tag": [f"t{number}" for number in range(8)]}),
        "tagged": pa.table(
            {"sku": [sku for sku, _ in tagged], "tag": [f"t{tag}" for _, tag in tagged]}
        ),
        "void": pa.table({"id": pa.array([], pa.int64()), "customer": pa.array([], pa.string())}),
        "single": pa.table({"id": [1], "value": [2.5]}),
    }
    schema = Schema(
        tables=(
            _described("regions", data["regions"], "code", code="id"),
            _described("staff", data["staff"], "id", id="id", boss="id"),
            _described(
                "customers",
                data["customers"],
                "id",
                id="id",
                email="email",
                region="id",
                since="datetime",
                vip="boolean",
                note="text",
                raw="categorical",
            ),
            _described("profiles", data["profiles"], "customer", customer="id"),
            _described("orders", data["orders"], "id", at="datetime", clock="datetime"),
            _described("lines", data["lines"], ("order", "line")),
            _described("products", data["products"], "sku"),
            _described("tags", data["tags"], "tag", tag="id"),
            _described("tagged", data["tagged"], ("sku", "tag"), tag="id"),
            _described("void", data["void"], "id", customer="id"),
            _described("single", data["single"], "id"),
        ),
        foreign_keys=(
            _link("staff", "boss", "staff", "id"),
            _link("customers", "region", "regions", "code"),
            _link("profiles", "customer", "customers", "id"),
            _link("orders", "customer", "customers", "id"),
            _link("orders", "seller", "staff", "id"),
            _link("orders", "packer", "staff", "id"),
            _link("lines", "order", "orders", "id"),
            _link("lines", "sku", "products", "sku"),
            _link("tagged", "sku", "products", "sku"),
            _link("tagged", "tag", "tags", "tag"),
            _link("void", "customer", "customers", "id"),
        ),
    )
    return Dataset.in_memory(schema, data)


def fitted(data: Dataset) -> HmaModel:
    part = HmaSynthesizer(HmaSettings())
    part.check(data.schema)
    return part.fit(data, Streams(1), Silent(), VALUES)


def sampled(model: HmaModel, targets: RowTargets, *, seed: int = 5, parts: bool = False) -> Dataset:
    """Sample, and put chunks together; asserts that the plan is kept."""
    plan = model.plan(targets)
    request = SampleRequest(plan, Streams(seed), VALUES)
    kinds = {
        table.name: arrow_schema(table.column_names, [c.storage for c in table.columns])
        for table in model.schema.tables
    }
    pieces = {name: [kind.empty_table()] for name, kind in kinds.items()}
    for each in model.partitions(request) if parts else [request]:
        for chunk in model.sample(each):
            assert chunk.data.column_names == kinds[chunk.table].names
            pieces[chunk.table].append(chunk.data.cast(kinds[chunk.table]))
    made = {name: pa.concat_tables(tables) for name, tables in pieces.items()}
    assert {name: rows.num_rows for name, rows in made.items()} == plan
    return Dataset.in_memory(model.schema, made)


def broken(data: Dataset) -> list[str]:
    """Name every key that repeats, column that lacks values, and foreign key with orphans."""
    found = []
    for table in data.schema.tables:
        rows = data.arrow(table.name)
        if table.primary_key:
            key = rows.select(list(table.primary_key))
            if key.group_by(key.column_names).aggregate([]).num_rows < rows.num_rows:
                found.append(f"{table.name} repeats a key")
        found += [
            f"{table.name}.{column.name} lacks values"
            for column in table.columns
            if not column.nullable and rows.column(column.name).null_count
        ]
    for key in data.schema.foreign_keys:
        present = data.arrow(key.table, key.columns).column(0).is_valid().to_numpy()
        if (parent_rows(data, key)[present] < 0).any():
            found.append(f"{key} has orphans")
    return found


@pytest.fixture(scope="module")
def shop() -> HmaModel:
    return fitted(awkward_shop())


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make blocks of 50 rows and share roots of up to 10, so that small samples have many."""
    monkeypatch.setattr(layout, "BLOCK_ROWS", 50)
    monkeypatch.setattr(layout, "SHARED_ROWS", 10)
    return


@pytest.mark.parametrize(
    "targets",
    [
        RowTargets(),
        RowTargets(scale=2.0),
        RowTargets(scale=0.02),
        RowTargets(tables={"customers": 0}),
        RowTargets(tables={"customers": 30, "orders": 500, "staff": 1}),
    ],
    ids=str,
)
def test_keys_references_and_row_counts_are_exact(shop: HmaModel, targets: RowTargets) -> None:
    assert broken(sampled(shop, targets)) == []


@pytest.mark.usefixtures("small_blocks")
def test_they_are_over_many_blocks_whose_parts_are_the_whole(shop: HmaModel) -> None:
    whole = sampled(shop, RowTargets(scale=1.5))
    assert broken(whole) == []
    parts = sampled(shop, RowTargets(scale=1.5), parts=True)
    assert all(whole.arrow(name).equals(parts.arrow(name)) for name in whole)


def test_the_check_can_fail(shop: HmaModel) -> None:
    made = sampled(shop, RowTargets())
    tables = {name: made.arrow(name) for name in made}
    tables["lines"] = pa.concat_tables([tables["lines"], tables["lines"].slice(0, 1)])
    tables["products"] = tables["products"].slice(1)
    assert broken(Dataset.in_memory(made.schema, tables)) == [
        "lines repeats a key",
        "lines(sku) -> products(sku) has orphans",
        "tagged(sku) -> products(sku) has orphans",
    ]


def test_columns_that_sdv_does_not_see(shop: HmaModel) -> None:
    made = sampled(shop, RowTargets())["customers"]
    real = awkward_shop()["customers"]
    assert made["nothing"].isna().all()
    assert (made["always"] == 5).all()
    assert not set(made["email"]) & set(real["email"])
    assert not set(made["note"]) & set(real["note"])
    assert set(made["raw"]) <= set(real["raw"])
    assert made["since"].between(real["since"].min(), real["since"].max()).all()


def test_the_same_model_gives_the_same_rows_after_a_round_trip(shop: HmaModel) -> None:
    state = shop.state()
    assert {name.rpartition(".")[2] for name in state.foreign} == {"pkl"}
    copy = restore(State(json.loads(json.dumps(state.json)), state.arrays, state.foreign))
    one, two = sampled(shop, RowTargets()), sampled(copy, RowTargets())
    assert all(one.arrow(name).equals(two.arrow(name)) for name in one)
    other = sampled(shop, RowTargets(), seed=6)
    assert not one.arrow("orders").equals(other.arrow("orders"))


def test_what_is_pickled_holds_no_label_of_the_data() -> None:
    data = awkward_shop()
    pickles = b"".join(fitted(data).state().foreign.values())
    assert b"t000" in pickles
    for text in ("customers", "home.example", "C00007", "region"):
        assert text.encode() not in pickles


def test_a_pickle_of_something_else_is_an_error(shop: HmaModel) -> None:
    import pickle

    state = shop.state()
    member = next(iter(state.foreign))
    for content, message in ((pickle.dumps([1]), "something else"), (b"junk", "cannot read")):
        with pytest.raises(ArtifactError, match=message):
            restore(State(state.json, state.arrays, {**state.foreign, member: content}))


def test_numpys_global_state_is_left_alone(shop: HmaModel) -> None:
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    sampled(shop, RowTargets(scale=0.1))
    assert np.random.random() == expected  # noqa: NPY002


def test_what_sdv_cannot_learn_is_named_without_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    from synthkit.synthesizers.sdv import hierarchical

    def refuse(self: Any, data: Any) -> None:
        raise ValueError("the value 'anna@home.example' is bad")

    monkeypatch.setattr(hierarchical.SeededHMA, "fit", refuse)
    with pytest.raises(UnsupportedError, match="SDV could not learn") as caught:
        fitted(awkward_shop())
    assert "anna" not in str(caught.value)
    assert "independent" in str(caught.value.hint)


def families(shuffled: bool = False) -> Dataset:
    """Return 150 parents with a level each, and 6 children around their parent's level."""
    rng = np.random.default_rng(2)
    level = rng.normal(0, 10, 150)
    owner = np.repeat(np.arange(150), 6)
    near = level[owner] + rng.normal(0, 1, len(owner))
    if shuffled:
        owner = rng.permutation(owner)
    data = {
        "parents": pa.table({"id": list(range(150)), "level": level}),
        "children": pa.table({"id": list(range(len(owner))), "parent": owner, "near": near}),
    }
    tables = tuple(_described(name, rows, "id") for name, rows in data.items())
    keys = (_link("children", "parent", "parents", "id"),)
    return Dataset.in_memory(Schema(tables=tables, foreign_keys=keys), data)


def family_correlation(data: Dataset) -> float:
    means = data["children"].groupby("parent")["near"].mean()
    level = data["parents"].set_index("id")["level"]
    pairs: npt.NDArray[Any] = np.corrcoef(level.loc[means.index], means)
    return float(pairs[0, 1])


@pytest.mark.parametrize("shuffled", [False, True])
def test_children_are_like_their_own_parents(shuffled: bool) -> None:
    """Fisher z of a correlation over n = 150 parents: |r| above 0.39 has alpha 1e-6 under none.

    The twin is learned from shuffled foreign keys, and must not pass.
    """
    made = sampled(fitted(families(shuffled)), RowTargets())
    bound = np.tanh(4.89 / np.sqrt(made.row_counts["parents"] - 3))
    assert (abs(family_correlation(made)) > bound) is not shuffled


def test_children_of_different_parents_are_drawn_apart() -> None:
    """SDV seeds every parent's copula alike; with one level for all, firsts would be one value."""
    rng = np.random.default_rng(4)
    owner = np.repeat(np.arange(60), 3)
    data = {
        "parents": pa.table({"id": list(range(60))}),
        "children": pa.table({"id": list(range(180)), "parent": owner, "x": rng.normal(size=180)}),
    }
    tables = tuple(_described(name, rows, "id") for name, rows in data.items())
    keys = (_link("children", "parent", "parents", "id"),)
    made = sampled(
        fitted(Dataset.in_memory(Schema(tables=tables, foreign_keys=keys), data)), RowTargets()
    )
    first = made["children"].groupby("parent")["x"].first()
    assert first.std() > 0.5


def run(*arguments: str | Path, cwd: Path, hash_seed: str, code: int = 0) -> str:
    """Run the command line in a process of its own; return what it prints, errors too."""
    done = subprocess.run(
        [sys.executable, "-m", "synthkit", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*.csv"))
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest, repository: Path) -> Path:
    folder = repository.parent / "shared" / "data" / request.param / "train"
    if not folder.exists():
        pytest.skip(f"no real data set at {folder}")
    return folder


@pytest.mark.parametrize("real", ["baseball", "chinook"], indirect=True)
def test_the_command_line_on_real_data(real: Path, tmp_path: Path) -> None:
    """Fitted twice and sampled twice, in processes that order their sets differently."""
    for seed in ("1", "2"):
        work = tmp_path / seed
        work.mkdir()
        said = run("fit", real, "--synthesizer", "hma", "--seed", 1, cwd=work, hash_seed=seed)
        assert ("HMA part 1" in said) is (real.parent.name == "chinook")
        refused = run("sample", "--seed", 1, cwd=work, hash_seed=seed, code=5)
        assert "--trust-pickle" in refused
        run("sample", "--seed", 1, "--trust-pickle", cwd=work, hash_seed=seed)
    first, second = tmp_path / "1" / "synthetic", tmp_path / "2" / "synthetic"
    assert digests(first) == digests(second)
    assert digests(first)
    metadata = json.loads((real / "metadata.json").read_text())
    made = {name: pd.read_csv(first / f"{name}.csv", dtype=str) for name in metadata["tables"]}
    for name, table in metadata["tables"].items():
        assert list(made[name].columns) == list(pd.read_csv(real / f"{name}.csv").columns)
        assert len(made[name]) == len(pd.read_csv(real / f"{name}.csv"))
        if key := table.get("primary_key"):
            assert not made[name].duplicated([key] if isinstance(key, str) else key).any(), name
    for link in metadata["relationships"]:
        column = made[link["child_table_name"]][link["child_foreign_key"]].dropna()
        known = made[link["parent_table_name"]][link["parent_primary_key"]]
        assert column.isin(known).all(), link
