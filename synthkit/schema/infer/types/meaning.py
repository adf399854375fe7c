"""What the values of a column mean: SDV's sdtypes, kinds of personal data, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.pii_names import (
    kind_of_name,
    names_a_company,
    names_a_flag,
    names_a_person,
)
from synthkit.schema.infer.types.distinct import Distinct
from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.infer.types.shapes import SHAPES, all_json, share

__all__ = ["CODES", "Facts", "Meaning", "code_in_digits", "meaning_of_text", "meaning_of_typed"]

CODES = frozenset(["phone_number", "postcode", "ssn", "credit_card_number", "license_plate"])
"""Kinds whose digits are no number; they are kept as text."""
_PLACES_AND_WORK = frozenset(["city", "state", "country", "country_code", "company", "job"])
"""Kinds that many rows share; where they do they are worth learning."""
_BOUNDS = {"latitude": 90, "longitude": 180}
_SELF_EVIDENT = ("email", "uuid", "ipv4_address", "ipv6_address", "mac_address", "iban", "url")
_MOST = 0.95
"""Share of values that have a shape for the shape alone to decide."""
_AGREED = 0.7
"""Share of values that have a shape for the name of the column to decide."""
_REPEATED = 0.5
"""Distinct values per value up to which text is a label that repeats."""
_OFTEN = 0.2
"""The same for more than a few distinct labels that no name explains."""
_FEW = 20
_PROSE_WORDS = 8
_LEAST_CARDS = 10
_CARD_DIGITS = 15
_GROUPED_CARD = r"^\d{4}[ -]\d{4,6}[ -]\d{4,5}([ -]\d{4})?$"


@dataclass(frozen=True)
class Meaning:
    """An sdtype, whether it is personal, and why in words; ``format`` names a kind of text."""

    sdtype: str
    because: str
    pii: bool = False
    format: str | None = None


_CARDS = Meaning("credit_card_number", "the values have the check digit of cards", pii=True)


@dataclass(frozen=True)
class Facts:
    """What is known of a column: its names, the number of values present, distinct texts."""

    name: str
    table: str | None
    count: int
    distinct: Distinct

    @property
    def kind(self) -> str | None:
        """The kind of personal data that the name speaks of."""
        if found := kind_of_name(self.name):
            return found
        if names_a_person(self.name, self.table):
            return "name"
        return "company" if names_a_company(self.name, self.table) else None

    @property
    def repeats(self) -> bool:
        """Whether values are few in number beside the rows that have them."""
        number = len(self.distinct.values)
        return self.distinct.complete and number <= _REPEATED * self.count


def code_in_digits(facts: Facts, outcome: Outcome) -> Meaning | None:
    """Return what whole numbers mean that are really a code (a telephone number, a postcode)."""
    if outcome.format is not None or outcome.storage not in ("int64", "uint64"):
        return None
    sample, kind = facts.distinct.values, facts.kind
    if kind in CODES and share(sample, kind) >= _AGREED:
        return _named(facts, kind)
    long = len(sample) and pc.min(pc.binary_length(sample)).as_py() >= _CARD_DIGITS
    return _CARDS if long and _are_cards(sample) else None


def meaning_of_typed(facts: Facts, outcome: Outcome) -> Meaning:
    """Return what numbers, dates and booleans mean."""
    storage = outcome.storage
    if storage == "bool":
        return Meaning("boolean", "it is true or false")
    if storage == "binary":
        return Meaning("unknown", "bytes", pii=True)
    if storage.startswith(("date", "time")) or storage == "string":
        if facts.kind == "date_of_birth":
            return Meaning("datetime", "dates, of birth by the column's name", pii=True)
        return Meaning("datetime", "dates or times")
    if facts.kind in _BOUNDS and storage != "int64":
        return Meaning(facts.kind, "numbers, and the column's name says so", pii=True)
    labels = facts.distinct.values
    if facts.kind in CODES and len(labels) and share(labels, facts.kind) >= _AGREED:
        return _named(facts, facts.kind)
    if facts.distinct.complete:
        if storage == "int64" and 1 <= len(labels) <= 2 and names_a_flag(facts.name):
            return Meaning("categorical", "a flag by the column's name, and no third value")
        unit = outcome.format is not None and outcome.format[-1].isalpha()
        if unit and storage == "int64" and len(labels) <= _FEW:
            return Meaning("categorical", f"{len(labels)} amounts of a unit that repeat")
    return Meaning("numerical", "numbers")


def meaning_of_text(facts: Facts) -> Meaning:
    """Return what text means, from the column's name, the shape of values and their number."""
    sample = facts.distinct.values
    if not facts.count:
        return Meaning("categorical", "there is no value")
    if all_json(sample):
        sdtype = "categorical" if facts.repeats else "unknown"
        return Meaning(sdtype, "every value is JSON", pii=not facts.repeats, format="json")
    for kind in _SELF_EVIDENT:
        if share(sample, kind) >= _MOST:
            if kind == "uuid":
                return Meaning("id", "every value is a UUID", format="uuid")
            return Meaning(kind, f"the values have the form of {_noun(kind)}", pii=True)
    named = facts.kind
    if named in SHAPES and share(sample, named) >= _AGREED:
        return _named(facts, named)
    if pc.all(pc.match_substring_regex(sample, _GROUPED_CARD)).as_py() and _are_cards(sample):
        return _CARDS
    return _labels_or_text(facts)


def _named(facts: Facts, kind: str) -> Meaning:
    by_name = f"the column's name says {_noun(kind)}, and the values look like it"
    if (kind in _PLACES_AND_WORK or kind == "user_agent_string") and facts.repeats:
        number = len(facts.distinct.values)
        return Meaning("categorical", f"{by_name}; {number:,} of them repeat")
    return Meaning(kind, by_name, pii=True)


def _labels_or_text(facts: Facts) -> Meaning:
    number = len(facts.distinct.values)
    often = number <= max(_FEW, _OFTEN * facts.count)
    words = pc.mean(pc.count_substring(facts.distinct.values, " ")).as_py() + 1
    if facts.repeats and often and not (words >= _PROSE_WORDS and number > _FEW):
        return Meaning("categorical", _repeating(number))
    if words >= _PROSE_WORDS:
        return Meaning("unknown", "free text", pii=True)
    amount = f"{number:,}" if facts.distinct.complete else f"more than {number:,}"
    return Meaning(
        "unknown", f"text with {amount} different values in {facts.count:,} rows", pii=True
    )


def _repeating(number: int) -> str:
    return "one label in every row" if number == 1 else f"{number:,} labels that repeat"


def _are_cards(sample: pa.Array) -> bool:
    return len(sample) >= _LEAST_CARDS and share(sample, "credit_card_number") >= _MOST


def _noun(kind: str) -> str:
    words = kind.replace("_", " ")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
