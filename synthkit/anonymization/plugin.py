"""The built-in recognizers and actions as a plugin; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from synthkit.contracts.component import Component, NoSettings
from synthkit.hookspecs import hookimpl

__all__ = ["synthkit_actions", "synthkit_recognizers"]

_RECOGNIZERS = {
    "headers": ("headers:Headers", "", "Names of columns, in several languages"),
    "forms": ("forms:Forms", "", "Forms and check digits of values"),
    "documents": ("documents:Documents", "", "JSON and free text"),
    "births": ("documents:Births", "", "Dates that spread as ages do"),
    "people": ("people:People", "PeopleSettings", "Lists of names, cities and streets"),
    "name_like": (
        "ngrams:NameLike",
        "PeopleSettings",
        "Letters that follow as in names, for review",
    ),
    "presidio": ("presidio:Presidio", "PresidioSettings", "Presidio's recognizers, offline"),
}
_ACTIONS = {
    "keep": ("plain:Keep", "", "Leave values as they are"),
    "null": ("plain:Null", "", "Leave nothing"),
    "redact": ("plain:Redact", "RedactSettings", "One text for every value"),
    "mask": ("plain:Mask", "MaskSettings", "Hide all but the ends"),
    "hash": ("plain:Hash", "HashSettings", "A keyed digest"),
    "uuid": ("plain:Uuid", "", "Another UUID"),
    "pool": ("pools:Pool", "PoolSettings", "A value of a value provider: name, city, company"),
    "address": ("pools:Address", "AddressSettings", "Another street address"),
    "email": ("internet:Email", "EmailSettings", "Another e-mail address or user name"),
    "phone": ("numbers:Phone", "", "Another telephone number of the country"),
    "card": ("numbers:Card", "CardSettings", "Another card number with its check digit"),
    "iban": ("numbers:Iban", "", "Another IBAN with its check digits"),
    "digits": ("formats:Digits", "DigitsSettings", "Other digits and letters, one to one"),
    "date_shift": ("times:DateShift", "DateShiftSettings", "Move dates, by subject"),
    "generalize": ("times:Generalize", "GeneralizeSettings", "Coarser dates, numbers, postcodes"),
    "noise": ("times:Noise", "NoiseSettings", "Blur numbers"),
    "encrypt": ("encryption:Encrypt", "", "Encrypt; the key's holder can reverse it"),
    "text": ("texts:Text", "TextSettings", "Replace what identifies inside free text"),
    "json": ("texts:Json", "JsonSettings", "Replace what identifies inside JSON"),
}


@hookimpl
def synthkit_recognizers() -> Sequence[Component[Any]]:
    """Offer the built-in recognizers, in the order in which they are asked."""
    return [_component("recognizers", name, *told) for name, told in _RECOGNIZERS.items()]


@hookimpl
def synthkit_actions() -> Sequence[Component[Any]]:
    """Offer the built-in actions."""
    return [_component("actions", name, *told) for name, told in _ACTIONS.items()]


def _component(folder: str, name: str, place: str, settings: str, summary: str) -> Component[Any]:
    module, _, part = place.partition(":")
    path = f"synthkit.anonymization.{folder}.{module}"
    kind = (
        getattr(import_module(f"synthkit.anonymization.{folder}.settings"), settings)
        if settings
        else NoSettings
    )
    return Component(name, summary, partial(_create, path, part, bool(settings)), kind)


def _create(path: str, part: str, takes_settings: bool, settings: Any) -> Any:
    made: Callable[..., Any] = getattr(import_module(path), part)
    return made(settings) if takes_settings else made()
