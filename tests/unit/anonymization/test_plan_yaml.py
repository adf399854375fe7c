"""Plans as files: nothing is lost, and errors name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit.anonymization import plan_yaml
from synthkit.anonymization.plan import Decision, Plan, Policy, Risk, TablePlan
from synthkit.errors import DataError, UsageError

PLAN = Plan(
    tables={
        "people": TablePlan(
            {
                "id": Decision("keep", because="nothing personal was found"),
                "mail": Decision(None, {}, "email", "email", "the values have the form"),
                "on: off": Decision("pool", {"kind": "name", "scope": "subject"}),
            },
            "id",
        )
    },
    domains={"email": Decision("email", {"host": "keep"})},
    locales=("de_DE", "en_US"),
    policy=Policy("redact", "fail"),
    risk=Risk({"people": ("on: off",)}, {}, 7, 3, 0.1),
    key_id="2026-11",
)


def bare(plan: Plan) -> Plan:
    return plan_yaml.loads(plan_yaml.dumps(plan))


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    again = bare(PLAN)
    assert again == PLAN
    found = again.resolved("people", "mail")
    assert found is not None
    assert (found.op, found.settings, found.domain) == ("email", {"host": "keep"}, "email")
    plan_yaml.save(PLAN, tmp_path / "plan.yaml")
    assert plan_yaml.load(tmp_path / "plan.yaml") == again
    with pytest.raises(UsageError, match="is there already"):
        plan_yaml.save(PLAN, tmp_path / "plan.yaml")


def test_a_reason_is_what_stands_right_above_a_column() -> None:
    text = "version: 1\ntables:\n  a:\n    columns:\n"
    text += "      # todo: ask\n      b: {op: keep}\n      # name: so it is\n      c: {op: null}\n"
    columns = plan_yaml.loads(text + "      d: {op: keep} # after\n").tables["a"].columns
    assert [(each.kind, each.because) for each in columns.values()] == [
        ("", "todo: ask"),
        ("name", "so it is"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 2\ntables: {}", "begins with"),
        ("version: 1", "no tables"),
        ("version: 1\ntables:\n  a:\n    columns:\n      b: {kind: x}", "line 5"),
        ("version: 1\ntables: {}\npolicy: {unknown_column: shrug}", "line 3.*no such policy"),
        ("version: 1\ntables: {}\nrisks: {}", "no such field"),
        ("version: 1\ntables: {}\ndomains: {a: {x: 1}}", "has no op"),
        ("version: 1\ntables: {}\nrisk: {k: -1}", "above 0"),
        ("version: 1\ntables: {a: {columns: {b: {domain: c, x: 1}}}}", "no settings of its own"),
    ],
)
def test_what_is_no_plan_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        plan_yaml.loads(text)


def test_a_domain_that_is_not_there_is_told() -> None:
    plan = plan_yaml.loads("version: 1\ntables: {a: {columns: {b: {domain: c}}}}")
    with pytest.raises(UsageError, match="the domain 'c'"):
        plan.resolved("a", "b")
    with pytest.raises(UsageError, match="cannot be read"):
        plan_yaml.load("nothing.yaml")
