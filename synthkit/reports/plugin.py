"""The built-in sections as a plugin, in the order of the page; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from synthkit.contracts.component import Component
from synthkit.hookspecs import hookimpl

if TYPE_CHECKING:
    from synthkit.contracts import SectionBuilder

__all__ = ["synthkit_report_sections"]

_SECTIONS = (
    ("detectors", "Detectors", "What a classifier tells synthetic rows by."),
    ("distributions", "Distributions", "Every column, real, held-out and synthetic."),
    ("correlations", "Correlations", "How columns of a table hang together."),
    ("relations", "Relations", "Numbers of children, trends along foreign keys, siblings."),
    ("time", "Time", "Rows over time, by hour, weekday and month."),
    ("embeddings", "Embeddings", "Rows on two principal components."),
    ("utility", "Usefulness", "What models trained on synthetic rows are worth."),
    ("privacy", "Secrecy", "Closeness to learned rows, copies, attacks."),
    ("workload", "Workload", "Answers to the user's own SQL."),
    ("validity", "Validity", "Types, keys, foreign keys and rules."),
    ("contents", "Contents", "Tables, columns, keys and rows."),
    ("lineage", "Origin", "What was compared, and what made it."),
)
_MODULES = {"utility": "usefulness", "privacy": "secrecy", "lineage": "origin"}


@hookimpl
def synthkit_report_sections() -> Sequence[Component[SectionBuilder]]:
    """Offer every built-in section."""
    return [
        Component(name, summary, create=_maker(_MODULES.get(name, name), title))
        for name, title, summary in _SECTIONS
    ]


def _maker(module: str, builder: str) -> Callable[[Any], SectionBuilder]:
    return partial(_create, module, builder)


def _create(module: str, builder: str, _settings: Any) -> SectionBuilder:
    made: SectionBuilder = getattr(import_module(f"synthkit.reports.sections.{module}"), builder)()
    return made
