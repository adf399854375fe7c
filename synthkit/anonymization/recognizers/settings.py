"""The settings of the built-in recognizers; importing it costs nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PeopleSettings:
    """``without``: locales, separated by commas, whose lists are not used (for measuring)."""

    without: str = ""


@dataclass(frozen=True)
class PresidioSettings:
    """``nlp``: the name of an installed spaCy model (en_core_web_lg); none is ever fetched."""

    nlp: str = ""
