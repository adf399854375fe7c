"""The colours of a report: each has a name, and a page decides what it is, light or dark.

The hues are those of Okabe and Ito (2008), which colour-blind readers tell apart. Lines differ by
their strokes too, and points by their shapes: no figure is read by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLOURS", "FAINT", "INK", "PAPER", "SERIES", "Series"]

INK = "#1c2024"
FAINT = "#8b8d98"
PAPER = "#fefefe"

COLOURS = {
    INK: ("ink", "#1c2024", "#e6e8ec"),
    FAINT: ("faint", "#70757f", "#9ba1ab"),
    PAPER: ("paper", "#ffffff", "#16181c"),
    "#0072b2": ("real", "#0072b2", "#56b4e9"),
    "#d55e00": ("synthetic", "#c24f00", "#f08a3c"),
    "#009e73": ("held-out", "#00805d", "#35c79b"),
    "#cc79a7": ("floor", "#a8487e", "#dd9cc2"),
}
"""What figures are drawn in: the name of the page's variable, its value in light and in dark."""


@dataclass(frozen=True)
class Series:
    """How one data set is drawn: colour, stroke and marker."""

    colour: str
    stroke: str
    marker: str


SERIES = {
    "real": Series("#0072b2", "-", "o"),
    "synthetic": Series("#d55e00", "--", "^"),
    "held out": Series("#009e73", ":", "s"),
    "floor": Series("#cc79a7", "-.", "D"),
}
"""Data sets by the names that `SectionInputs.sides` gives them."""
