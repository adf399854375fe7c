"""Which columns tell people apart together, and which say what nobody is to know of them."""

from __future__ import annotations

from collections.abc import Mapping

from synthkit.anonymization.detect import Found
from synthkit.anonymization.plan import Decision
from synthkit.schema import Column, Schema
from synthkit.schema.infer.names import words

__all__ = ["PEOPLE", "exposed"]

Place = tuple[str, str]
PEOPLE = frozenset(
    "first_name last_name name email phone_number ssn date_of_birth user_name".split()
)
"""Kinds whose columns make a table one of people."""
_QUASI_KINDS = frozenset("date_of_birth postcode city state country job company".split())
_QUASI_WORDS = frozenset(
    "sex gender age zip postcode nationality marital race ethnicity occupation profession "
    "geschlecht alter nationalitat beruf familienstand sexe nationalite profesion sexo edad "
    "nacionalidad sesso eta nazionalita".split()
)
_SENSITIVE_WORDS = frozenset(
    "salary income wage wages earnings bonus balance debt credit score rating diagnosis disease "
    "illness condition symptom treatment medication drug therapy blood disability religion faith "
    "orientation party union conviction crime offence offense "
    "gehalt einkommen lohn schulden krankheit diagnose behandlung medikament blutgruppe konfession "
    "salaire revenu dette maladie diagnostic traitement sueldo salario ingresos deuda enfermedad "
    "diagnostico tratamiento religione stipendio reddito debito malattia diagnosi cura".split()
)
_MOST = 3
"""Columns that are measured as sensitive where no name says which are."""
_LEAST_REPEATS = 5


def exposed(
    schema: Schema,
    found: Mapping[Place, Found],
    decisions: Mapping[Place, Decision],
    links: Mapping[Place, Place],
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return the quasi-identifiers of tables of people, and their sensitive columns.

    Sensitive are columns that are kept and whose names speak of money, health or belief; where
    there are none, the first few whose values many rows share.
    """
    quasi: dict[str, tuple[str, ...]] = {}
    sensitive: dict[str, tuple[str, ...]] = {}
    for table in schema.tables:
        kinds = {
            name: each.best.kind if (each := found[table.name, name]).best else ""
            for name in table.column_names
        }
        known = [
            name
            for name, kind in kinds.items()
            if kind in _QUASI_KINDS or _speaks(name, _QUASI_WORDS)
        ]
        if not known or not (PEOPLE & set(kinds.values()) or len(known) > 1):
            continue
        quasi[table.name] = tuple(known)
        kept = [
            column
            for column in table.columns
            if decisions[table.name, column.name].op == "keep"
            and column.name not in known
            and (table.name, column.name) not in links
            and (column.name,) not in (table.primary_key, *table.alternate_keys)
        ]
        named = [column.name for column in kept if _speaks(column.name, _SENSITIVE_WORDS)]
        shared = [c.name for c in kept if _shared(c, found[table.name, c.name])]
        if named or shared:
            sensitive[table.name] = tuple(named or shared[:_MOST])
    return quasi, sensitive


def _speaks(name: str, of: frozenset[str]) -> bool:
    return bool(of & set(words(name)))


def _shared(column: Column, found: Found) -> bool:
    """Say whether many rows share each value of a column of labels."""
    return column.sdtype in ("categorical", "boolean") and found.repeats >= _LEAST_REPEATS
