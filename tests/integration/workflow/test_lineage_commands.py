"""verify, replay and lineage in processes of their own, on what other commands wrote."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synthkit", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def done(*arguments: str, cwd: Path) -> str:
    result = run(*arguments, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, a model of it, a sample, generated data, and anonymized data."""
    work = tmp_path_factory.mktemp("work")
    (work / "shop").mkdir()
    customers = "".join(f"{n},c{n}@example.com,{20 + n % 9}\n" for n in range(1, 61))
    (work / "shop" / "customers.csv").write_text("id,email,age\n" + customers)
    orders = "".join(f"{n},{n % 60 + 1},{n % 7}.50\n" for n in range(1, 181))
    (work / "shop" / "orders.csv").write_text("id,customer_id,price\n" + orders)
    done("fit", "shop", "--synthesizer", "independent", "--seed", "1", "--quiet", cwd=work)
    done("sample", "--rows", "90", "--out", "synthetic", "--quiet", cwd=work)
    done("generate", "crm", "--rows", "customers=20", "--out", "crm", "--quiet", cwd=work)
    done("key", "new", "k1", "--out", "my.key", cwd=work)
    done("anonymize", "shop", "--key-file", "my.key", "--out", "clean", "--quiet", cwd=work)
    return work


def tables(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lineage.json"
    }


@pytest.mark.parametrize("name", ["synthetic", "crm", "clean"])
def test_a_replay_gives_identical_bytes(work: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "again"
    key = ["--key-file", "my.key"] if name == "clean" else []
    told = json.loads(done("replay", name, "--out", str(out), "--json", *key, cwd=work))
    assert told["identical"]
    assert tables(out) == tables(work / name)
    assert "as it was written" in done("verify", str(out), "--count", cwd=work)


def test_conditions_and_single_files_are_replayed(work: Path, tmp_path: Path) -> None:
    given = tmp_path / "roots.csv"
    given.write_text("age\n25\n30\n")
    out = str(tmp_path / "s.jsonl")
    fit = ["fit", "shop", "--seed", "1", "--quiet", "--out", str(tmp_path / "r.synthkit")]
    done(*fit, cwd=work)
    model = str(tmp_path / "r.synthkit")
    for number, asked in enumerate(
        (["--where", "age>=25", "--rows", "30"], ["--given", str(given)])
    ):
        first, again = tmp_path / f"a{number}", tmp_path / f"b{number}"
        done("sample", model, *asked, "--out", str(first), "--quiet", cwd=work)
        done("replay", str(first), "--out", str(again), "--quiet", cwd=work)
        assert tables(first) == tables(again)
    shutil.copytree(work / "shop", tmp_path / "one")
    (tmp_path / "one" / "orders.csv").unlink()
    done(
        "fit", str(tmp_path / "one"), "--synthesizer", "independent", "--out", f"{model}2", cwd=work
    )
    done("sample", f"{model}2", "--rows", "5", "--out", out, "--quiet", cwd=work)
    refused = run("replay", out, "--out", str(tmp_path / "t.csv"), cwd=work)
    assert refused.returncode == 2
    done("replay", out, "--out", str(tmp_path / "t.jsonl"), cwd=work)
    assert (tmp_path / "t.jsonl").read_bytes() == Path(out).read_bytes()


def test_what_cannot_be_replayed_says_why(work: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "no")
    missing = run("replay", "clean", "--out", out, cwd=work)
    assert missing.returncode == 2
    assert "--key-file" in missing.stderr
    done("key", "new", "k2", "--out", str(tmp_path / "other.key"), cwd=work)
    other = run(
        "replay", "clean", "--out", out, "--key-file", str(tmp_path / "other.key"), cwd=work
    )
    assert other.returncode == 2
    shutil.copytree(work / "shop", tmp_path / "shop")
    with (tmp_path / "shop" / "customers.csv").open("a") as file:
        file.write("61,new@example.com,3\n")
    moved = run(
        *("replay", "clean", "--out", out, "--key-file", "my.key"),
        *("--input", f"data={tmp_path / 'shop'}"),
        cwd=work,
    )
    assert moved.returncode == 3
    assert "was changed since" in moved.stderr
    plain = run("replay", "shop", "--out", out, cwd=work)
    assert plain.returncode == 2
    assert not Path(out).exists()


def test_a_changed_version_is_told_and_a_changed_result_is_not_written(
    work: Path, tmp_path: Path
) -> None:
    """The twin of the replay test: a lineage that asks for another seed than made the tables."""
    from synthkit.lineage import record

    shutil.copytree(work / "synthetic", tmp_path / "forged")
    path = tmp_path / "forged" / "lineage.json"
    known = record.load(path)
    changes = {"seed": (known.seed or 0) + 1, "versions": {**known.versions, "numpy": "0.1"}}
    path.write_text(record.dumps(record.sealed(known.model_copy(update=changes))))
    result = run("replay", str(tmp_path / "forged"), "--out", str(tmp_path / "out"), cwd=work)
    assert result.returncode == 3
    assert "numpy 0.1" in result.stderr
    assert not (tmp_path / "out").exists()


def test_one_flipped_bit_anywhere_is_found(work: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(work / "synthetic", folder)
    from synthkit.lineage.verify import verify

    assert verify(str(folder)).ok
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        for position in {0, len(content) // 3, len(content) // 2, len(content) - 1}:
            broken = bytearray(content)
            broken[position] ^= 1
            path.write_bytes(broken)
            assert path.name in {each.file for each in verify(str(folder)).findings}, position
        path.write_bytes(content)
    flipped = bytearray((folder / "orders.csv").read_bytes())
    flipped[40] ^= 1
    (folder / "orders.csv").write_bytes(flipped)
    told = run("verify", str(folder), cwd=work)
    assert told.returncode == 3
    assert told.stdout.startswith("orders.csv: ")


def test_missing_and_other_files_are_found(work: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(work / "synthetic", folder)
    (folder / "orders.csv").unlink()
    (folder / "more.csv").touch()
    (folder / "lineage.json").unlink()
    found = run("verify", str(folder), "--json", cwd=work)
    assert found.returncode == 3
    kinds = {each["file"]: each["kind"] for each in json.loads(found.stdout)["findings"]}
    assert kinds == {"orders.csv": "missing", "more.csv": "extra", "lineage.json": "missing"}
    assert run("verify", "shop", cwd=work).returncode == 2
    assert run("verify", "nowhere", cwd=work).returncode == 2


def test_the_chain_is_drawn(work: Path, tmp_path: Path) -> None:
    drawn = done("lineage", "synthetic", "--svg", str(tmp_path / "a.svg"), cwd=work).splitlines()
    assert drawn[0].startswith("synthetic  (sampled with seed ")
    assert drawn[1].startswith("└─ model.synthkit  (model; fitted by independent with seed 1")
    assert drawn[2].startswith("   └─ shop  (data; 2 tables, 240 rows")
    root = ET.parse(tmp_path / "a.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in root.iter(f"{space}text")]
    assert {"synthetic", "model.synthkit", "shop"} <= set(texts)
    assert len(list(root.iter(f"{space}rect"))) == 3
    assert run("lineage", "synthetic", "--svg", str(tmp_path / "a.svg"), cwd=work).returncode == 2
    why = done("lineage", "model.synthkit", "--columns", cwd=work)
    assert "customers.email" in why
    assert json.loads(done("lineage", "clean", "--json", cwd=work))["step"] == "anonymize"


def test_the_lineage_holds_no_value_and_no_secret(work: Path) -> None:
    secret = (work / "my.key").read_text().rpartition(":")[2].strip()
    for name in ("synthetic", "clean"):
        text = (work / name / "lineage.json").read_text()
        assert "example.com" not in text
        assert secret not in text


@pytest.mark.parametrize("place", ["shop.sqlite", "duckdb:///shop.duckdb"])
def test_a_database_holds_its_lineage(work: Path, place: str) -> None:
    done("export", "shop", "--to", place, "--quiet", cwd=work)
    assert done("lineage", place, cwd=work).splitlines()[1].startswith("└─ shop  (data")
    assert "240 rows" in done("verify", place, cwd=work)
    assert run("replay", place, "--out", "never", cwd=work).returncode == 4
    if place == "shop.sqlite":
        with sqlite3.connect(work / place) as connection:
            connection.execute("DELETE FROM orders WHERE id = 7")
        found = run("verify", place, cwd=work)
        assert (found.returncode, found.stdout) == (3, "orders: 179 rows; 180 were written\n")
