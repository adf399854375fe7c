"""Pools from Faker: borrowed where a locale lacks them, drawn where they cannot be traced."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from faker import Faker

from synthkit.errors import UsageError
from synthkit.generators.values.expressions import Pool, listed
from synthkit.generators.values.faker_pools import ascii_words, attribute, code, folded, pool, words


def drawn(expression: object, count: int = 2000) -> list[str]:
    rng = np.random.Generator(np.random.Philox(1))
    values: list[str] = expression.draw(count, rng).to_pylist()  # type: ignore[attr-defined]
    return values


def test_names_are_those_of_faker_with_their_weights() -> None:
    from faker.providers.person.en_US import Provider

    found = pool(("last_name",), "en_US")
    assert set(found.values.to_pylist()) == set(Provider.last_names)
    expected = Provider.last_names["Smith"] / sum(Provider.last_names.values())
    shares = dict(zip(found.values.to_pylist(), found.weights, strict=True))
    assert shares["Smith"] == pytest.approx(expected)


def test_a_traced_pool_holds_all_that_faker_draws() -> None:
    fake = Faker("de_DE")
    fake.seed_instance(3)
    known = set(listed(words(("city",), "de_DE")).values.to_pylist())
    assert {fake.city() for _ in range(500)} <= known


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "en_GB"])
@pytest.mark.parametrize("method", ["phone_number", "license_plate", "postcode"])
def test_codes_have_the_shapes_of_faker(method: str, locale: str) -> None:
    fake = Faker(locale)
    fake.seed_instance(3)

    def shape(value: str) -> str:
        return re.sub(r"\d", "9", re.sub("[A-Z]", "A", value))

    shapes = {shape(value) for value in drawn(code((method,), locale), 20_000)}
    theirs = [shape(str(getattr(fake, method)())) for _ in range(300)]
    # Shapes seen in under 20 of 3,000 draws may be left out where a method cannot be traced.
    assert sum(each in shapes for each in theirs) >= 285


def test_what_a_locale_lacks_is_borrowed_from_its_language() -> None:
    belgian, french = words(("job",), "fr_BE"), words(("job",), "fr_FR")
    assert isinstance(belgian, Pool)
    assert isinstance(french, Pool)
    assert belgian.values == french.values


def test_a_method_that_nobody_has_is_an_error() -> None:
    with pytest.raises(UsageError, match="no method nonsense"):
        words(("nonsense",), "en_US")


def test_attributes_are_never_borrowed() -> None:
    assert attribute("address", "states", "de_DE")
    assert attribute("address", "states", "fr_BE") is None
    assert attribute("address", "states_postcode", "fr_FR") is None


def test_names_in_any_script_become_ascii() -> None:
    names = pa.array(["José", "Müller-Lüdenscheidt", "Дарья", "佐藤", "O'Neil", "\u0640"])
    assert folded(names) == ["jose", "mullerludenscheidt", "daria", "zuoteng", "oneil", ""]
    assert all(
        re.fullmatch("[a-z]+", value)
        for value in ascii_words(("word",), "de_DE").values.to_pylist()
    )


def test_places_of_codes_that_hardly_vary_stay_as_they_are() -> None:
    # es_ES phone numbers are computed; all begin with +34.
    assert {value[:3] for value in drawn(code(("phone_number",), "es_ES"))} == {"+34"}
