"""Addresses of machines and pages are well formed and reach nobody that they should not."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
import pytest

from synthkit.generators.values import internet
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression


def values(expression: Expression, count: int = 1000) -> list[str]:
    rng = np.random.Generator(np.random.Philox(1))
    made = (
        expression.draw(count, rng).to_pylist() + Distinct(expression).at(0, count, 3).to_pylist()
    )
    return [str(value) for value in made]


def test_uuids_are_of_version_four() -> None:
    for value in values(internet.uuid("en_US")):
        assert str(UUID(value)) == value
        assert UUID(value).version == 4


def test_ipv4_addresses_are_public() -> None:
    assert all(IPv4Address(value).is_global for value in values(internet.ipv4_address("en_US")))


def test_ipv6_addresses_are_global_and_full() -> None:
    made = values(internet.ipv6_address("en_US"))
    assert all(IPv6Address(value).exploded == value for value in made)
    assert sum(IPv6Address(value).is_global for value in made) > 0.99 * len(made)


def test_mac_addresses_are_of_single_devices() -> None:
    for value in values(internet.mac_address("en_US")):
        assert re.fullmatch("[0-9a-f]{2}(:[0-9a-f]{2}){5}", value)
        assert int(value[:2], 16) & 3 == 0


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP", "ar_AE"])
def test_pages_have_addresses(locale: str) -> None:
    host = r"([a-z]+(-[a-z]+)*\.)+[a-z]+"
    assert all(re.fullmatch(host, value) for value in values(internet.domain_name(locale), 300))
    for value in values(internet.url(locale), 300):
        parts = urlsplit(value)
        assert parts.scheme in ("http", "https")
        assert re.fullmatch(host, str(parts.hostname))
        assert re.fullmatch("/[a-z]+/[a-z]+-[a-z]+", parts.path)


def test_pictures_lie_in_a_reserved_domain() -> None:
    made = values(internet.image_url("en_US"), 300)
    assert {urlsplit(value).hostname for value in made} == {"images.example.com"}


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        (internet.slug, "[a-z]+(-[a-z]+){2,3}"),
        (internet.hashtag, "#([a-z]+|[A-Z][a-z]*[A-Z][a-z]*)"),
        (internet.file_name, r"[a-z]+_[a-z]+(_v[1-9])?\.[a-z0-9]+"),
        (internet.uri_path, "[a-z]+/[a-z]+-[a-z]+"),
    ],
)
def test_names_of_things_have_their_form(expression: object, form: str) -> None:
    assert callable(expression)
    assert all(re.fullmatch(form, value) for value in values(expression("en_US")))


def test_digests_have_their_length() -> None:
    assert all(re.fullmatch("[0-9a-f]{32}", value) for value in values(internet.hexadecimal(32)))


def test_browsers() -> None:
    expression = internet.user_agent_string("en_US")
    rng = np.random.Generator(np.random.Philox(1))
    made = expression.draw(2000, rng).to_pylist()
    assert all(value.startswith("Mozilla/5.0 (") for value in made)
    assert len(set(made)) > 200
