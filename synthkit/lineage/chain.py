"""The chain of what something was made from, as a tree that can be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthkit.lineage.record import Brief, InputRecord, Lineage

__all__ = ["Link", "of_lineage", "of_model", "text"]


@dataclass(frozen=True)
class Link:
    """Something that was made or read: its name, what is told of it, and what it comes from."""

    name: str
    told: Sequence[str]
    sources: Sequence[Link] = ()


def of_lineage(lineage: Lineage) -> Link:
    """Return the chain of a data set."""
    rows = sum(table.rows for table in lineage.output.tables.values())
    told = [
        f"{_past(lineage.step)}{_seed(lineage.seed)}",
        f"{len(lineage.output.tables)} tables, {rows:,} rows as {lineage.output.format}",
        f"{lineage.ended_at:%Y-%m-%d %H:%M} UTC, synthkit {lineage.versions['synthkit']}",
    ]
    makers = [part.name for part in lineage.parts if part.kind == "generators"]
    if makers:
        told[0] += f" by {', '.join(makers)}"
    return Link(lineage.output.location, told, [_of_input(each) for each in lineage.inputs])


def of_model(path: Path, brief: Brief) -> Link:
    """Return the chain of a model file."""
    return Link(str(path), ["model", _made(brief)], [_of_input(each) for each in brief.inputs])


def text(link: Link) -> Iterator[str]:
    """Yield the lines of a drawing in letters: below each thing, what it was made from."""
    yield f"{link.name}  ({'; '.join(link.told)})"
    for position, source in enumerate(link.sources):
        last = position == len(link.sources) - 1
        for number, line in enumerate(text(source)):
            lead = ("└─ " if last else "├─ ") if not number else ("   " if last else "│  ")
            yield lead + line


def _of_input(found: InputRecord) -> Link:
    told = [found.role]
    if found.role == "key":
        return Link(str(found.facts.get("id")), told)
    rows = found.facts.get("rows")
    if isinstance(rows, dict) and rows:
        told.append(f"{len(rows)} tables, {sum(rows.values()):,} rows")
    brief = found.made_by
    if brief is not None:
        told.append(_made(brief))
        if brief.changed:
            told.append("changed since")
    if found.fingerprint is not None:
        algorithm, _, mark = found.fingerprint.partition(":")
        told.append(f"{algorithm} {mark[:12]}")
    name = found.location or ("in memory" if found.role != "plan" else "plan")
    return Link(name, told, [_of_input(each) for each in brief.inputs] if brief else [])


def _made(brief: Brief) -> str:
    by = brief.settings.get("synthesizer")
    who = f" by {by}" if by else ""
    return f"{_past(brief.step)}{who}{_seed(brief.seed)}, synthkit {brief.synthkit}"


def _past(step: str) -> str:
    forms = {"fit": "fitted", "pull": "pulled", "write": "written"}
    return forms.get(step) or (f"{step}d" if step.endswith("e") else f"{step}ed")


def _seed(seed: int | None) -> str:
    return "" if seed is None else f" with seed {seed}"
