"""Builds a report: every section that a plugin offers, each by itself, and the verdict."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from synthkit.contracts.progress import Progress
from synthkit.contracts.section import Section, SectionInputs
from synthkit.metrics import Standing
from synthkit.plugins import Plugins
from synthkit.randomness import Streams
from synthkit.reports.verdict import Headline, headlines, verdict

__all__ = ["Built", "Report", "build"]


@dataclass(frozen=True)
class Built:
    """A section, or why there is none; ``seconds`` is what it took."""

    name: str
    section: Section | None
    failure: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """A report that can be written: title, verdict, headlines, sections.

    ``standing`` holds every score; it is None for the report of a single data set.
    """

    title: str
    verdict: tuple[str, ...]
    headlines: tuple[Headline, ...]
    sections: tuple[Built, ...]
    standing: Standing | None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def violations(self) -> int | None:
        """How many ways the synthetic data breaks its schema in; None if it was not checked."""
        found = [x.section for x in self.sections if x.name == "validity" and x.section]
        count = found[0].numbers.get("synthetic") if found else None
        return count if isinstance(count, int) else None

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write index.html, report.json and the figures; return the path of the page.

        Complete or not at all. Raises `UsageError` if a report is there and ``overwrite`` is
        false, `SynthkitError` if the disk cannot take it.
        """
        from synthkit.reports.page import save

        return save(self, folder, overwrite=overwrite)


def build(
    inputs: SectionInputs,
    standing: Standing | None,
    plugins: Plugins,
    *,
    title: str,
    seed: int,
    progress: Progress,
) -> Report:
    """Build every section; one that raises is kept as failed, and the report goes on.

    A failure is told by its class and place alone: messages of foreign code may hold values.
    """
    components = plugins.components("report_sections")
    streams = Streams(seed).under("report")
    found = []
    progress.start("drawing sections", len(components))
    for name in components:
        began = time.perf_counter()
        section, failure = None, None
        try:
            builder = plugins.create("report_sections", name)
            section = builder.build(inputs, streams.at(name))
        except Exception as error:
            owner = plugins.owner("report_sections", name)
            failure = f"The section {name!r} of {owner} failed with {_kind(error)}."
            progress.say(failure)
        if section is not None or failure is not None:
            found.append(Built(name, section, failure, time.perf_counter() - began))
        progress.advance()
    return Report(
        title,
        verdict(standing) if standing is not None else (),
        headlines(standing) if standing is not None else (),
        tuple(found),
        standing,
        {"seed": seed},
    )


def _kind(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = (
        "" if trace is None else f" in line {trace.tb_lineno} of {trace.tb_frame.f_code.co_name}"
    )
    return f"{type(error).__name__}{where}"
