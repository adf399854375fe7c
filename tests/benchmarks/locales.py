"""Prints people and places of locales, to be looked at: ``python -m tests.benchmarks.locales``."""

from __future__ import annotations

import argparse

import numpy as np

from synthkit.generators.values.providers import create

LOCALES = (
    "en_US", "en_GB", "en_CA", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_BR", "pl_PL",
    "sv_SE", "ja_JP", "tr_TR", "fr_CA",
)  # fmt: skip
"""Locales whose cities are known by region."""


def rows(locale: str, count: int, seed: int) -> list[tuple[str, ...]]:
    """Return rows of a person's name, e-mail address, telephone number, street, place."""
    rng = np.random.Generator(np.random.Philox(seed))
    people = create("person").draw_rows(count, rng, locale)  # type: ignore[union-attr]
    places = create("place").draw_rows(count, rng, locale)  # type: ignore[union-attr]
    streets = create("street_address").draw(count, rng, locale)  # type: ignore[union-attr]
    columns = [people["name"], people["email"], places["phone_number"], streets]
    columns += [
        places[name]
        for name in ("postcode", "city", "administrative_unit", "state_abbr", "country_code")
    ]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def main() -> None:
    """Print rows of each locale that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("locales", nargs="*", default=LOCALES)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for locale in options.locales:
        print(f"\n{locale}")  # noqa: T201
        for row in rows(locale, options.rows, options.seed):
            print("  " + " · ".join(row))  # noqa: T201


if __name__ == "__main__":
    main()
