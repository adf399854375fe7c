"""`--edge-cases` of generate and sample, from the command line to the files and back."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

import synthkit
from synthkit import pipeline
from synthkit.cli import cli
from synthkit.dataset import Dataset
from synthkit.errors import DataError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.files import dumps
from synthkit.schema.mixed import text_in
from synthkit.schema.storage import arrow_schema

STORAGES = {
    "flag": ("bool", "Y/N"),
    "plain_flag": ("bool", None),
    "whole": ("int64", "{:,d}"),
    "number": ("double", "{!c:,.2f}"),
    "price": ("decimal128(8, 2)", None),
    "day": ("date32[day]", "%d.%m.%Y"),
    "moment": ("timestamp[us]", None),
    "clock": ("time64[us]", None),
    "bytes": ("binary", "hex"),
}
_MOMENT = dt.datetime(2024, 5, 6, 7, 8, 9)
VALUES: dict[str, list[Any]] = {
    "flag": [True, False],
    "plain_flag": [True, False],
    "whole": [1_234_567, -5],
    "number": [1234.25, -0.5],
    "price": [Decimal("1.25"), Decimal("-7.00")],
    "day": [_MOMENT.date(), dt.date(1999, 12, 31)],
    "moment": [_MOMENT, dt.datetime(1999, 12, 31)],
    "clock": [_MOMENT.time(), dt.time(23, 59)],
    "bytes": [b"ab", b"cd"],
}
RECIPE = """recipe: 1
tables:
  customers:
    rows: 300
    columns:
      id: sequence
      email: {person: email, unique: true}
      name: {person: name}
      segment: {choice: {small: 5, large: 2}}
      note: catch_phrase
  orders:
    rows: 600
    columns:
      id: sequence
      customer_id: {references: customers}
      placed_at: {time: {start: 2024-01-01, end: 2025-12-31}}
      price: {lognormal: {median: 30, sigma: 0.8}, decimals: 2, min: 1}
"""


def done(*arguments: str, code: int = 0) -> Any:
    """Run a command with --json and return what it prints."""
    result = CliRunner().invoke(cli, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / "edge_cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of a recipe, odd ones of it, a model of it, and an odd sample of that."""
    work = tmp_path_factory.mktemp("odd")
    (work / "shop.yaml").write_text(RECIPE)
    recipe, model = str(work / "shop.yaml"), str(work / "shop.synthkit")
    done("generate", recipe, "--seed", "3", "--out", str(work / "plain"))
    told = {}
    for name, more in (("odd", []), ("broken", ["--invalid"])):
        told[f"generate {name}"] = done(
            *("generate", recipe, "--seed", "3", "--edge-cases", "0.2", *more),
            *("--out", str(work / f"generate {name}")),
        )
    done("fit", str(work / "plain"), "--seed", "1", "--out", model, "--synthesizer", "independent")
    for name, more in (("odd", []), ("broken", ["--invalid"])):
        told[f"sample {name}"] = done(
            *("sample", model, "--seed", "3", "--edge-cases", "0.2", *more, "--format", "jsonl"),
            *("--out", str(work / f"sample {name}")),
        )
    (work / "told.json").write_text(json.dumps(told))
    return work


@pytest.mark.parametrize("command", ["generate", "sample"])
def test_valid_cases_are_listed_by_key_and_break_nothing(made: Path, command: str) -> None:
    folder = made / f"{command} odd"
    assert done("validate", str(folder))["ok"]
    data = pipeline.read(folder)
    assert set(data) == {"customers", "orders"}
    listed = lines(folder)
    told = json.loads((made / "told.json").read_text())[f"{command} odd"]["edge_cases"]
    rows = {(line["table"], line["row"] or line["key"], line["kind"]) for line in listed}
    assert Counter(kind for _, _, kind in rows) == told["counts"]
    assert {"unicode", "injection", "long", "number", "date", "children"} <= set(told["counts"])
    for line in listed:
        if line["row"]:
            row = data[line["table"]].iloc[int(line["row"]) - 1]
            assert json.loads(line["key"]) == {"id": row["id"]}
            if line["kind"] == "long":
                assert len(row[line["column"]]) >= 1_000


@pytest.mark.parametrize("command", ["generate", "sample"])
def test_invalid_cases_are_what_validation_finds(made: Path, command: str) -> None:
    folder = made / f"{command} broken"
    found = done("validate", str(folder), code=3)
    assert not found["ok"]
    listed = lines(folder)
    wrong = {(x["table"], x["row"], x["kind"]) for x in listed if x["valid"] == "false"}
    said = Counter((table, {"not_null": "null"}.get(kind, kind)) for table, _, kind in wrong)
    broken: Counter[tuple[str, str]] = Counter()
    for each in pipeline.validate(folder).violations:
        broken[each.table, each.kind] += each.count
    assert broken == said
    assert {"orphan", "duplicate", "null"} <= {kind for _, kind in said}


FORMATS = ("csv", "tsv.gz", "json", "jsonl", "jsonl.zst")


@pytest.mark.parametrize("form", FORMATS)
def test_text_that_is_no_value_is_found_in_every_format_of_text(
    made: Path, form: str, tmp_path: Path
) -> None:
    """Row by row: what is listed as text in place of a value stands there, and no other."""
    table = tmp_path / f"t.{form}"
    schema = Schema(
        tables=(
            Table(
                name="t",
                columns=tuple(
                    Column(name=name, storage=storage, format=written, nullable=False)
                    for name, (storage, written) in STORAGES.items()
                ),
            ),
        )
    )
    rows = {name: pa.array(VALUES[name] * 100) for name in STORAGES}
    kinds = arrow_schema(list(STORAGES), [storage for storage, _ in STORAGES.values()])
    data = Dataset.in_memory(schema, {"t": pa.table(rows).cast(kinds)})
    odd = synthkit.with_edge_cases(data, 0.3, kinds=[], invalid=True, seed=1)
    synthkit.write(odd, table)
    assert not [note for note in odd.notes if "invalid.type" in note]
    (tmp_path / "schema.yaml").write_text(dumps(schema))
    wrong = {
        (x["column"], int(x["row"]))
        for x in csv.DictReader((tmp_path / f"t.{form}.edge_cases.csv").read_text().splitlines())
        if x["kind"] == "type"
    }
    assert {name for name, _ in wrong} == set(STORAGES)
    found = synthkit.read(tmp_path, keep_text=True, check=False)
    standing = set()
    for name in STORAGES:
        texts = pa.chunked_array([text_in(each[name]) for each in found.chunks("t")])
        standing |= {(name, i + 1) for i, text in enumerate(texts.to_pylist()) if text is not None}
    assert standing == wrong
    said = [each for each in pipeline.validate(tmp_path).violations if each.kind == "type"]
    assert sum(each.count for each in said) == len(wrong)
    with pytest.raises(DataError, match="not ") as caught:
        synthkit.read(tmp_path).load()
    assert "`synthkit validate` lists all such rows" in str(caught.value.hint)


def test_typed_formats_leave_wrong_types_out_and_say_so(made: Path) -> None:
    told = done(
        *("generate", str(made / "shop.yaml"), "--seed", "3", "--edge-cases", "0.2", "--invalid"),
        *("--format", "parquet", "--out", str(made / "typed")),
    )["edge_cases"]
    assert "invalid.type" not in told["counts"]
    assert [note for note in told["notes"] if note.startswith("invalid.type: columns have types")]
    assert "invalid.range" in told["counts"]


def test_what_did_not_fit_is_said_in_words(made: Path) -> None:
    result = CliRunner().invoke(
        cli,
        [
            *("generate", str(made / "shop.yaml"), "--seed", "3", "--edge-cases", "0.01"),
            *("--out", str(made / "few")),
        ],
    )
    assert result.exit_code == 0, result.output
    [told] = [line for line in result.output.splitlines() if line.startswith("Note: customers: ")]
    assert "different cases are there" in told
    assert "are not: 3 of 300 rows carry one; a share of 0." in told
