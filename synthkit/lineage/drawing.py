"""The chain as an SVG image: boxes from left to right, from what was read to what was made."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from synthkit.lineage.chain import Link

__all__ = ["svg"]

_WIDTH, _GAP, _LINE, _PAD = 260, 60, 16, 10
_LETTERS = 36
"""Letters that fit on a line of a box."""

Box = tuple[Link, int, float, float]
"""A link, how many steps it lies from the end, its top, and its height."""


def svg(link: Link) -> str:
    """Return an SVG document; names are escaped, nothing outside it is needed."""
    boxes: list[tuple[Box, Box | None]] = []
    height = _place(link, 0, 20.0, boxes)[1]
    depth = max(box[1] for box, _ in boxes)
    width = 40 + (depth + 1) * _WIDTH + depth * _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + 10:.0f}" '
        f'viewBox="0 0 {width} {height + 10:.0f}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>Lineage of {escape(link.name)}</title>'
    ]
    for box, target in boxes:
        parts += _drawn(box, target, depth)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _place(
    link: Link, level: int, top: float, boxes: list[tuple[Box, Box | None]]
) -> tuple[Box, float]:
    """Place a link and its sources from ``top`` on; return its box and where the next begins."""
    size = 2 * _PAD + _LINE * (1 + len(_lines(link)))
    at = len(boxes)
    below = top
    placed = []
    for source in link.sources:
        box, below = _place(source, level + 1, below, boxes)
        placed.append(box)
    middle = (placed[0][2] + placed[-1][2] + placed[-1][3]) / 2 if placed else top + size / 2
    own: Box = (link, level, max(top, middle - size / 2), size)
    for number, (box, target) in enumerate(boxes[at:], at):
        if target is None and any(box is each for each in placed):
            boxes[number] = (box, own)
    boxes.append((own, None))
    return own, max(below, own[2] + size + 20)


def _drawn(box: Box, target: Box | None, depth: int) -> Iterator[str]:
    link, level, top, size = box
    left = 20 + (depth - level) * (_WIDTH + _GAP)
    fill = "#e8f1fa" if level == 0 else "#f6f6f6"
    yield (
        f'<rect x="{left}" y="{top:.0f}" width="{_WIDTH}" height="{size}" rx="6" fill="{fill}" '
        'stroke="#5b6770"/>'
    )
    for number, line in enumerate([_cut(link.name), *_lines(link)]):
        weight = ' font-weight="bold"' if number == 0 else ""
        y = top + _PAD + _LINE * (number + 0.8)
        yield f'<text x="{left + _PAD}" y="{y:.0f}"{weight}>{escape(line)}</text>'
    if target is not None:
        right, y = left + _WIDTH, top + size / 2
        end = target[2] + target[3] / 2
        yield (
            f'<path d="M{right} {y:.0f} C{right + 30} {y:.0f} {right + 30} {end:.0f} '
            f'{right + _GAP - 6} {end:.0f}" fill="none" stroke="#5b6770"/>'
            f'<path d="M{right + _GAP} {end:.0f} l-8 -4 v8 z" fill="#5b6770"/>'
        )


def _lines(link: Link) -> list[str]:
    return [_cut(line) for line in link.told]


def _cut(line: str) -> str:
    return line if len(line) <= _LETTERS else line[: _LETTERS - 1] + "…"
