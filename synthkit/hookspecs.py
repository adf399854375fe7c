"""Every hook that a plugin can implement. Hooks take nothing, import nothing heavy, change nothing.

A plugin package names its module in the entry-point group ``synthkit``; the module marks its
functions with ``@synthkit.hookspecs.hookimpl``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from synthkit.contracts import (
        Action,
        Component,
        Exporter,
        Generator,
        Recognizer,
        RowsProvider,
        SectionBuilder,
        Source,
        Synthesizer,
        ValueProvider,
    )

__all__ = [
    "hookimpl",
    "hookspec",
    "synthkit_actions",
    "synthkit_commands",
    "synthkit_exporters",
    "synthkit_generators",
    "synthkit_recognizers",
    "synthkit_report_sections",
    "synthkit_sources",
    "synthkit_synthesizers",
    "synthkit_values",
]

hookspec = pluggy.HookspecMarker("synthkit")
hookimpl = pluggy.HookimplMarker("synthkit")


@hookspec
def synthkit_sources() -> Sequence[Component[Source]]:
    """Things that tables are read from: files, databases, APIs."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_generators() -> Sequence[Component[Generator]]:
    """Domains whose tables are generated from nothing."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_values() -> Sequence[Component[ValueProvider] | Component[RowsProvider]]:
    """Kinds of values (names, e-mail addresses) and of rows that agree (persons, places)."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_recognizers() -> Sequence[Component[Recognizer]]:
    """Ways to recognize personal data in a column."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_actions() -> Sequence[Component[Action]]:
    """Ways to replace the values of a column."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_synthesizers() -> Sequence[Component[Synthesizer]]:
    """Models that learn a data set and sample new rows."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_exporters() -> Sequence[Component[Exporter]]:
    """Formats that tables are written in."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_report_sections() -> Sequence[Component[SectionBuilder]]:
    """Sections of a report."""
    raise AssertionError("a specification is not called")


@hookspec
def synthkit_commands() -> Sequence[click.Command]:
    """Commands of the command line; none may take a built-in's name."""
    raise AssertionError("a specification is not called")
