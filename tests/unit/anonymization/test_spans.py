"""Names and addresses inside texts, and capitals that mean nothing."""

from __future__ import annotations

import pytest

from synthkit.anonymization.spans import find_spans


def found(text: str, own: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.kind) for s in find_spans(text, own.__contains__)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Woont nu op Amypad 4, 7397II Midlum.", "Amypad 4, 7397II Midlum"),
        ("bor på Parktorget 3, 98211 Borlänge.", "Parktorget 3, 98211 Borlänge"),
        ("vive en Cañada Jesusa Baños 84, 03482 León.", "Cañada Jesusa Baños 84, 03482 León"),
        ("moved to Flat 31c, Guy Valley, Brooksville.", "Flat 31c, Guy Valley, Brooksville"),
    ],
)
def test_an_address_is_one_span_with_its_code_and_place(text: str, address: str) -> None:
    assert (address, "address") in found(text)


def test_particles_belong_to_a_name_but_do_not_end_it() -> None:
    assert ("Riley van Voorst", "name") in found("ter attentie van Riley van Voorst.")
    assert ("Carla", "name") in found("contrato con Carla de fecha antigua")


def test_one_capital_among_many_says_nothing() -> None:
    film = "A Boring Saga of a Hunter And a Monkey who must Find a Dentist in Ancient India"
    assert found(film) == []
    assert found(film, ("hunter",)) == []
    film = "A Boring Saga of a Monkey who must find Maria Smith in Ancient India"
    assert found(film) == [("Maria Smith", "name")]
