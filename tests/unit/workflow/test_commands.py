"""Steps as command lines, and what of them decides whether they are due."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.errors import UsageError
from synthkit.project import Project, loads
from synthkit.workflow.commands import command_of

TEXT = """\
version: 1
seed: 7
steps:
  base:
    generate: [crm, own.yaml]
    rows: {customers: 5}
    set: {locale: de_DE}
  clean:
    anonymize: base
    with: plan.yaml
    key_file: my.key
    locale: [de_DE, fr_FR]
  model:
    fit: clean
    synthesizer: independent
  made:
    sample: model
    rows: 10
    given: customers=roots.csv
    seed: 3
    options: [--chunk-rows, "9"]
  check:
    validate: made
  page:
    report: clean
    synthetic: made
    model: model
  there:
    export: made
    to: sqlite:///x.db
    into_existing: true
"""


def project(text: str = TEXT) -> Project:
    return loads(text, Path("synthkit.yaml"))


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("base", "generate crm own.yaml --rows customers=5 --set locale=de_DE --seed 7 --out base"),
        (
            "clean",
            "anonymize base --with plan.yaml --key-file my.key --locale de_DE --locale fr_FR"
            " --out clean",
        ),
        ("model", "fit clean --synthesizer independent --seed 7 --out model.synthkit"),
        (
            "made",
            "sample model.synthkit --rows 10 --given customers=roots.csv --seed 3 --chunk-rows 9"
            " --out made",
        ),
        ("check", "validate made"),
        ("page", "report clean made --model model.synthkit --seed 7 --out page"),
        ("there", "export made --to sqlite:///x.db --into-existing"),
    ],
)
def test_a_step_is_what_would_be_typed(step: str, typed: str) -> None:
    assert " ".join(command_of(project(), step).arguments) == typed


def test_what_a_step_reads() -> None:
    reads = {name: set(command_of(project(), name).inputs.values()) for name in project().steps}
    assert reads["base"] == {"own.yaml"}
    assert reads["clean"] == {"base", "plan.yaml"}
    assert reads["made"] == {"model.synthkit", "roots.csv"}
    assert reads["page"] == {"clean", "made", "model.synthkit"}


def test_settings_are_told_apart() -> None:
    before = command_of(project(), "made").settings
    assert command_of(project(TEXT.replace("rows: 10", "rows: 11")), "made").settings != before
    assert command_of(project(TEXT.replace("[de_DE", "[it_IT")), "made").settings == before


def test_a_step_that_makes_nothing_is_no_input() -> None:
    wrong = TEXT.replace("synthetic: made", "synthetic: check")
    with pytest.raises(UsageError, match="makes nothing"):
        command_of(project(wrong), "page")
