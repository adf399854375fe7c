"""A comparison as one self-contained page: the table first, every measure below it."""

from __future__ import annotations

from typing import Any

from synthkit.comparison.result import READING, Comparison, Line

__all__ = ["page"]


def page(comparison: Comparison, title: str) -> str:
    """Return the page, an HTML text that needs no other file; ``title`` names the data."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("synthkit.comparison", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lines = comparison.lines()
    headlines = comparison.headlines()
    return environment.get_template("page.html.jinja").render(
        title=title,
        headlines=headlines,
        lines=[_row(line, headlines) for line in lines],
        failures=[(line.name, line.failure) for line in lines if line.failure is not None],
        measures=_measures(lines),
        names=[line.name for line in lines],
        tables=comparison.rows,
        notes=comparison.notes,
        said={name: notes for name, notes in comparison.said().items() if notes},
        reading=READING,
    )


def _row(line: Line, measures: tuple[str, ...]) -> dict[str, Any]:
    cost = line.cost
    return {
        "name": line.name,
        "scores": [_number(line.measures.get(name), line.spread.get(name)) for name in measures],
        "worst": "-" if line.worst is None else f"{line.worst[0]} {line.worst[1]:.3f}",
        "costs": ["-"] * 4
        if cost is None
        else [
            f"{cost.fit_seconds:.1f}",
            f"{cost.sample_seconds:.1f}",
            f"{cost.rows_per_second:,.0f}",
            "-" if cost.peak_bytes is None else f"{cost.peak_bytes / 1e6:,.0f}",
        ],
    }


def _measures(lines: tuple[Line, ...]) -> list[tuple[str, list[str]]]:
    """Return every measure that some line has, with a cell for each line."""
    names = dict.fromkeys(name for line in lines for name in line.measures)
    return [
        (name, [_number(line.measures.get(name), line.spread.get(name)) for line in lines])
        for name in names
        if any(line.measures.get(name) is not None for line in lines)
    ]


def _number(value: float | None, spread: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if spread is None else f"{value:.3f} (± {spread / 2:.3f})"
