"""The command line in processes of its own: every command, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synthkit", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small data set, its model and a broken model."""
    work = tmp_path_factory.mktemp("shop")
    data = work / "data"
    data.mkdir()
    customers = "".join(f"{i},{'DE' if i % 3 else 'FR'},{20 + i % 50}\n" for i in range(1, 61))
    (data / "customers.csv").write_text("id,country,age\n" + customers)
    orders = "".join(f"{i},{i % 60 + 1},{i % 7}.50\n" for i in range(1, 181))
    (data / "orders.csv").write_text("id,customer_id,price\n" + orders)
    assert run("fit", "data", "--seed", "1", "--quiet", cwd=work).returncode == 0
    (work / "broken.synthkit").write_bytes((work / "model.synthkit").read_bytes()[:200])
    (work / "a_file").write_text("x")
    return work


REFUSED = {
    "unknown command": (["smaple"], 2),
    "unknown option": (["sample", "--row", "5"], 2),
    "no data": (["fit", "nowhere"], 2),
    "no arguments": (["fit"], 2),
    "existing model": (["fit", "data"], 2),
    "unknown synthesizer": (["fit", "data", "--synthesizer", "realtional", "--out", "n"], 2),
    "unknown setting": (["fit", "data", "--set", "tree=3", "--out", "n"], 2),
    "setting that does not fit": (["fit", "data", "--set", "trees=many", "--out", "n"], 2),
    "missing model": (["sample", "missing.synthkit"], 5),
    "broken model": (["sample", "broken.synthkit"], 5),
    "a model that is none": (["sample", "a_file"], 5),
    "rows that are none": (["sample", "--rows", "many"], 2),
    "negative rows": (["sample", "--rows", "-5"], 2),
    "unknown table": (["sample", "--rows", "custmers=5"], 2),
    "no scale": (["sample", "--scale", "0"], 2),
    "two sizes": (["sample", "--scale", "2", "--rows", "5"], 2),
    "unknown format": (["sample", "--format", "xlsm"], 2),
    "a file where a folder is": (["sample", "--out", "a_file", "--format", "csv"], 2),
    "a folder in a file": (["sample", "--out", "a_file/deep/er"], 2),
    "unknown generator": (["generate", "crn", "--out", "g"], 2),
    "rows of no table": (["generate", "crm", "--rows", "nothing=5", "--out", "g"], 2),
    "nothing to inspect": (["inspect", "nowhere"], 2),
    "nothing to validate": (["validate", "nowhere"], 2),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_done_is_refused_on_one_screen(shop: Path, case: str) -> None:
    arguments, code = REFUSED[case]
    done = run(*arguments, cwd=shop)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 12
    assert "Error" in done.stderr
    assert "Hint:" in done.stderr
    assert not (shop / "n").exists()
    assert not (shop / "g").exists()


def test_json_is_all_that_json_prints(shop: Path) -> None:
    for arguments in (
        ["fit", "data", "--json", "--seed", "1", "--out", "as_json.synthkit"],
        ["sample", "--rows", "30", "--json", "--out", "as_json"],
        ["sample", "--rows", "30", "--plan", "--json"],
        ["inspect", "data", "--json"],
        ["inspect", "model.synthkit", "--json"],
        ["validate", "data", "--json"],
        ["plugins", "--json"],
    ):
        done = run(*arguments, cwd=shop)
        assert done.returncode == 0, (arguments, done.stderr)
        assert json.loads(done.stdout)


def test_what_fit_decided_is_told_again_by_inspect(shop: Path) -> None:
    (shop / "towns").mkdir()
    rows = "".join(f"{i},Town{i % 20:02},{20 + i % 50}\n" for i in range(1, 61))
    (shop / "towns" / "shops.csv").write_text("id,town,age\n" + rows)
    done = run("fit", "towns", "--seed", "1", "--out", "towns.synthkit", cwd=shop)
    assert done.returncode == 0
    (told,) = (line for line in done.stderr.splitlines() if line.startswith("Made anew: labels"))
    assert "shops.town" in told
    assert told in run("inspect", "towns.synthkit", cwd=shop).stdout.splitlines()
    known = json.loads(run("inspect", "towns.synthkit", "--json", cwd=shop).stdout)
    assert known["notes"] == [told]
    assert json.loads(run("inspect", "model.synthkit", "--json", cwd=shop).stdout)["notes"] == []


def test_an_error_is_json_too(shop: Path) -> None:
    done = run("sample", "missing.synthkit", "--json", cwd=shop)
    assert done.returncode == 5
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "ArtifactError"
    assert error["exit_code"] == 5
    assert error["hint"]


def test_the_plan_is_shown_and_kept(shop: Path) -> None:
    done = run("sample", "--rows", "orders=90", "--seed", "3", "--out", "planned", cwd=shop)
    assert done.returncode == 0
    assert "orders" in done.stdout.split("Wrote")[0]
    assert (shop / "planned" / "orders.csv").read_text().count("\n") == 91


def test_a_seed_that_was_drawn_makes_the_same_again(shop: Path) -> None:
    first = run("sample", "--rows", "40", "--out", "drawn", "--json", cwd=shop)
    seed = json.loads(first.stdout)["seed"]
    again = run("sample", "--rows", "40", "--out", "again", "--seed", str(seed), cwd=shop)
    assert again.returncode == 0
    for path in (shop / "drawn").glob("*.csv"):
        assert path.read_bytes() == (shop / "again" / path.name).read_bytes()


def test_nothing_is_overwritten_unasked(shop: Path) -> None:
    assert run("sample", "--rows", "20", "--out", "kept", cwd=shop).returncode == 0
    before = (shop / "kept" / "orders.csv").read_bytes()
    refused = run("sample", "--rows", "20", "--out", "kept", cwd=shop)
    assert refused.returncode == 2
    assert "--overwrite" in refused.stderr
    assert (shop / "kept" / "orders.csv").read_bytes() == before
    done = run("sample", "--rows", "20", "--seed", "9", "--out", "kept", "--overwrite", cwd=shop)
    assert done.returncode == 0
    assert (shop / "kept" / "orders.csv").read_bytes() != before


def test_a_broken_data_set_is_told_by_the_exit_code(shop: Path) -> None:
    assert run("validate", "data", "--quiet", cwd=shop).returncode == 0
    broken = shop / "broken"
    broken.mkdir()
    run("inspect", "data", "--out", "broken/schema.yaml", cwd=shop)
    (broken / "customers.csv").write_text((shop / "data" / "customers.csv").read_text())
    (broken / "orders.csv").write_text("id,customer_id,price\n1,1,2.50\n2,999,2.50\n")
    done = run("validate", "broken", cwd=shop)
    assert done.returncode == 3
    assert "orders" in done.stdout
    assert "999" not in done.stdout


def test_help_has_examples_for_every_command(shop: Path) -> None:
    for name in ("generate", "inspect", "fit", "sample", "validate", "plugins"):
        done = run(name, "--help", cwd=shop)
        assert done.returncode == 0
        lines = done.stdout.splitlines()
        assert any(line.strip().startswith(f"synthkit {name}") for line in lines)
        assert "\\b" not in done.stdout
