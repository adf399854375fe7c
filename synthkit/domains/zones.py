"""The time zone of a place: of its country, and in the United States of its state."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["zone_of", "zones_of"]

_COUNTRIES = {
    "AE": "Asia/Dubai", "AL": "Europe/Tirane", "AM": "Asia/Yerevan",
    "AR": "America/Argentina/Buenos_Aires", "AT": "Europe/Vienna", "AU": "Australia/Sydney",
    "AZ": "Asia/Baku", "BA": "Europe/Sarajevo", "BD": "Asia/Dhaka", "BE": "Europe/Brussels",
    "BG": "Europe/Sofia", "BH": "Asia/Bahrain", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CH": "Europe/Zurich", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "CO": "America/Bogota", "CY": "Asia/Nicosia", "CZ": "Europe/Prague",
    "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "DZ": "Africa/Algiers",
    "EE": "Europe/Tallinn", "EG": "Africa/Cairo", "ES": "Europe/Madrid",
    "ET": "Africa/Addis_Ababa", "FI": "Europe/Helsinki", "FR": "Europe/Paris",
    "GB": "Europe/London", "GE": "Asia/Tbilisi", "GH": "Africa/Accra", "GR": "Europe/Athens",
    "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "ID": "Asia/Jakarta", "IE": "Europe/Dublin",
    "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata", "IR": "Asia/Tehran",
    "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JO": "Asia/Amman", "JP": "Asia/Tokyo",
    "KE": "Africa/Nairobi", "KR": "Asia/Seoul", "LI": "Europe/Vaduz", "LK": "Asia/Colombo",
    "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "LV": "Europe/Riga",
    "MK": "Europe/Skopje", "MT": "Europe/Malta", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NG": "Africa/Lagos", "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo", "NP": "Asia/Kathmandu", "NZ": "Pacific/Auckland", "PH": "Asia/Manila",
    "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "PS": "Asia/Gaza", "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest", "RU": "Europe/Moscow", "SA": "Asia/Riyadh",
    "SE": "Europe/Stockholm", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
    "TH": "Asia/Bangkok", "TR": "Europe/Istanbul", "TW": "Asia/Taipei", "UA": "Europe/Kyiv",
    "US": "America/New_York", "UZ": "Asia/Tashkent", "VA": "Europe/Vatican",
    "VN": "Asia/Ho_Chi_Minh", "ZA": "Africa/Johannesburg",
}  # fmt: skip
"""Where a country has several zones, that of most people."""

_STATES = {
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
}
_OF_STATE = {state: zone for zone, states in _STATES.items() for state in states.split()}


def zone_of(country: str, state: str | None = None) -> str:
    """Return the IANA name of a place's time zone; UTC for a country that is not known."""
    if country == "US" and state in _OF_STATE:
        return _OF_STATE[state]
    return _COUNTRIES.get(country, "UTC")


def zones_of(countries: Sequence[str], states: Sequence[str | None]) -> list[str]:
    """Return the zone of each place."""
    pairs = list(zip(countries, states, strict=True))
    known = {pair: zone_of(*pair) for pair in set(pairs)}
    return [known[pair] for pair in pairs]
