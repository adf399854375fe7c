"""The command that writes a report: files, options, exit codes, and what it must not say."""

import json
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "synthkit", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("report")
    for words in (
        ("generate", "crm", "--rows", "customers=150", "--seed", 7, "--out", place / "real"),
        ("fit", place / "real", "--holdout", 0.3, "--seed", 1, "--out", place / "m.synthkit"),
        ("sample", place / "m.synthkit", "--rows", 150, "--seed", 2, "--out", place / "made"),
    ):
        done = run(*words, "--quiet")
        assert done.returncode == 0, done.stdout
    return place


def reported(folder, *words):
    return run(
        "report", folder / "real", folder / "made", "--model", folder / "m.synthkit", "--seed", 1,
        *words,
    )  # fmt: skip


@pytest.fixture(scope="module")
def written(folder):
    (folder / "q.sql").write_text("-- name: how many\nSELECT count(*) FROM customers")
    done = reported(folder, "--out", folder / "out", "--sql", folder / "q.sql")
    assert done.returncode == 0, done.stdout
    return folder / "out", done.stdout


@pytest.fixture(scope="module")
def gated(folder):
    asked = "fidelity=0.5,c2st=0.4"
    return reported(
        folder, "--out", folder / "again", "--sql", folder / "q.sql",
        "--fail-under", asked, "--junit", folder / "j.xml",
    )  # fmt: skip


def test_a_page_its_data_and_its_figures_are_written(written):
    out, said = written
    told = json.loads((out / "report.json").read_text())
    assert len(told["headlines"]) == 6
    assert {"c2st", "shapes", "dcr", "membership"} <= set(told["measures"])
    assert all(section["failure"] is None for section in told["sections"])
    figures = {plot["name"] for section in told["sections"] for plot in _plots(section)}
    assert figures == {path.stem for path in out.glob("*.png")}
    page = (out / "index.html").read_text()
    assert page.count("<figure>") == len(figures)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert told["verdict"][0] in said


def _plots(section):
    yield from section["plots"]
    for part in section["parts"]:
        yield from _plots(part)


def test_rows_that_the_model_held_out_are_found_again(written):
    told = json.loads((written[0] / "report.json").read_text())
    assert told["measures"]["dcr"]["ceiling"] is not None
    assert not any("No rows were held out" in sentence for sentence in told["verdict"])


def test_no_person_of_the_real_data_is_on_the_page(folder, written):
    import synthkit

    customers = synthkit.read(folder / "real")["customers"]
    page = (written[0] / "index.html").read_text() + (written[0] / "report.json").read_text()
    for column in ("email", "phone"):
        assert not [value for value in customers[column].dropna() if str(value) in page]


def test_the_same_seed_gives_the_same_page(folder, written, gated):
    for name in ("report.json", "index.html"):
        assert (folder / "again" / name).read_text() == (written[0] / name).read_text()


def test_nothing_is_overwritten_unasked(folder, written):
    before = (folder / "out" / "index.html").stat().st_mtime_ns
    done = reported(folder, "--out", folder / "out")
    assert done.returncode == 2, done.stdout
    assert "--overwrite" in done.stdout
    assert (folder / "out" / "index.html").stat().st_mtime_ns == before


def test_thresholds_end_a_pipeline(folder, gated):
    assert gated.returncode == 3, gated.stdout
    assert "FAILED: c2st" in gated.stdout
    suite = ET.parse(folder / "j.xml").getroot()[0]
    failed = [case.attrib["name"] for case in suite if case.find("failure") is not None]
    assert failed == ["c2st"]


def test_own_questions_are_asked(written):
    told = json.loads((written[0] / "report.json").read_text())
    section = next(each for each in told["sections"] if each["name"] == "workload")
    assert section["grids"][0]["rows"][0][0] == "how many"


def test_one_data_set_is_shown_by_itself(folder, tmp_path):
    done = run("report", folder / "real", "--out", tmp_path / "out", "--seed", 1)
    assert done.returncode == 0, done.stdout
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert told["headlines"] == []
    assert {"distributions", "time", "contents"} <= {each["name"] for each in told["sections"]}
    assert run("report", folder / "real", "--fail-under", "fidelity=1").returncode == 2


def test_validate_writes_what_it_checked(folder, tmp_path):
    done = run("validate", folder / "made", "--junit", tmp_path / "v.xml")
    suite = ET.parse(tmp_path / "v.xml").getroot()[0]
    assert int(suite.attrib["tests"]) > 5
    assert (int(suite.attrib["failures"]) == 0) == (done.returncode == 0)
