"""The package as synthkit sees it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from synthkit_crm.schema import SCHEMA

import synthkit
from synthkit import UsageError
from synthkit.plugins import Plugins


def test_the_entry_point_is_found() -> None:
    plugins = Plugins()
    assert not [each for each in plugins.set_aside if each.distribution == "synthkit-crm"]
    assert plugins.owner("generators", "crm").startswith("synthkit-crm ")
    assert plugins.create("generators", "crm").schema() == SCHEMA


def test_the_plugin_is_light_to_find() -> None:
    code = "import sys, synthkit_crm.plugin; print(*sorted(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"faker", "pandas", "synthkit_crm.generator"} & set(found.stdout.split())


def test_settings_are_converted_from_text() -> None:
    data = synthkit.generate(
        "crm",
        rows={"customers": 50},
        seed=1,
        settings={"start": "2020-01-01", "end": "2020-06-30", "abroad_share": "0"},
    )
    customers = data["customers"]
    assert customers["created_at"].min().date() >= date(2020, 1, 1)
    assert customers["last_activity"].max().date() <= date(2020, 6, 30)


@pytest.mark.parametrize(
    "settings",
    [
        {"start": "2024-01-01", "end": "2024-01-31"},
        {"churn": "1"},
        {"abroad_share": "-0.1"},
        {"growth": "-1"},
        {"grwth": "1"},
        {"churn": "often"},
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        synthkit.generate("crm", rows={"customers": 5}, seed=1, settings=settings)
    assert caught.value.hint


def test_a_domain_without_churn_or_consumers() -> None:
    settings = {"churn": 0, "consumer_share": 0, "growth": 0, "abroad_share": 0}
    data = synthkit.generate("crm", rows={"customers": 200}, seed=1, settings=settings)
    assert set(data["customers"]["segment"]) == {"business"}
    assert synthkit.validate(data).ok
