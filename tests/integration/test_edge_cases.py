"""`--edge-cases` of generate and sample, from the command line to the files and back."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from synthkit import pipeline
from synthkit.cli import cli

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
