"""``synthkit compare`` and ``synthkit fit --holdout`` as they are typed."""

import json
import subprocess
import sys

import pyarrow as pa
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.schema import Schema


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "synthkit", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Return a folder with 60 customers and 240 orders."""
    folder = tmp_path_factory.mktemp("shop")
    customers = [f"{n},{'north' if n % 3 else 'south'},{20 + n % 40}" for n in range(1, 61)]
    orders = [f"{n},{n % 60 + 1},{(n * 7) % 50 + 0.5}" for n in range(1, 241)]
    (folder / "customers.csv").write_text("\n".join(["id,region,age", *customers]) + "\n")
    (folder / "orders.csv").write_text("\n".join(["id,customer_id,amount", *orders]) + "\n")
    return folder


def test_one_table_and_two_files(shop, tmp_path):
    out = tmp_path / "out"
    ran = run("compare", shop, "--with", "independent", "--seed", 1, "--out", out, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].split()[:3] == ["synthesizer", "shapes", "pairs"]
    assert [line.split()[0] for line in lines[1:4]] == ["ceiling", "independent", "floor"]
    assert "Held out: 50% of customers, and what hangs on them." in lines
    assert sorted(each.name for each in out.iterdir()) == ["comparison.html", "comparison.json"]
    again = run("compare", shop, "--with", "independent", "--out", out, cwd=tmp_path)
    assert again.returncode == 2
    assert "holds a comparison already" in again.stderr


def test_json_holds_every_measure_and_seed(shop, tmp_path):
    ran = run("compare", shop, "--with", "independent", "--seeds", 2, "--json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert [trial["seed"] - told["seed"] for trial in told["trials"]] == [0, 1]
    assert told["trials"][0]["measures"]["shapes"]["worst_table"] in ("customers", "orders")
    assert told["rows"]["customers"] == {"train": 30, "holdout": 30}
    assert told["files"] == []


def test_what_there_is_not_is_named(shop, tmp_path):
    ran = run("compare", shop, "--with", "relationl", "--json", cwd=tmp_path)
    assert ran.returncode == 2
    assert "relational" in json.loads(ran.stdout)["error"]["hint"]


def test_it_fails_where_none_could_do_it(tmp_path):
    key = {"sdtype": "id", "storage": "int64", "nullable": False}
    above = {"columns": [{"name": "id", **key}], "primary_key": "id"}
    below = {"columns": [{"name": "id", **key}, {"name": "a", **key}], "primary_key": "id"}
    link = {"table": "c", "columns": "a", "parent_columns": "id"}
    schema = Schema.model_validate(
        {
            "tables": [{"name": "a", **above}, {"name": "b", **above}, {"name": "c", **below}],
            "foreign_keys": [{**link, "parent": "a", "unique": True}, {**link, "parent": "b"}],
        }
    )
    rows = pa.table({"id": range(40)})
    tables = {"a": rows, "b": rows, "c": rows.append_column("a", rows.column("id"))}
    pipeline.write(Dataset.in_memory(schema, tables), tmp_path / "odd")
    ran = run("compare", "odd", "--with", "independent", "--seed", 1, cwd=tmp_path)
    assert ran.returncode == 1, ran.stderr
    assert "independent: The one-to-one key c(a) -> a(id) shares a column" in ran.stdout
    assert "There is no floor." in ran.stdout


def test_fit_tells_what_it_held_out(shop, tmp_path):
    ran = run("fit", shop, "--synthesizer", "independent", "--holdout", "0.2", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "Held out: 12 rows of customers, and what hangs on them." in ran.stdout
    told = run("fit", shop, "--holdout", "0.2", "--json", "--out", "b.synthkit", cwd=tmp_path)
    assert json.loads(told.stdout)["holdout"]["rows"] == {"customers": 12, "orders": 48}
    refused = run("fit", shop, "--holdout", "1", "--out", "c.synthkit", cwd=tmp_path)
    assert refused.returncode == 2
