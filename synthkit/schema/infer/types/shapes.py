"""Shapes of values: which share of them looks like an e-mail, a card number, a name."""

from __future__ import annotations

import json
import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["SHAPES", "all_json", "share"]

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HEX4 = r"[0-9A-Fa-f]{1,4}"
_LETTERS = r"[\p{L}\p{M}'\x{2019}`. \-]"

SHAPES = {
    "email": r"^[^@\s,;<>]{1,64}@[A-Za-z0-9\p{L}\-]+(\.[A-Za-z0-9\p{L}\-]+)+$",
    "uuid": r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    "ipv4_address": rf"^({_OCTET}\.){{3}}{_OCTET}$",
    "ipv6_address": (
        rf"^(({_HEX4}:){{7}}{_HEX4}|({_HEX4}:){{1,7}}:"
        rf"|({_HEX4}:){{1,6}}(:{_HEX4}){{1,6}}|:(:{_HEX4}){{1,7}}|::)$"
    ),
    "mac_address": r"^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$|^([0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}$",
    "url": r"^(https?|ftp)://[^\s]+$|^www\.[^\s]+\.[^\s]+$",
    "iban": r"^[A-Z]{2}\d{2}( ?[A-Z0-9]){11,30}$",
    "credit_card_number": r"^\d([ -]?\d){12,18}$",
    "phone_number": r"^\+?[\d\s()./\-]*\d[\d\s()./\-]*( ?(x|ext\.?|#) ?\d{1,6})?$",
    "first_name": rf"^{_LETTERS}{{1,40}}$",
    "last_name": rf"^{_LETTERS}{{1,50}}$",
    "name": rf"^{_LETTERS}{{1,50}},?( {_LETTERS}{{1,50}})*$",
    "street_address": r"\p{L}{2}",
    "secondary_address": r"\S",
    "city": r"^[^\d@]*\p{L}[^\d@]*$",
    "state": r"^[^\d@]*\p{L}[^\d@]*$",
    "country": r"^[^\d@]*\p{L}[^\d@]*$",
    "country_code": r"^[A-Za-z]{2,3}$",
    "postcode": r"^[A-Za-z0-9][A-Za-z0-9 \-]{1,9}$",
    "ssn": r"^[A-Za-z0-9][A-Za-z0-9 ./\-]{5,19}$",
    "user_name": r"^\S{2,60}$",
    "company": r"\p{L}",
    "job": r"\p{L}{2}",
    "user_agent_string": r"^[A-Za-z][^ /]*/\S+",
    "license_plate": r"^[\p{L}\d][\p{L}\d \-·]{2,11}$",
    "vin": r"^[A-HJ-NPR-Z0-9]{17}$",
}
"""Patterns (RE2) that every value of a kind has; some need more, see `share`."""

_LEAST_PHONE_DIGITS = 5
_SAMPLE_OF_JSON = 500
_GAPS = re.compile(r"[ -]")


def share(values: pa.Array, kind: str) -> float:
    """Return the share of strings that have the shape of a kind; blank ones do not count."""
    values = values.filter(pc.match_substring_regex(values, r"\S"))
    if not len(values):
        return 0.0
    fits = pc.match_substring_regex(values, SHAPES[kind])
    if kind == "phone_number":
        digits = pc.binary_length(pc.replace_substring_regex(values, r"\D", ""))
        fits = pc.and_(fits, pc.greater_equal(digits, _LEAST_PHONE_DIGITS))
    matching = int(pc.sum(fits).as_py())
    if kind in ("iban", "credit_card_number") and matching:
        checked = values.filter(fits).to_pylist()
        test = _is_iban if kind == "iban" else _is_card
        matching = sum(test(_GAPS.sub("", value)) for value in checked)
    return matching / len(values)


@cache
def _letter_numbers() -> dict[int, str]:
    return {ord("A") + number: str(10 + number) for number in range(26)}


def _is_iban(text: str) -> bool:
    """Check the digits as ISO 13616 says: modulo 97 leaves 1."""
    return int((text[4:] + text[:4]).translate(_letter_numbers())) % 97 == 1


def _is_card(text: str) -> bool:
    """Check the last digit as ISO/IEC 7812-1 says (Luhn)."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in text[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in text[-1::-2])) % 10 == 0


def all_json(values: pa.Array) -> bool:
    """Whether every string of a sample is a JSON object or list."""
    if not len(values) or not pc.all(pc.match_substring_regex(values, r"^\s*[{\[]")).as_py():
        return False
    try:
        for value in values.slice(0, _SAMPLE_OF_JSON).to_pylist():
            json.loads(value)
    except ValueError:
        return False
    return True
