"""Figures for a page: SVG whose colours and letters are the page's, and PNG files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from synthkit.reports.palette import COLOURS, FAINT, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["figure", "panels", "png", "styled", "svg"]

WIDTH = 9.0
"""Inches that a figure is wide; 8-point letters stay readable on a page of 700 pixels."""

_STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.5,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "synthkit",
    "text.parse_math": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the report's style; what was set before comes back."""
    from matplotlib import rc_context

    with rc_context(_STYLE):
        yield


def figure(height: float, *, width: float = WIDTH) -> Figure:
    """Return an empty figure of a height in inches, that no window system knows of."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    # letters of another font than matplotlib's need some room more
    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(h_pad=0.09, w_pad=0.08))


def panels(count: int, *, across: int = 3, height: float = 1.9) -> tuple[Figure, list[Axes]]:
    """Return a figure of small panels, row by row, and their axes."""
    down = -(-count // across)
    made = figure(height * down + 0.35)
    axes = [made.add_subplot(down, across, at + 1) for at in range(count)]
    return made, axes


def png(drawing: Figure) -> bytes:
    """Return a figure on white paper, as the bytes of a PNG file."""
    out = io.BytesIO()
    with styled():
        drawing.savefig(out, format="png", dpi=120, facecolor="white", metadata={"Software": None})
        drawing.set_layout_engine("none")
    return out.getvalue()


def svg(drawing: Figure, name: str, alt: str) -> str:
    """Return a figure as an SVG element for a page.

    Colours of the palette become the page's variables, letters its font. ``name`` makes the ids
    of its parts unique in the page; ``alt`` is read out by screen readers.
    """
    out = io.StringIO()
    with styled():
        drawing.savefig(out, format="svg", transparent=True, metadata={"Date": None})
        drawing.set_layout_engine("none")  # what was laid out stays: the next format is quicker
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    for colour, (variable, _, _) in COLOURS.items():
        text = text.replace(colour, f"var(--{variable})")
    text = re.sub(r"font-family: '[^;\"]*", "font-family: var(--font)", text)
    text = re.sub(r"(font: [^'\";]*px )'[^;\"]*", r"\1var(--font)", text)
    text = re.sub(r"\d+(\.\d{2})\d+", lambda found: found[0][: found[0].index(".") + 3], text)
    head = re.match(r"<svg[^>]*>", text)
    assert head is not None
    box = re.search(r'viewBox="([^"]+)"', head[0])
    opened = (
        f'<svg viewBox="{box[1] if box else "0 0 648 200"}" role="img" aria-label="{_quoted(alt)}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return opened + text[head.end() :]


def _quoted(text: str) -> str:
    for letter, stands in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, stands)
    return text
