"""Which columns and tables speak of people, by their kinds and names."""

from __future__ import annotations

from synthkit.schema.infer.names import words
from synthkit.schema.model import Column, Table

__all__ = ["is_personal", "people_tables"]

_NAME_KINDS = frozenset({"first_name", "last_name", "name", "user_name", "prefix", "suffix"})
_PERSONAL_KINDS = _NAME_KINDS | {
    "email",
    "phone_number",
    "ssn",
    "street_address",
    "date_of_birth",
    "iban",
    "credit_card_number",
    "ipv4_address",
    "ipv6_address",
}
_NAMES = frozenset(
    "firstname lastname surname forename givenname familyname namefirst namelast fullname vorname"
    " nachname prenom nom apellido email mail emailaddress phone phonenumber telefon handy"
    " birthdate dateofbirth dob geburtsdatum".split()
)
_PEOPLE_NAMES = frozenset(
    "firstname lastname surname forename givenname familyname namefirst namelast vorname nachname"
    " prenom apellido".split()
)


def is_personal(column: Column) -> bool:
    """Whether a column holds what belongs to one person: a name, an e-mail, a phone number."""
    return column.sdtype in _PERSONAL_KINDS or "".join(words(column.name)) in _NAMES


def people_tables(tables: tuple[Table, ...]) -> set[str]:
    """Return the names of the tables that hold first or last names of people."""
    return {
        table.name
        for table in tables
        if any(
            column.sdtype in ("first_name", "last_name")
            or "".join(words(column.name)) in _PEOPLE_NAMES
            for column in table.columns
        )
    }
