"""What the values' form and check digits say: addresses of e-mail and machines, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.schema.infer.types.shapes import share

__all__ = ["Forms", "national_numbers"]

_PLAIN = ("email", "ipv6_address", "mac_address", "iban", "credit_card_number")
_MOST = 0.8
_LEAST = 8
"""Different values from which on check digits say something."""
_EMAIL_INSIDE = r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+"
_PHONE = r"^\+?[(\d][\d\s()./\-]*\d( ?(x|ext\.?|#) ?\d{1,6})?$"
_MARKED = r"[\s()/.\-+]|^0"
_NOT_PHONE = (
    r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}$|^\d{1,6}\.\d+$|^97[89][- ]"
)
_REGIONS = "US GB DE FR ES IT NL BE CH AT PL SE DK NO FI PT BR MX IN JP KR CN AU CZ TR IE".split()
_WITHOUT_TRUNK = "US ES PT DK NO PL CZ BR".split()
"""Countries where numbers are commonly written without a zero or a sign before them."""
_AMERICAN = re.compile(r"^\s*(\+|00|(1[\s.-]*)?\(?\d{3}\)?[\s./-]*\d{3}[\s./-]*\d{4}\b)")
_PHONES = 120
_NATIONAL = (
    ("us.ssn", r"^\d{3}-\d{2}-\d{4}$"),
    ("gb.nhs", r"^\d{3}[ -]?\d{3}[ -]?\d{4}$"),
    ("de.idnr", r"^\d[\d ]{10,14}$"),
    ("fr.nir", r"^[12][\dAB .]{12,20}$"),
    ("es.nif", r"^[\dXYZKLM][\d-]{7,9}-?[A-Z]$"),
    ("it.codicefiscale", r"^[A-Z]{6}[A-Z0-9]{10}$"),
    ("nl.bsn", r"^\d{3,4}[.]?\d{2,3}[.]?\d{2,3}$"),
    ("be.nn", r"^\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[. ]?\d{2}$"),
    ("pl.pesel", r"^\d{11}$"),
    ("se.personnummer", r"^\d{6,8}[-+]?\d{4}$"),
    ("dk.cpr", r"^\d{6}-\d{4}$"),
    ("fi.hetu", r"^\d{6}[-+A]\d{3}[A-Z0-9]$"),
    ("no.fodselsnummer", r"^\d{6} ?\d{5}$"),
    ("br.cpf", r"^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$"),
    ("ca.sin", r"^\d{3}[- ]?\d{3}[- ]?\d{3}$"),
    ("in_.aadhaar", r"^\d{4} ?\d{4} ?\d{4}$"),
    ("pt.cc", r"^\d{8} ?\d ?[A-Z0-9]{2} ?\d$"),
    ("pt.nif", r"^\d{9}$"),
    ("ro.cnp", r"^\d{13}$"),
    ("cz.rc", r"^\d{6}/?\d{3,4}$"),
    ("at.vnr", r"^\d{4} ?\d{6}$"),
    ("ch.ssn", r"^756\.?\d{4}\.?\d{4}\.?\d{2}$"),
    ("tr.tckimlik", r"^\d{11}$"),
    ("mx.curp", r"^[A-Z]{4}\d{6}[A-Z]{6}[A-Z0-9]\d$"),
    ("kr.rrn", r"^\d{6}-?\d{7}$"),
    ("cn.ric", r"^\d{17}[\dX]$"),
    ("ee.ik", r"^\d{11}$"),
    ("hr.oib", r"^\d{11}$"),
    ("bg.egn", r"^\d{10}$"),
)
"""National numbers of persons: the format in python-stdnum, and how it is written."""
_UNCHECKED = (
    ("British national insurance number", r"^[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-DT]$"),
    ("German pension insurance number", r"^\d{2} ?[0-3]\d[01]\d{3} ?[A-Z] ?\d{3}$"),
    ("US social security number", r"^\d{3}-\d{2}-\d{4}$"),
)
_CHECKED = 0.9


class Forms:
    """Knows forms and check digits; needs no name of a column."""

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return what the form of the values says."""
        storage, values = sample.column.storage, sample.values
        if storage not in ("string", "int64", "uint64"):
            return []
        if storage != "string":
            return _cards_in_numbers(values)
        for kind in _PLAIN:
            if share(values, kind) >= _MOST and (
                kind in ("email", "iban") or len(values) >= _LEAST
            ):
                return [Finding(kind, 0.97, f"the values have the form of {_noun(kind)}")]
        if share(values, "ipv4_address") >= _MOST and _are_hosts(values):
            return [Finding("ipv4_address", 0.95, "the values have the form of IP addresses")]
        if (
            _matching(values, _EMAIL_INSIDE) >= _MOST
            and pc.max(pc.utf8_length(values)).as_py() < 120
        ):
            return [Finding("email", 0.9, "there is an e-mail address in the values")]
        return national_numbers(values) or _phones(values, locales)


def national_numbers(values: pa.Array) -> list[Finding]:
    """Return the national number that the values are, by check digits and form."""
    if len(values) < _LEAST:
        return []
    texts = values[:400].to_pylist()
    for name, form in _NATIONAL:
        pattern = re.compile(form)
        fitting = [text for text in texts if pattern.match(text)]
        if len(fitting) < _CHECKED * len(texts):
            continue
        valid = _is_valid(name)
        if sum(map(valid, fitting)) >= _CHECKED * len(texts):
            because = f"the values are valid numbers of the format {name}"
            return [Finding("ssn", 0.93, because, {"valid": name})]
    for what, form in _UNCHECKED:
        if _matching(values, form) >= _CHECKED:
            return [Finding("ssn", 0.88, f"the values are written as a {what}")]
    return []


@cache
def _is_valid(name: str) -> Callable[[str], bool]:
    from importlib import import_module

    return import_module(f"stdnum.{name}").is_valid  # type: ignore[no-any-return]


def _cards_in_numbers(values: pa.Array) -> list[Finding]:
    cards = len(values) >= _LEAST and pc.min(pc.utf8_length(values)).as_py() >= 15
    if cards and share(values, "credit_card_number") >= 0.95:
        because = "the numbers have the check digit of cards"
        return [Finding("credit_card_number", 0.95, because)]
    return []


def _are_hosts(values: pa.Array) -> bool:
    """Say whether values are addresses and no versions, whose parts are small."""
    return _matching(values, r"\b(6[4-9]|[7-9]\d|[12]\d\d)\b") >= 0.5


def _matching(values: pa.Array, pattern: str) -> float:
    found = pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0
    return float(found) / max(len(values), 1)


def _phones(values: pa.Array, locales: Sequence[str]) -> list[Finding]:
    if len(values) < _LEAST or _matching(values, _PHONE) < _MOST:
        return []
    if _matching(values, _MARKED) < 0.5 or _matching(values, _NOT_PHONE) > 0.2:
        return []
    digits = pc.utf8_length(pc.replace_substring_regex(values, r"\D", ""))
    if pc.mean(pc.and_(pc.greater_equal(digits, 7), pc.less_equal(digits, 17))).as_py() < _MOST:
        return []
    texts = values[:_PHONES].to_pylist()
    regions = [each.split("_")[-1] for each in locales if "_" in each]
    begun = _matching(values, r"^\s*[+0(]") >= 0.2
    if not begun and _matching(values, r"\d-\d+-\d+-\d") >= 0.5:
        return []
    asked = dict.fromkeys([*regions, *(_REGIONS if begun else _WITHOUT_TRUNK)])
    best = max(_valid_phones(texts, region) for region in asked)
    if best < 0.3:
        return []
    sure = 0.9 if best >= 0.6 else 0.82
    return [Finding("phone_number", sure, "the values are possible telephone numbers")]


def _valid_phones(texts: Sequence[str], region: str) -> float:
    import phonenumbers

    count = 0
    for text in texts:
        if region == "US" and not _AMERICAN.match(text):
            continue
        try:
            bare = re.sub(r"(x|ext\.?|#) ?\d+$", "", text)
            bare = "+" + bare[2:] if bare.startswith("00") else bare
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            continue
        count += phonenumbers.is_possible_number(number) and phonenumbers.is_valid_number(number)
    return count / max(len(texts), 1)


def _noun(kind: str) -> str:
    return {"email": "e-mail addresses", "iban": "IBANs, check digits too"}.get(
        kind, kind.replace("_", " ").replace("number", "numbers").replace("address", "addresses")
    )
