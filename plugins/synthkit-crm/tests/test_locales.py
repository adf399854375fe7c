"""Names, phones and addresses follow the locale, in Latin script or not."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

Make = Callable[..., dict[str, pa.Table]]


@pytest.mark.parametrize(
    ("locale", "country"), [("de_DE", "DE"), ("fr_FR", "FR"), ("ja_JP", "JP"), ("pt_BR", "BR")]
)
def test_customers_live_in_the_country_of_the_locale(make: Make, locale: str, country: str) -> None:
    customers = make({"customers": 300}, locale=locale, abroad_share=0)["customers"].to_pandas()
    assert set(customers["country_code"]) == {country}
    assert customers["email"].is_unique
    assert customers["email"].map(str.isascii).all()
    assert customers["location"].str.contains(f'"country": "{country}"').all()


def test_german_customers_have_german_values(make: Make) -> None:
    tables = make({"customers": 400}, locale="de_DE", abroad_share=0)
    customers = tables["customers"].to_pandas()
    assert customers["postcode"].str.fullmatch(r"\d{5}").all()
    # Faker's German companies end in a legal form or join two family names.
    companies = customers["company"].dropna()
    assert companies.str.contains(r"GmbH|KG|AG|OHG|e\.V\.|GbR|KGaA|mbH|Stiftung").mean() > 0.5
    messages = tables["form_submissions"]["message"].drop_null().to_pylist()
    assert any("wir" in message.split() for message in messages)


def test_addresses_from_abroad_keep_their_own_form(make: Make) -> None:
    rows = make({"customers": 2_000}, locale="en_US", abroad_share=0.5)["customers"].to_pandas()
    forms = {"US": r"\d{5}", "DE": r"\d{5}", "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"}
    assert set(rows["country_code"]) == set(forms)
    for country, form in forms.items():
        codes = rows.loc[rows["country_code"] == country, "postcode"]
        assert codes.str.fullmatch(form).all()
