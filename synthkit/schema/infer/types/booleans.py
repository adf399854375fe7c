"""Pairs of labels that mean yes and no."""

from __future__ import annotations

from synthkit.schema.infer.types.outcome import Outcome

__all__ = ["boolean_outcome"]

_WORDS = (
    *(("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off")),
    *(("ja", "nein"), ("j", "n"), ("wahr", "falsch"), ("oui", "non"), ("vrai", "faux")),
    *(("sí", "no"), ("si", "no"), ("ja", "nee"), ("sim", "não"), ("vero", "falso")),
)
_CASES = (str.lower, str.upper, str.capitalize)
_PAIRS = tuple(dict.fromkeys((case(yes), case(no)) for yes, no in _WORDS for case in _CASES))
_CERTAIN = ("true", "false")


def boolean_outcome(labels: list[str], flag: bool) -> Outcome | None:
    """Return the form of a pair of labels; one label alone has to be certain or named a flag."""
    seen = set(labels)
    for yes, no in _PAIRS:
        if seen == {yes, no}:
            return Outcome("bool", f"{yes}/{no}", "every value is one of two labels of yes and no")
        if len(seen) == 1 and seen < {yes, no} and (flag or yes.lower() in _CERTAIN):
            return Outcome("bool", f"{yes}/{no}", "every value is the same label of yes or no")
    return None
