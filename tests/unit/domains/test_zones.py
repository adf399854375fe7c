"""Time zones of places."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from faker.config import AVAILABLE_LOCALES

from synthkit.domains.zones import zone_of, zones_of
from synthkit.generators.values.locales import territory

NOT_A_COUNTRY = {"QC"}


def test_every_locale_has_a_zone_that_exists() -> None:
    for country in {territory(locale) for locale in AVAILABLE_LOCALES} - NOT_A_COUNTRY:
        zone = zone_of(country)
        assert zone != "UTC", country
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("country", "state", "zone"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("US", "NY", "America/New_York"),
        ("US", None, "America/New_York"),
        ("DE", "CA", "Europe/Berlin"),
        ("XX", None, "UTC"),
    ],
)
def test_states_matter_in_the_united_states(country: str, state: str | None, zone: str) -> None:
    assert zone_of(country, state) == zone
    assert zones_of([country] * 2, [state] * 2) == [zone] * 2
