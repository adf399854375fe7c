"""What a locale's places say together is true: city, unit, postcode, telephone number."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from synthkit.generators.values.cities import TABLE
from synthkit.generators.values.places import Places, phone_number

FORMS = {
    "en_US": r"\d{5}",
    "en_GB": r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}",
    "en_CA": r"[A-Z]\d[A-Z] \d[A-Z]\d",
    "fr_CA": r"[A-Z]\d[A-Z] \d[A-Z]\d",
    "de_DE": r"\d{5}",
    "fr_FR": r"\d{5}",
    "es_ES": r"\d{5}",
    "it_IT": r"\d{5}",
    "nl_NL": r"[1-9]\d{3} [A-Z]{2}",
    "pt_BR": r"\d{5}-\d{3}",
    "pl_PL": r"\d{2}-\d{3}",
    "sv_SE": r"\d{3} \d{2}",
    "ja_JP": r"\d{3}-\d{4}",
    "tr_TR": r"\d{5}",
}
"""How postcodes are written."""
BEGINS = {
    "en_US": {"NY": "1", "CA": "9", "MA": "0", "TX": "78", "IL": "6"},
    "en_GB": {"SCT": "ABDEFGHIKMPTZ", "WLS": "CLNSH", "NIR": "B"},
    "en_CA": {"ON": "KLMNP", "QC": "GHJ", "BC": "V", "AB": "T"},
    "de_DE": {"BE": "1", "BY": "6789", "SN": "0", "SH": "2", "BW": "678"},
    "fr_FR": {"IDF": "79", "BRE": "2354", "20R": "2"},
    "es_ES": {"M": "2", "B": "0", "SE": "4", "BI": "4"},
    "it_IT": {"RM": "0", "MI": "2", "NA": "8", "BO": "4"},
    "nl_NL": {"NH": "12", "GR": "9", "LI": "56", "ZH": "234"},
    "pt_BR": {"SP": "01", "RJ": "2", "MG": "3", "BA": "4", "RS": "9"},
    "pl_PL": {"MZ": "029", "MA": "3", "PM": "78", "DS": "56"},
    "sv_SE": {"AB": "167", "M": "2", "BD": "9"},
    "ja_JP": {"13": "12", "27": "5", "40": "8", "01": "0"},
    "tr_TR": {"34": "3", "06": "0", "35": "3"},
}
"""First signs of the postcodes of some units, by the posts' own tables (any of them)."""


def drawn(locale: str) -> list[dict[str, str]]:
    rng = np.random.Generator(np.random.Philox(3))
    rows = [Places().draw_rows(1500, rng, locale), Places().distinct_rows(7, 500, 3, locale)]
    return [row for table in rows for row in table.to_pylist()]


def mixed_up(rows: list[dict[str, str]], *fields: str) -> list[dict[str, str]]:
    """The twin: some fields of each row are those of another row."""
    moved = [*rows[1:], rows[0]]
    return [row | {f: other[f] for f in fields} for row, other in zip(rows, moved, strict=True)]


def reference(country: str) -> dict[tuple[str, str], set[str]]:
    """Return the area forms of numbers by city and unit's code."""
    kinds = pa.csv.ConvertOptions(column_types={"code": pa.string(), "postcodes": pa.string()})
    table = csv.read_csv(
        TABLE,
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=kinds,
    )
    rows = table.filter(pc.equal(table["country"], country)).to_pylist()
    return {(row["city"], row["code"]): set(row["phones"].split("|")) for row in rows}


def plain(city: str) -> str:
    """Return a city without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", city) if not unicodedata.combining(c))


def in_reference(rows: list[dict[str, str]]) -> bool:
    known = reference(rows[0]["country_code"])
    every = {*known, *((plain(city), code) for city, code in known)}
    return all((row["city"], row["state_abbr"]) in every for row in rows)


@pytest.mark.parametrize("locale", FORMS)
def test_cities_lie_in_their_unit(locale: str) -> None:
    rows = drawn(locale)
    assert {row["country_code"] for row in rows} == {locale[-2:]}
    assert in_reference(rows)
    assert not in_reference(mixed_up(rows, "city"))
    names = {(row["state_abbr"], row["administrative_unit"]) for row in rows}
    assert len(names) == len({code for code, _ in names})
    assert len({row["city"] for row in rows}) > 60


@pytest.mark.parametrize("locale", FORMS)
def test_postcodes_are_those_of_the_unit(locale: str) -> None:
    rows = drawn(locale)
    assert all(re.fullmatch(FORMS[locale], row["postcode"]) for row in rows)
    begins = BEGINS.get(locale, {})

    def fits(row: dict[str, str]) -> bool:
        return row["postcode"][0] in begins.get(row["state_abbr"], row["postcode"][0])

    assert all(fits(row) for row in rows)
    if begins:
        assert not all(fits(row) for row in mixed_up(rows, "postcode"))


def area_fits(row: dict[str, str], known: dict[str, set[str]]) -> bool:
    number = phonenumbers.parse(row["phone_number"])
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.MOBILE:
        return True
    forms = known[plain(row["city"])]
    return any(
        re.fullmatch(
            re.escape(form).replace(r"\#", r"\d").replace("%", "[2-9]"), row["phone_number"]
        )
        for form in forms
    )


@pytest.mark.parametrize("locale", FORMS)
def test_numbers_are_valid_in_the_country_and_of_the_area(locale: str) -> None:
    rows = drawn(locale)[:900]
    for row in rows:
        number = phonenumbers.parse(row["phone_number"])
        assert phonenumbers.is_valid_number(number), row["phone_number"]
        assert phonenumbers.region_code_for_number(number) == row["country_code"]
    known: dict[str, set[str]] = defaultdict(set)
    for (city, _), forms in reference(locale[-2:]).items():
        known[plain(city)] |= forms
    assert all(area_fits(row, known) for row in rows)
    assert not all(area_fits(row, known) for row in mixed_up(rows, "phone_number"))


@pytest.mark.parametrize("locale", FORMS)
def test_numbers_alone_are_valid_in_the_country(locale: str) -> None:
    for text in phone_number(locale).draw(300, np.random.default_rng(1)).to_pylist():
        number = phonenumbers.parse(text)
        assert phonenumbers.is_valid_number(number), text
        assert phonenumbers.region_code_for_number(number) == locale[-2:]


def test_numbers_of_large_cities_have_the_codes_that_everybody_knows() -> None:
    codes = {
        ("de_DE", "München"): "89", ("en_GB", "London"): "20", ("it_IT", "Roma"): "06",
        ("nl_NL", "Amsterdam"): "20", ("pl_PL", "Warszawa"): "22", ("sv_SE", "Stockholm"): "8",
        ("es_ES", "Madrid"): "[89]1", ("fr_FR", "Paris"): "1", ("pt_BR", "São Paulo"): "11",
        ("ja_JP", "大阪市"): "6", ("tr_TR", "Ankara"): "312", ("en_CA", "Toronto"): "416|647|437",
    }  # fmt: skip
    for (locale, city), code in codes.items():
        rows = [row for row in drawn(locale) if row["city"] == city]
        fixed = [
            row["phone_number"]
            for row in rows
            if phonenumbers.number_type(phonenumbers.parse(row["phone_number"]))
            != phonenumbers.PhoneNumberType.MOBILE
        ]
        assert fixed
        assert all(re.match(rf"\+\d+ ({code})", number) for number in fixed), (city, fixed[:3])


def test_larger_cities_come_more_often() -> None:
    rows = Places().draw_rows(20_000, np.random.default_rng(1), "en_US")
    counts = Counter(rows["city"].to_pylist())
    assert counts["New York"] > 1.5 * counts["Los Angeles"] > 0
    assert counts["Los Angeles"] > 1.2 * counts["Chicago"]
    assert counts["Chicago"] > 5 * counts["Boise"]


def test_most_of_those_who_speak_french_in_canada_live_in_quebec() -> None:
    shares = [
        np.mean([row["state_abbr"] == "QC" for row in drawn(locale)])
        for locale in ("fr_CA", "en_CA")
    ]
    assert 0.8 < shares[0] < 0.9
    assert shares[1] < 0.4
