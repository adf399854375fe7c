"""Streets have the form of their country, with a house number where it is written there."""

from __future__ import annotations

import re

import numpy as np
import pytest

from synthkit.generators.values.providers import create
from synthkit.generators.values.streets import street_address, street_name

FORMS = {
    "en_US": r"\d{1,4} [\w' -]+ (Street|Avenue|Road|Drive|Lane|Court|Boulevard|Way|Place|Circle)"
    r"( Apt \d+)?",
    "en_GB": r"(Flat \d+, )?\d{1,3} [\w' -]+ \w+",
    "fr_CA": r"\d{1,3} (rue|avenue|boulevard|place|chemin|allée|impasse) [\w' -]+",
    "de_DE": r"[\wß]+(straße|weg|ring|allee|platz|gasse) \d{1,3}",
    "fr_FR": r"\d{1,3} (rue|avenue|boulevard|place|chemin|allée|impasse) [\w' -]+",
    "es_ES": r"(Calle|Avenida|Plaza|Paseo|Travesía|Camino) [\w ]+, \d{1,3}(, \dº)?",
    "it_IT": r"(Via|Viale|Piazza|Corso|Vicolo|Largo) [\w ]+, \d{1,3}",
    "nl_NL": r"\w+(straat|weg|laan|plein|hof|singel|kade|dreef) \d{1,3}",
    "pt_BR": r"(Rua|Avenida|Travessa|Alameda|Praça) [\w ]+, \d{1,4}(, apto \d+)?",
    "pl_PL": r"ul\. [\w ]+ \d{1,3}(/\d+)?",
    "sv_SE": r"\w+(gatan|vägen|gränd|stigen|torget) \d{1,3}",
    "ja_JP": r"\w+[1-5]丁目\d{1,2}-\d{1,2}",
    "tr_TR": r"[\w ]+ (Sokak|Caddesi|Bulvarı) No: \d{1,3}( D: \d+)?",
}


@pytest.mark.parametrize("locale", FORMS)
def test_streets_have_the_form_of_the_country(locale: str) -> None:
    addresses = create("street_address").draw(400, np.random.default_rng(1), locale).to_pylist()  # type: ignore[union-attr]
    assert all(re.fullmatch(FORMS[locale], each) for each in addresses)
    assert len(set(addresses)) > 350
    names = create("street_name").draw(400, np.random.default_rng(1), locale).to_pylist()  # type: ignore[union-attr]
    assert not any(re.fullmatch(FORMS[locale], each) for each in names)


def test_other_countries_have_those_of_faker() -> None:
    assert street_name("da_DK") is None
    assert street_address("da_DK") is None
    assert create("street_address").draw(3, np.random.default_rng(1), "da_DK").null_count == 0  # type: ignore[union-attr]


def test_lines_of_addresses_are_written_as_in_the_country() -> None:
    forms = {
        "en_US": r".+, [\w .'-]+, [A-Z]{2} \d{5}",
        "de_DE": r".+ \d+, \d{5} .+",
        "ja_JP": r"〒\d{3}-\d{4} .+[都道府県].+[市区].+丁目\d+-\d+",
        "pt_BR": r".+, [\w ]+ - [A-Z]{2}, \d{5}-\d{3}",
    }
    for locale, form in forms.items():
        for line in create("address").draw(200, np.random.default_rng(1), locale).to_pylist():  # type: ignore[union-attr]
            assert re.fullmatch(form, line), line
