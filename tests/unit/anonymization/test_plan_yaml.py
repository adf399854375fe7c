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
                "id": Decision("keep"),
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
    assert bare(again) == again
    assert again.tables["people"].columns["on: off"] == PLAN.tables["people"].columns["on: off"]
    assert (again.domains, again.locales, again.policy) == (PLAN.domains, PLAN.locales, PLAN.policy)
    assert (again.risk, again.key_id, again.tables["people"].subject) == (
        PLAN.risk,
        "2026-11",
        "id",
    )
    assert again.resolved("people", "mail") == Decision("email", {"host": "keep"}, "email")
    plan_yaml.save(PLAN, tmp_path / "plan.yaml")
    assert plan_yaml.load(tmp_path / "plan.yaml") == again
    with pytest.raises(UsageError, match="is there already"):
        plan_yaml.save(PLAN, tmp_path / "plan.yaml")


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
