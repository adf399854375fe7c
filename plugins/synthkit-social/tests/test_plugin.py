"""The package as synthkit sees it, and its settings and locales."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pytest
from synthkit_social.schema import SCHEMA

import synthkit
from synthkit import UsageError
from synthkit.plugins import Plugins

Make = Callable[..., dict[str, pa.Table]]


def test_the_entry_point_is_found() -> None:
    plugins = Plugins()
    assert not [each for each in plugins.set_aside if each.distribution == "synthkit-social"]
    assert plugins.owner("generators", "social").startswith("synthkit-social ")
    assert plugins.create("generators", "social").schema() == SCHEMA


def test_the_plugin_is_light_to_find() -> None:
    code = "import sys, synthkit_social.plugin; print(*sorted(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"faker", "pandas", "synthkit_social.generator"} & set(found.stdout.split())


def test_settings_are_converted_from_text() -> None:
    data = synthkit.generate(
        "social",
        rows={"people": 60},
        seed=1,
        settings={"start": "2020-01-01", "end": "2020-06-30", "abroad_share": "0"},
    )
    moments = data["reddit_comments"]["created_at"]
    assert moments.min().date() >= date(2020, 1, 1)
    assert moments.max().date() <= date(2020, 6, 30)
    assert set(data["people"]["country"]) == {"US"}


@pytest.mark.parametrize(
    "settings",
    [
        {"start": "2024-01-01", "end": "2024-01-31"},
        {"abroad_share": "1"},
        {"growth": "-1"},
        {"grwth": "1"},
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        synthkit.generate("social", rows={"people": 5}, seed=1, settings=settings)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("locale", "country", "zone"),
    [
        ("de_DE", "DE", "Europe/Berlin"),
        ("ja_JP", "JP", "Asia/Tokyo"),
        ("en_IN", "IN", "Asia/Kolkata"),
    ],
)
def test_people_live_in_the_country_of_the_locale(
    make: Make, locale: str, country: str, zone: str
) -> None:
    tables = make({"people": 150}, locale=locale, abroad_share=0)
    people = tables["people"].to_pandas()
    assert set(people["country"]) == {country}
    assert set(people["time_zone"]) == {zone}
    assert people["email"].is_unique
    for name in ("twitter_accounts", "github_users", "reddit_users"):
        usernames = tables[name].to_pandas()["username"]
        assert usernames.is_unique
        assert usernames.str.fullmatch(r"[A-Za-z]+[_-]?\d+").all()
