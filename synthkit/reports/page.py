"""A report as files: one self-contained page, report.json and the figures as PNG."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import Any

from synthkit.contracts.section import Grid, Plot, Section
from synthkit.errors import UsageError
from synthkit.reports.build import Built, Report
from synthkit.reports.drawing import png, svg
from synthkit.reports.palette import COLOURS
from synthkit.reports.verdict import Headline
from synthkit.staging import replace_files, staging
from synthkit.version import VERSION

__all__ = ["as_json", "check_folder", "page", "save"]

PAGE, DATA = "index.html", "report.json"


def check_folder(folder: str | Path, *, overwrite: bool = False) -> None:
    """Raise `UsageError` where a report cannot go: before the work, rather than after it."""
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file, not a folder.", hint="Give another place.")
    if not overwrite and any((target / name).exists() for name in (PAGE, DATA)):
        raise UsageError(
            f"{target} holds a report already.",
            hint="Give another name, or --overwrite to replace it.",
        )


def save(report: Report, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a report into a folder, complete or not at all; return the path of its page.

    Raises `UsageError` if a report is there and ``overwrite`` is false, `SynthkitError` if the
    disk cannot take it.
    """
    check_folder(folder, overwrite=overwrite)
    target = Path(folder)
    with staging(target) as staged:
        (staged / PAGE).write_text(page(report), encoding="utf-8")
        told = json.dumps(as_json(report), indent=2, ensure_ascii=False, allow_nan=False)
        (staged / DATA).write_text(f"{told}\n", encoding="utf-8")
        for plot in plots(report):
            (staged / f"{plot.name}.png").write_bytes(png(plot.drawing))
        replace_files(staged, target, DATA)
    return target / PAGE


def plots(report: Report) -> Iterator[Plot]:
    """Yield every figure of a report."""
    for built in report.sections:
        if built.section is not None:
            yield from _plots(built.section)


def _plots(section: Section) -> Iterator[Plot]:
    yield from section.plots
    for part in section.parts:
        yield from _plots(part)


def page(report: Report) -> str:
    """Return the page, an HTML text that needs no other file and no script."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("synthkit.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(drawn=_drawn, cell=_cell, numeric=_numeric, percent=_percent)
    return environment.get_template("page.html.jinja").render(
        report=report,
        colours=COLOURS.values(),
        notes=sorted({note for built in report.sections for note in _notes(built)}),
        version=VERSION,
    )


def _drawn(plot: Plot) -> Any:
    from markupsafe import Markup

    # made here from a drawing; names and labels in it are escaped by matplotlib
    return Markup(svg(plot.drawing, plot.name, plot.alt))  # noqa: S704


def _cell(value: str | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def _numeric(value: object) -> bool:
    return value is None or isinstance(value, (int, float))


def _percent(headline: Headline) -> str | None:
    return None if headline.place is None else f"{100 * headline.place:.0f}"


def _notes(built: Built) -> tuple[str, ...]:
    return () if built.failure is None else (built.failure,)


def as_json(report: Report) -> dict[str, Any]:
    """Return everything that a report says, as plain JSON: scores, sections, grids."""
    told: dict[str, Any] = {
        "synthkit": VERSION,
        "title": report.title,
        **report.facts,
        "verdict": list(report.verdict),
        "headlines": [asdict(each) for each in report.headlines],
        "measures": {},
        "leaks": [],
        "sections": [
            {
                "name": built.name,
                "failure": built.failure,
                **({} if built.section is None else _section(built.section)),
            }
            for built in report.sections
        ],
    }
    if report.standing is not None:
        rows = report.standing.rows()
        told["measures"] = {row.measure: asdict(row) for row in rows if row.value is not None}
        if report.standing.scores.privacy is not None:
            told["leaks"] = [asdict(leak) for leak in report.standing.scores.privacy.leaks()]
    return told


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "text": section.text,
        "numbers": _plain(section.numbers),
        "notes": list(section.notes),
        "grids": [_grid(each) for each in section.grids],
        "plots": [
            {"name": each.name, "title": each.title, "alt": each.alt, "grid": _grid(each.grid)}
            for each in section.plots
        ],
        "parts": [_section(each) for each in section.parts],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "caption": grid.caption,
        "header": list(grid.header),
        "rows": [[_plain(cell) for cell in row] for row in grid.rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, float) and isnan(value):  # JSON has no such number
        return None
    return value
