"""The settings of the built-in actions; importing it costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class RedactSettings:
    """``text`` stands where a value was; numbers and dates, which cannot hold it, become null."""

    text: str = "[REDACTED]"


@dataclass(frozen=True)
class MaskSettings:
    """``keep_first`` and ``keep_last`` characters stay, the others become ``character``."""

    keep_first: int = 0
    keep_last: int = 4
    character: str = "*"


@dataclass(frozen=True)
class HashSettings:
    """``length``: hexadecimal digits, up to 32."""

    length: int = 32


@dataclass(frozen=True)
class PoolSettings:
    """What is put in place.

    ``kind`` is any value provider: name, city, company. With ``scope`` "subject", a value is
    replaced by whom its row is about, not by itself: two Smiths get different names, and what is
    common among the names tells nothing. The first name, last name and name of one subject
    agree; ``person`` tells several persons of one row apart (contact, spouse). ``locale`` is that
    of the values, where it is not the plan's first.
    """

    kind: str = "name"
    scope: str = "value"
    person: str = ""
    locale: str = ""


@dataclass(frozen=True)
class EmailSettings:
    """``host``: "example" puts a reserved one (RFC 2606), "keep" leaves that of the value,
    "none" makes a user name without any.

    A host of one person's or a small company's own says whose address it was.
    """

    host: Literal["example", "keep", "none"] = "example"


@dataclass(frozen=True)
class DigitsSettings:
    """``keep_first`` and ``keep_last``: how many letters and digits at the ends stay as they are.

    With ``letters`` off only digits are replaced: CUST-00017 stays a CUST. ``valid`` names a
    format of the library python-stdnum (br.cpf, es.nif): values that are valid there stay valid.
    """

    keep_first: int = 0
    keep_last: int = 0
    letters: bool = True
    valid: str = ""


@dataclass(frozen=True)
class CardSettings:
    """``keep_first``: leading digits that stay; one says the brand, six the bank."""

    keep_first: int = 1


@dataclass(frozen=True)
class DateShiftSettings:
    """``max_days``: dates move by as many days at most, forward or back, never by none.

    ``whole_weeks`` moves by weeks, so that Mondays stay Mondays. All dates of a subject move by
    the same: what comes before what and how long after stays.
    """

    max_days: int = 364
    whole_weeks: bool = True


@dataclass(frozen=True)
class GeneralizeSettings:
    """``to``: the unit that dates are cut to. ``step``: the width of the bins of numbers.

    ``keep_first``: characters that stay of texts (postcodes); the others become ``*``.
    """

    to: Literal["hour", "day", "week", "month", "quarter", "year", "decade"] = "year"
    step: float = 10
    keep_first: int = 2


@dataclass(frozen=True)
class NoiseSettings:
    """``relative``: the standard deviation against the value; ``absolute`` is added to it."""

    relative: float = 0.05
    absolute: float = 0.0


@dataclass(frozen=True)
class AddressSettings:
    """As those of `pool`; ``kind`` is street_address, secondary_address or address."""

    kind: str = "street_address"
    scope: str = "value"
    locale: str = ""


@dataclass(frozen=True)
class TextSettings:
    """``use_db_names``: words of the data set's own columns of names count as names here."""

    use_db_names: bool = True


@dataclass(frozen=True)
class JsonSettings:
    """What happens at paths: ``{"$.user.mail": email, "$.note": text, "$.id": keep}``.

    Where no path says otherwise, the name of a field tells its kind, and what it does not tell
    is read as free text.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
