"""The kinds of edge cases by name, and how a user asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from synthkit.errors import UsageError, near_matches

__all__ = ["INVALID_KINDS", "KINDS", "Wish", "read_wish"]

KINDS = {
    "boundary": "the bounds of a range, labels that the schema lists, equal sides of an order",
    "case_duplicate": "text that another row has, in the other case",
    "children": "parents with very many children, and with none",
    "date": "leap days, gaps of summer time, the epoch, the years 1000 and 9999",
    "empty": "text of no characters",
    "injection": "SQL, HTML, shell, formulas of spreadsheets, paths, format strings",
    "long": "text as long as its column allows, else 10,000 characters",
    "null": "nothing, where a column may be empty",
    "number": "0, 1, -1, the greatest, the least and the smallest step of the storage",
    "pairs": "labels of two columns that no other row has together",
    "unicode": "combining marks, right to left, emoji, zero width, look-alikes",
    "whitespace": "spaces, tabs and lines at either end, or nothing else",
}
"""Kinds of valid cases, and what they are."""

INVALID_KINDS = {
    "balance": "does not go on from the row before",
    "circle": "a row that is its own parent",
    "decimal_places": "a number with more decimal places than the schema allows",
    "dependency": "another dependent of the same determinant",
    "duplicate": "a key that an earlier row has",
    "equality": "not what the other column holds",
    "form": "an e-mail address, URL or the like that is none",
    "formula": "not what the formula gives",
    "inequality": "two values in the wrong order, in a row or against its parent",
    "not_null": "nothing, where a column or a key may not be empty",
    "orphan": "a foreign key, of any number of columns, that no parent row has",
    "range": "beyond the bounds of a range, a year before 1000, a label that is not listed",
    "shared_parent": "the parent of another row, where each row has its own",
    "type": "text that is no value of its column: a word among numbers, 30 February",
    "unique": "values together that an earlier row has",
}
"""Kinds of cases that break the schema: one way each in which validation finds rows broken."""


@dataclass(frozen=True)
class Wish:
    """Which share of the rows of each table carries a case, of which kinds, and if some break it.

    ``kinds`` are names of `KINDS`, and with ``invalid`` of `INVALID_KINDS`; where it names none of
    the latter, ``invalid`` adds all of them.
    """

    share: float
    kinds: tuple[str, ...] = tuple(KINDS)
    invalid: bool = False

    def __post_init__(self) -> None:
        """Raise `UsageError` for a share or kind that cannot be."""
        if not 0 < self.share <= 1:
            raise UsageError(
                f"A share of {self.share:g} of the rows cannot carry edge cases.",
                hint="Give a share above 0, up to 1: 0.02 is two rows of a hundred.",
            )
        known = [*KINDS, *INVALID_KINDS] if self.invalid else list(KINDS)
        for kind in self.kinds:
            if kind in INVALID_KINDS and not self.invalid:
                raise UsageError(
                    f"Edge cases of the kind {kind!r} break the schema.",
                    hint="Add --invalid, in Python invalid=True, if that is what you want.",
                )
            if kind not in known:
                raise UsageError(
                    f"There is no kind of edge case {kind!r}.",
                    hint=near_matches(kind, known) or f"There are: {', '.join(known)}.",
                )
        if not self.kinds and not self.invalid:
            raise UsageError("No kind of edge case is asked for.", hint=f"Say {', '.join(KINDS)}.")

    @property
    def breaking(self) -> tuple[str, ...]:
        """The kinds that break the schema, names of `INVALID_KINDS`."""
        if not self.invalid:
            return ()
        named = tuple(kind for kind in self.kinds if kind in INVALID_KINDS)
        return named or tuple(INVALID_KINDS)

    @property
    def names(self) -> list[str]:
        """All kinds, those that break the schema as ``invalid.<kind>``."""
        valid = [kind for kind in self.kinds if kind in KINDS]
        return [*valid, *(f"invalid.{kind}" for kind in self.breaking)]


def read_wish(text: str, *, invalid: bool = False) -> Wish:
    """Read what the command line says: ``0.02`` or ``0.02,kinds=unicode+injection``.

    >>> read_wish("0.1,kinds=unicode").kinds
    ('unicode',)
    """
    share, comma, rest = text.partition(",")
    name, _, listed = rest.partition("=")
    try:
        number = float(share)
    except ValueError:
        number = None
    if number is None or (comma and (name.strip() != "kinds" or not listed)):
        raise UsageError(
            f"{text!r} does not say which edge cases.",
            hint="Write --edge-cases 0.02 or --edge-cases 0.02,kinds=unicode+injection.",
        )
    chosen: Iterable[str] = listed.split("+") if comma else KINDS
    return Wish(number, tuple(dict.fromkeys(kind.strip() for kind in chosen)), invalid)
