"""The command line under conditions: what is written, and what is refused before anything is."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
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


def column(path: Path, name: str) -> list[str]:
    with path.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the models of a small data set, one of them by the baseline."""
    work = tmp_path_factory.mktemp("shop")
    (work / "data").mkdir()
    customers = "".join(f"{i},{'DE' if i % 3 else 'FR'},{20 + i % 50}\n" for i in range(1, 301))
    (work / "data" / "customers.csv").write_text("id,country,age\n" + customers)
    orders = "".join(f"{i},{i % 300 + 1},{i % 7}.50\n" for i in range(1, 901))
    (work / "data" / "orders.csv").write_text("id,customer_id,price\n" + orders)
    (work / "roots.csv").write_text("country,id\nDE,7\nFR,5\n")
    assert run("fit", "data", "--seed", "1", "--quiet", cwd=work).returncode == 0
    other = ["--synthesizer", "independent", "--out", "other.synthkit"]
    assert run("fit", "data", *other, "--quiet", cwd=work).returncode == 0
    return work


def test_conditions_shares_and_given_rows_are_written(shop: Path) -> None:
    asked = ["--where", "country=FR", "--where", "age>=60", "--out", "where"]
    assert run("sample", "--rows", "50", *asked, "--quiet", cwd=shop).returncode == 0
    assert set(column(shop / "where" / "customers.csv", "country")) == {"FR"}
    assert min(map(int, column(shop / "where" / "customers.csv", "age"))) >= 60
    asked = ["--weights", "customers.country=DE:0.25,FR:0.75", "--out", "weights"]
    assert run("sample", "--rows", "80", *asked, "--quiet", cwd=shop).returncode == 0
    countries = column(shop / "weights" / "customers.csv", "country")
    assert Counter(countries) == {"DE": 20, "FR": 60}
    asked = ["--given", "roots.csv", "--out", "given"]
    assert run("sample", *asked, "--quiet", cwd=shop).returncode == 0
    assert column(shop / "given" / "customers.csv", "id") == ["7", "5"]
    assert set(column(shop / "given" / "orders.csv", "customer_id")) <= {"7", "5"}
    for folder in ("where", "weights", "given"):
        assert run("validate", folder, cwd=shop).returncode == 0


def test_neither_chunks_nor_processes_change_what_is_written(shop: Path) -> None:
    asked = ["--where", "country=FR", "--rows", "40000", "--seed", "3", "--quiet"]
    written = []
    for number, options in enumerate((["--jobs", "1"], ["--jobs", "2"], ["--chunk-rows", "999"])):
        out = f"same{number}"
        assert run("sample", *asked, *options, "--out", out, cwd=shop).returncode == 0
        written.append(
            [(shop / out / name).read_bytes() for name in ("customers.csv", "orders.csv")]
        )
    assert written[0] == written[1] == written[2]


REFUSED = {
    "no operator": (["--where", "country"], 2),
    "unknown label": (["--where", "country=IT"], 2),
    "no file": (["--given", "nowhere.csv"], 2),
    "another number": (["--given", "roots.csv", "--rows", "5"], 2),
    "the baseline": (["other.synthkit", "--where", "country=DE"], 4),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_is_refused_before_anything_is_written(shop: Path, case: str) -> None:
    arguments, code = REFUSED[case]
    done = run("sample", *arguments, "--out", "refused", cwd=shop)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Hint:" in done.stderr
    assert not (shop / "refused").exists()
