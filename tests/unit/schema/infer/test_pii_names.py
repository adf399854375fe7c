"""What names of columns say, in several languages and spellings."""

import pytest

from synthkit.schema.infer.pii_names import (
    kind_of_name,
    names_a_company,
    names_a_date,
    names_a_flag,
    names_a_person,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email", "email"),
        ("E-Mail", "email"),
        ("EMAIL_ADDRESS", "email"),
        ("cust_billing_email_2", "email"),
        ("email_verified", None),
        ("email_id_count", None),
        ("firstName", "first_name"),
        ("custfirstname", "first_name"),
        ("prénom", "first_name"),
        ("nameFirst", "first_name"),
        ("surname", "last_name"),
        ("Nachname", "last_name"),
        ("name", None),
        ("product_name", None),
        ("phone_home", "phone_number"),
        ("phone_type", None),
        ("Straße", "street_address"),
        ("address1", "street_address"),
        ("address2", "secondary_address"),
        ("addressLine2", "secondary_address"),
        ("ip_address", "ipv4_address"),
        ("BillingCity", "city"),
        ("city_id", None),
        ("ciudad", "city"),
        ("countryCode", "country_code"),
        ("native_country", "country"),
        ("ZIP", "postcode"),
        ("código_postal", "postcode"),
        ("job_title", "job"),
        ("title", None),
        ("company_name", "company"),
        ("geburtsdatum", "date_of_birth"),
        ("birth_date", "date_of_birth"),
        ("birth_year", None),
        ("credit_card_number", "credit_card_number"),
        ("codice fiscale", "ssn"),
        ("", None),
        ("123", None),
    ],
)
def test_kind(name, kind):
    assert kind_of_name(name) == kind


def test_flags_and_dates():
    assert [names_a_flag(name) for name in ("is_new", "hasChildren", "opt_in_flag", "island")] == [
        True,
        True,
        True,
        False,
    ]
    assert [names_a_date(name) for name in ("orderDate", "dt", "month", "amount", "candidate")] == [
        True,
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "table", "person", "company"),
    [
        ("name", "customers", True, False),
        ("name", "organisations", False, True),
        ("Name", "Companies", False, True),
        ("supplier_name", "products", False, True),
        ("contact_name", "suppliers", True, False),
        ("name", "products", False, False),
        ("status", "companies", False, False),
        ("name", None, False, False),
    ],
)
def test_a_plain_name_is_of_what_its_table_holds(
    name: str, table: str | None, person: bool, company: bool
) -> None:
    assert names_a_person(name, table) is person
    assert names_a_company(name, table) is company
