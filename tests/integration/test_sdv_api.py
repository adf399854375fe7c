"""`synthkit.sdv` driven only through SDV's API: SDV's metadata, frames, methods and reports.

SDV takes seconds to import, so all of this is slow.
"""

from __future__ import annotations

import inspect
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sdmetrics.reports import DiagnosticReport, QualityReport
from sdv.cag import (
    FixedCombinations,
    FixedIncrements,
    Inequality,
    OneHotEncoding,
    ProgrammableConstraint,
    Range,
)
from sdv.cag._errors import ConstraintNotMetError
from sdv.errors import InvalidDataError, RefitWarning, SamplingError, SynthesizerInputError
from sdv.metadata import Metadata
from sdv.metadata.errors import InvalidMetadataError
from sdv.multi_table import HMASynthesizer
from sdv.multi_table.base import BaseMultiTableSynthesizer

from synthkit.errors import ArtifactError, DataError, UsageError
from synthkit.sdv import RelationalSynthesizer

pytestmark = pytest.mark.slow

Frames = dict[str, pd.DataFrame]


def shop() -> Frames:
    """Return seven tables, five deep, whose foreign keys carry the names of what they point at."""
    rng = np.random.default_rng(1)
    customers, orders = 150, 400
    owner = rng.integers(0, customers, orders)
    lines = np.repeat(np.arange(orders), rng.integers(1, 4, orders))
    since = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, customers), unit="D")
    placed = since[owner] + pd.to_timedelta(rng.integers(0, 10**6, orders), unit="s")
    shipped = placed + pd.to_timedelta(rng.integers(60, 10**6, orders), unit="s")
    price = rng.gamma(2, 10, 90).round(2) + 1
    product = rng.integers(0, 90, len(lines))
    return {
        "regions": pd.DataFrame(
            {"region_id": [10, 20, 30], "climate": ["cold", "mild", "hot"], "size": [1.5, 2.5, 9.0]}
        ),
        "customers": pd.DataFrame(
            {
                "customer_id": [f"C{number:05d}" for number in range(customers)],
                "region_id": rng.choice([10, 20, 30], customers),
                "since": since,
                "tier": rng.choice(["gold", "silver", "basic"], customers, p=[0.2, 0.3, 0.5]),
                "vip": rng.random(customers) < 0.3,
            }
        ),
        "orders": pd.DataFrame(
            {
                "placed": placed.strftime("%Y-%m-%d %H:%M:%S"),
                "shipped": pd.Series(shipped.strftime("%Y-%m-%d %H:%M:%S")).where(
                    rng.random(orders) < 0.8
                ),
                "order_id": np.arange(orders) + 1000,
                "customer_id": [f"C{number:05d}" for number in owner],
                "rating": pd.Series(rng.integers(1, 6, orders)).where(rng.random(orders) < 0.7),
            }
        ),
        "lines": pd.DataFrame(
            {
                "line_id": np.arange(len(lines)) + 1,
                "order_id": lines + 1000,
                "product_id": product,
                "amount": rng.integers(1, 9, len(lines)),
                "paid": (price[product] * rng.uniform(0.5, 1.0, len(lines))).round(2),
            }
        ),
        "products": pd.DataFrame(
            {
                "product_id": np.arange(90),
                "supplier_id": rng.integers(0, 25, 90),
                "price": price,
                "kind": pd.Series(rng.choice(["toy", "tool"], 90)).astype("category"),
            }
        ),
        "suppliers": pd.DataFrame({"supplier_id": np.arange(25), "score": rng.normal(size=25)}),
        "returns": pd.DataFrame(
            {
                "return_id": np.arange(120),
                "line_id": rng.permutation(len(lines))[:120] + 1,
                "reason": rng.choice(["broken", "late", "other"], 120),
            }
        ),
    }


def firm() -> tuple[Metadata, Frames]:
    """Return what SDV's own models refuse: self references, a circle and a key of two columns."""
    rng = np.random.default_rng(2)
    staff = 80
    data = {
        "offices": pd.DataFrame({"office": range(8), "head": rng.integers(0, staff, 8)}),
        "staff": pd.DataFrame(
            {
                "id": range(staff),
                "boss": [np.nan, *rng.integers(0, 10, staff - 1)],
                "office": rng.integers(0, 8, staff),
                "wage": rng.normal(3000, 300, staff).round(2),
            }
        ),
        "shifts": pd.DataFrame(
            [(person, day) for person in range(staff) for day in rng.permutation(7)[:3]],
            columns=["person", "day"],
        ),
    }
    data["shifts"]["hours"] = rng.integers(4, 9, len(data["shifts"]))
    data["breaks"] = data["shifts"].iloc[::2, :2].reset_index(drop=True)
    data["breaks"].insert(0, "minutes", rng.choice([15, 30, 45], len(data["breaks"])))
    ids = {"boss", "day", "head", "id", "office", "person"}
    tables: dict[str, dict[str, Any]] = {
        name: {
            "columns": {
                column: {"sdtype": "id" if column in ids else "numerical"} for column in frame
            }
        }
        for name, frame in data.items()
    }
    keys = {"offices": "office", "staff": "id", "shifts": ["person", "day"]}
    for name, key in keys.items():
        tables[name]["primary_key"] = key
    links = [
        ("offices", "head", "staff"),
        ("staff", "office", "offices"),
        ("staff", "boss", "staff"),
        ("shifts", "person", "staff"),
        ("breaks", ["person", "day"], "shifts"),
    ]
    relationships = [
        {
            "child_table_name": child,
            "child_foreign_key": columns,
            "parent_table_name": parent,
            "parent_primary_key": keys[parent],
        }
        for child, columns, parent in links
    ]
    return Metadata.load_from_dict({"tables": tables, "relationships": relationships}), data


def synthesizer(metadata: Metadata, **arguments: Any) -> RelationalSynthesizer:
    return RelationalSynthesizer(metadata, verbose=False, **arguments)


@pytest.fixture(scope="module")
def learned() -> tuple[RelationalSynthesizer, Metadata, Frames]:
    data = shop()
    metadata = Metadata.detect_from_dataframes(data)
    made = synthesizer(metadata)
    made.fit(data)
    return made, metadata, data


@pytest.fixture(scope="module")
def fitted(learned: tuple[RelationalSynthesizer, Metadata, Frames]) -> RelationalSynthesizer:
    made, _, _ = learned
    made.reset_sampling()
    return made


def same(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> bool:
    return list(one) == list(other) and all(one[name].equals(other[name]) for name in one)


def orphans(metadata: Metadata, data: Frames) -> dict[str, int]:
    """Count the rows that point at a parent that is not there, for each relationship."""
    found = {}
    for link in metadata.relationships:
        own = [link["child_foreign_key"]] if isinstance(link["child_foreign_key"], str) else None
        own = own or link["child_foreign_key"]
        other = link["parent_primary_key"]
        other = [other] if isinstance(other, str) else other
        child = data[link["child_table_name"]][own].dropna()
        known = set(data[link["parent_table_name"]][other].itertuples(index=False, name=None))
        lost = sum(row not in known for row in child.itertuples(index=False, name=None))
        if lost:
            found[f"{link['child_table_name']}.{own}"] = lost
    return found


def test_sdv_users_change_one_line(
    learned: tuple[RelationalSynthesizer, Metadata, Frames],
) -> None:
    made, metadata, data = learned
    assert len(metadata.tables) == 7
    assert metadata._get_max_schema_depth() == 5
    with pytest.raises(SynthesizerInputError, match="more than 5 tables"):
        HMASynthesizer(metadata)
    assert isinstance(made, BaseMultiTableSynthesizer)
    new = made.sample_scale(scale=1.0)
    assert orphans(metadata, new) == {}
    for name, real in data.items():
        assert list(new[name].columns) == list(real.columns)
        assert new[name].dtypes.astype(str).to_dict() == real.dtypes.astype(str).to_dict()
        assert len(new[name]) == len(real)
        assert list(new[name].index) == list(range(len(real)))
    made.get_metadata().validate_data(new)


def test_sdvs_reports_run_and_find_nothing_invalid(
    learned: tuple[RelationalSynthesizer, Metadata, Frames],
) -> None:
    made, metadata, data = learned
    new = made.sample_scale(scale=1.0)
    diagnostic = DiagnosticReport()
    diagnostic.generate(data, new, metadata.to_dict(), verbose=False)
    scores = diagnostic.get_properties().set_index("Property")["Score"]
    assert scores["Data Validity"] == 1.0, diagnostic.get_details("Data Validity")
    assert scores["Data Structure"] == 1.0, diagnostic.get_details("Data Structure")
    links = diagnostic.get_details("Relationship Validity")
    assert (links.loc[links["Metric"] == "ReferentialIntegrity", "Score"] == 1.0).all()
    quality = QualityReport()
    quality.generate(data, new, metadata.to_dict(), verbose=False)
    assert quality.get_score() > 0.8
    strangers = {name: frame.sample(frac=1).reset_index(drop=True) for name, frame in new.items()}
    strangers["orders"]["customer_id"] = "C99999"
    diagnostic.generate(data, strangers, metadata.to_dict(), verbose=False)
    links = diagnostic.get_details("Relationship Validity")
    assert not (links.loc[links["Metric"] == "ReferentialIntegrity", "Score"] == 1.0).all()


def test_self_references_circles_and_composite_keys() -> None:
    metadata, data = firm()
    with pytest.raises(InvalidMetadataError, match="circular"):
        HMASynthesizer(metadata)
    made = synthesizer(metadata)
    made.fit(data)
    new = made.sample(scale=2.0)
    assert orphans(metadata, new) == {}
    assert {name: len(rows) for name, rows in new.items()} == {
        name: 2 * len(rows) for name, rows in data.items()
    }
    assert not new["shifts"].duplicated(["person", "day"]).any()
    boss = dict(zip(new["staff"]["id"], new["staff"]["boss"], strict=True))
    for first in boss.values():
        above, steps = first, 0
        while not np.isnan(above):
            above, steps = boss[above], steps + 1
            assert steps <= len(boss), "somebody is above himself"
    for name, real in data.items():
        assert new[name].dtypes.to_dict() == real.dtypes.to_dict()


def test_samples_differ_until_sampling_is_reset(fitted: RelationalSynthesizer) -> None:
    first, second = fitted.sample(scale=0.5), fitted.sample(scale=0.5)
    assert not same(first, second)
    fitted.reset_sampling()
    assert same(first, fitted.sample(scale=0.5))
    seeded = fitted.sample(scale=0.5, seed=3)
    assert same(second, fitted.sample_scale(0.5))
    assert same(seeded, fitted.sample(scale=0.5, seed=3))
    assert not same(seeded, fitted.sample(scale=0.5, seed=4))


def test_the_seed_says_everything_that_is_random(
    learned: tuple[RelationalSynthesizer, Metadata, Frames],
) -> None:
    made, metadata, data = learned
    made.reset_sampling()
    expected = made.sample()
    again, other = synthesizer(metadata), synthesizer(metadata, seed=1)
    again.fit(data)
    other.fit_processed_data(other.preprocess(data))
    assert same(expected, again.sample())
    assert not same(expected, other.sample())
    assert again.get_parameters()["seed"] == 0
    assert other.get_parameters()["seed"] == 1


def test_rows_of_the_main_table_are_exact(fitted: RelationalSynthesizer) -> None:
    new = fitted.sample(333, "customers", batch_size=10, max_tries_per_batch=1)
    assert len(new["customers"]) == 333
    assert len(new["orders"]) == round(400 * 333 / 150)
    assert len(fitted.sample(num_rows=7, main_table_name="orders")["orders"]) == 7


def test_tables_of_fixed_meaning_are_kept_unless_told_otherwise(
    learned: tuple[RelationalSynthesizer, Metadata, Frames],
) -> None:
    made, metadata, data = learned
    assert made.sample(scale=3.0)["regions"].equals(data["regions"])
    loose = synthesizer(metadata, keep_reference_tables=False)
    loose.fit(data)
    assert len(loose.sample(scale=3.0)["regions"]) == 9


def test_what_is_saved_goes_on_where_it_was_and_holds_no_pickle(
    learned: tuple[RelationalSynthesizer, Metadata, Frames], tmp_path: Path
) -> None:
    made, metadata, _ = learned
    made.reset_sampling()
    made.sample(scale=0.1)
    path = tmp_path / "model.synthkit"
    path.write_text("is replaced, as SDV does")
    made.save(path)
    with zipfile.ZipFile(path) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".json", ".npy"}
    copy = RelationalSynthesizer.load(path)
    assert same(made.sample(scale=0.3), copy.sample(scale=0.3))
    assert copy.get_info() == made.get_info()
    assert copy.get_parameters() == {**made.get_parameters(), "locales": ["en_US"]}
    assert copy.get_metadata().relationships == metadata.relationships
    column = copy.get_metadata().tables["lines"].columns["paid"]
    assert column["sdtype"] == "numerical"
    assert "range_max" not in column
    again = tmp_path / "again.synthkit"
    copy.save(again)
    assert same(copy.sample(scale=0.3), RelationalSynthesizer.load(again).sample(scale=0.3))


def test_files_of_others_are_refused(tmp_path: Path, fitted: RelationalSynthesizer) -> None:
    path = tmp_path / "model.synthkit"
    with pytest.raises(ArtifactError, match="no model file"):
        RelationalSynthesizer.load(path)
    assert fitted._model is not None
    fitted._model.save(path)
    with pytest.raises(ArtifactError, match=r"not saved by synthkit\.sdv"):
        RelationalSynthesizer.load(path)


def test_output_goes_to_a_folder_as_sdvs_does(
    fitted: RelationalSynthesizer, tmp_path: Path
) -> None:
    new = fitted.sample_scale(0.2, output_folder_path=str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.csv" for name in new}
    assert len(pd.read_csv(tmp_path / "orders.csv")) == len(new["orders"])
    with pytest.raises(AssertionError, match="already exist"):
        fitted.sample_scale(0.2, output_folder_path=str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0}, "scale"),
        ({"scale": True}, "scale"),
        ({"scale": 1.0, "num_rows": 5, "main_table_name": "orders"}, "not both"),
        ({"main_table_name": "orders"}, "num_rows"),
        ({"num_rows": 5}, "main_table_name"),
        ({"num_rows": 5, "main_table_name": "order"}, "does not exist"),
        ({"num_rows": 1.5, "main_table_name": "orders"}, "num_rows"),
        ({"batch_size": 0}, "batch_size"),
    ],
)
def test_numbers_and_tables_that_there_cannot_be(
    arguments: dict[str, Any], message: str, fitted: RelationalSynthesizer
) -> None:
    with pytest.raises(SynthesizerInputError, match=message):
        fitted.sample(**arguments)


def test_what_is_not_fitted_is_neither_sampled_nor_saved(tmp_path: Path) -> None:
    metadata, data = firm()
    made = synthesizer(metadata)
    assert made.get_info()["is_fit"] is False
    for sample in (made.sample, made.sample_scale):
        with pytest.raises(SamplingError, match="not been fitted"):
            sample()
    with pytest.raises(SynthesizerInputError, match="call fit first"):
        made.save(tmp_path / "model.synthkit")
    with pytest.raises(InvalidDataError, match="unknown references"):
        made.fit({**data, "staff": data["staff"].iloc[:40]})
    with pytest.raises(InvalidDataError, match="missing the tables"):
        made.fit({"staff": data["staff"]})
    with pytest.raises(InvalidDataError, match="not present in the metadata"):
        made.validate({**data, "others": data["staff"]})
    with pytest.raises(InvalidDataError, match="two columns of one name"):
        made.validate({**data, "staff": data["staff"].rename(columns={"boss": "id"})})
    with pytest.raises(InvalidDataError, match="dict of frames"):
        made.validate(list(data.values()))  # type: ignore[arg-type]
    with pytest.raises(SynthesizerInputError, match=r"load_from_dict"):
        synthesizer(metadata.to_dict())
    with pytest.raises(SynthesizerInputError, match="one locale"):
        synthesizer(metadata, locales=["en_US", "de_DE"])
    with pytest.raises(UsageError, match="tree"):
        RelationalSynthesizer(metadata, verbose=False, settings={"tree": 3}).fit(data)


def constrained() -> tuple[Metadata, Frames]:
    rng = np.random.default_rng(3)
    low = rng.integers(0, 50, 300)
    mid = low + rng.integers(1, 40, 300)
    data = {
        "spans": pd.DataFrame(
            {
                "high": mid + rng.integers(1, 30, 300),
                "low": low,
                "mid": mid,
                "step": rng.integers(0, 30, 300) * 5,
            }
        )
    }
    columns = {column: {"sdtype": "numerical"} for column in data["spans"]}
    return Metadata.load_from_dict({"tables": {"spans": {"columns": columns}}}), data


def test_constraints_are_kept_in_every_row(tmp_path: Path) -> None:
    metadata, data = constrained()
    made = synthesizer(metadata)
    made.add_constraints([Inequality("low", "mid", table_name="spans")])
    made.add_constraints([Range("low", "mid", "high", table_name="spans")])
    with pytest.raises(SynthesizerInputError, match="have not seen the data"):
        made.validate_constraints(data)
    made.fit(data)
    made.save(tmp_path / "model.synthkit")
    copy = RelationalSynthesizer.load(tmp_path / "model.synthkit")
    assert [type(each) for each in copy.get_constraints()] == [Inequality, Range]
    copy.validate(data)
    for each in (made, copy):
        new = each.sample(scale=5.0)
        each.validate_constraints(new)
        assert (new["spans"]["step"] % 5 == 0).all()
    new["spans"].loc[3, "low"] = 1000
    with pytest.raises(ConstraintNotMetError, match="not met in 1 rows"):
        made.validate_constraints(new)
    with pytest.raises(ConstraintNotMetError):
        made.fit(new)


def labelled() -> tuple[Metadata, Frames]:
    """Return labels of which any two occur together, but never all three, and a one-hot code."""
    rng = np.random.default_rng(4)
    triples = np.array([(a, b, (a + b) % 4) for a in range(4) for b in range(4)])
    chosen = triples[rng.integers(0, len(triples), 600)]
    data = {"labels": pd.DataFrame(np.array(list("pqrs"))[chosen], columns=["a", "b", "c"])}
    hot = np.eye(3, dtype=int)[rng.integers(0, 3, 600)]
    data["labels"][["x", "y", "z"]] = hot
    columns = {
        column: {"sdtype": "categorical" if column in "abc" else "numerical"}
        for column in data["labels"]
    }
    return Metadata.load_from_dict({"tables": {"labels": {"columns": columns}}}), data


def test_combinations_are_those_seen(tmp_path: Path) -> None:
    metadata, data = labelled()
    seen = set(data["labels"][["a", "b", "c"]].itertuples(index=False, name=None))
    made = synthesizer(metadata)
    made.add_constraints(
        [
            FixedCombinations(["a", "b", "c"], table_name="labels"),
            OneHotEncoding(["x", "y", "z"], table_name="labels"),
        ]
    )
    made.fit(data)
    made.save(tmp_path / "model.synthkit")
    for each in (made, RelationalSynthesizer.load(tmp_path / "model.synthkit")):
        new = each.sample(scale=4.0)
        made.validate_constraints(new)
        assert set(new["labels"][["a", "b", "c"]].itertuples(index=False, name=None)) <= seen
        assert (new["labels"][["x", "y", "z"]].sum(axis=1) == 1).all()
    new["labels"].loc[:1, ["a", "b", "c"]] = ["p", "p", "s"]
    with pytest.raises(ConstraintNotMetError, match="FixedCombinations is not met in 2 rows"):
        made.validate_constraints(new)


def test_constraints_that_there_is_no_rule_for_are_refused() -> None:
    metadata, data = constrained()
    made = synthesizer(metadata)
    with pytest.raises(NotImplementedError, match="step that the data has"):
        made.add_constraints([FixedIncrements("step", 5, table_name="spans")])
    with pytest.raises(NotImplementedError, match="filter what is sampled"):
        made.add_constraints([ProgrammableConstraint()])
    with pytest.raises(SynthesizerInputError, match="table_name"):
        made.add_constraints([Inequality("low", "mid")])
    with pytest.raises(ConstraintNotMetError, match="missing columns"):
        made.add_constraints([Inequality("low", "top", table_name="spans")])
    with pytest.raises(ValueError, match="must be a list"):
        made.add_constraints(Inequality("low", "mid", table_name="spans"))
    assert made.get_constraints() == []
    made.fit(data)
    with pytest.warns(RefitWarning, match="refit"):
        made.add_constraints([Inequality("low", "mid", table_name="spans")])


ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "auto_assign_transformers": ({},),
    "get_learned_distributions": ("staff",),
    "get_loss_values": ("staff",),
    "get_transformers": ("staff",),
    "set_address_columns": ("staff", ("office",)),
    "set_table_parameters": ("staff", {}),
    "update_transformers": ("staff", {}),
}
TESTED = {
    "add_constraints",
    "fit",
    "fit_processed_data",
    "get_constraints",
    "get_info",
    "get_metadata",
    "get_parameters",
    "preprocess",
    "reset_sampling",
    "sample",
    "sample_scale",
    "save",
    "validate",
    "validate_constraints",
}


@pytest.mark.parametrize("method", ARGUMENTS)
def test_what_has_no_meaning_says_what_to_do_instead(method: str) -> None:
    made = synthesizer(firm()[0])
    with pytest.raises(NotImplementedError, match=rf"{method}\(\) has no meaning .+\. .+\."):
        getattr(made, method)(*ARGUMENTS[method])


def test_no_method_of_sdv_is_forgotten() -> None:
    """A later SDV may add methods; each has to work or to say why not."""
    methods = inspect.getmembers(BaseMultiTableSynthesizer, inspect.isfunction)
    public = {name for name, _ in methods if name[0] != "_"}
    assert public == {*TESTED, *ARGUMENTS, "get_table_parameters"}
    made = synthesizer(firm()[0])
    assert made.get_table_parameters("staff") == {
        "synthesizer_name": None,
        "synthesizer_parameters": {},
    }


def test_frames_are_left_as_they_are_and_warnings_are_sdvs(
    learned: tuple[RelationalSynthesizer, Metadata, Frames],
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, metadata, data = learned
    assert same(data, shop())
    loud = RelationalSynthesizer(metadata)
    loud.fit(data)
    assert "Learning tables" in capsys.readouterr().err
    with pytest.warns(RefitWarning):
        loud.preprocess(data)


def test_values_without_a_type_in_common_are_named_by_column_only() -> None:
    data = {"things": pd.DataFrame({"id": [1, 2, 3], "odd": ["secret", 5, 2.5]})}
    columns = {"id": {"sdtype": "id"}, "odd": {"sdtype": "categorical"}}
    table = {"columns": columns, "primary_key": "id"}
    made = synthesizer(Metadata.load_from_dict({"tables": {"things": table}}))
    with pytest.raises(DataError, match="'things', column 'odd'") as caught:
        made.fit(data)
    assert "secret" not in str(caught.value)
