"""Finds personal data: samples every column and asks every recognizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.json_paths import IN_JSON, path_samples
from synthkit.anonymization.tokens import as_text
from synthkit.contracts.progress import Progress
from synthkit.contracts.recognizer import ColumnSample, Finding, Recognizer
from synthkit.dataset import Dataset
from synthkit.errors import PluginError, SynthkitError

if TYPE_CHECKING:
    from synthkit.plugins import Plugins

__all__ = ["FOUND", "REVIEW", "Found", "Recognizers", "detect"]

FOUND, REVIEW = 0.8, 0.4
_DISTINCT = 2_000
_WHOLE_CHUNKS = 4
_EVERY = 8
"""Chunks that are looked at: the first ones, then one of so many."""


@dataclass(frozen=True)
class Found:
    """What a column was found to hold: the surest finding, and all others; none if it is safe."""

    table: str
    column: str
    best: Finding | None
    others: tuple[Finding, ...] = ()
    repeats: float = 1.0

    @property
    def status(self) -> str:
        """``found``, ``review`` or ``none``."""
        sure = self.best.confidence if self.best else 0.0
        return "found" if sure >= FOUND else "review" if sure >= REVIEW else "none"


class Recognizers:
    """All recognizers of the plugins, asked one after the other."""

    def __init__(
        self,
        plugins: Plugins,
        settings: Mapping[str, Mapping[str, object]] | None = None,
        *,
        only: Sequence[str] | None = None,
    ) -> None:
        """Make the recognizers, all or ``only`` some; ``settings`` by name."""
        self._plugins = plugins
        given = settings or {}
        self._parts: dict[str, Recognizer] = {
            name: plugins.create("recognizers", name, given.get(name))
            for name in plugins.components("recognizers")
            if only is None or name in only
        }

    def look(self, sample: ColumnSample, locales: Sequence[str]) -> Found:
        """Return what a column holds. A recognizer that raises stops the run: nothing is missed."""
        findings: list[Finding] = []
        if len(sample.values):
            for name, part in self._parts.items():
                findings += self._asked(name, part, sample, locales)
        ranked = sorted(findings, key=lambda found: -found.confidence)
        best = ranked[0] if ranked and ranked[0].confidence >= REVIEW else None
        if best is not None and best.kind == "json":
            best = self._inside(best, sample, locales)
        return Found(sample.table, sample.column.name, best, tuple(ranked[1:]), sample.repeats)

    def _inside(self, best: Finding, sample: ColumnSample, locales: Sequence[str]) -> Finding:
        """Return a finding of JSON with the kind of each path whose values name people."""
        paths = {}
        for path, values in path_samples(sample):
            inner = self.look(values, locales).best
            if inner is not None and inner.kind in IN_JSON:
                paths[path] = inner.kind
        if not paths:
            return best
        return replace(best, settings={**best.settings, "paths": paths})

    def _asked(
        self, name: str, part: Recognizer, sample: ColumnSample, locales: Sequence[str]
    ) -> Sequence[Finding]:
        try:
            return part.recognize(sample, locales)
        except SynthkitError:
            raise
        except Exception as error:
            raise PluginError(
                f"The recognizer {name!r} of {self._plugins.owner('recognizers', name)} failed on "
                f"{sample.table}.{sample.column.name} with {type(error).__name__}.",
                hint="Without it personal data could be missed, so nothing was done.",
            ) from None


def detect(
    data: Dataset,
    recognizers: Recognizers,
    *,
    locales: Sequence[str] = (),
    progress: Progress,
    tables: Sequence[str] | None = None,
) -> tuple[Found, ...]:
    """Look at every column of a data set; no value is kept, none is in what is returned."""
    names = list(tables) if tables is not None else data.schema.table_names
    progress.start("finding personal data", sum(len(data.schema.table(t).columns) for t in names))
    found = []
    for table in names:
        for sample in samples(data, table):
            found.append(recognizers.look(sample, locales))
            progress.advance()
    return tuple(found)


def samples(data: Dataset, table: str) -> Iterator[ColumnSample]:
    """Yield a sample of every column of a table, read once."""
    described = data.schema.table(table)
    held: dict[str, list[pa.Array]] = {name: [] for name in described.column_names}
    sizes, present = dict.fromkeys(held, 0), dict.fromkeys(held, 0)
    for number, chunk in enumerate(data.chunks(table)):
        if number >= _WHOLE_CHUNKS and number % _EVERY and all(sizes.values()):
            continue
        for name, kept in held.items():
            column = chunk.column(name).drop_null()
            if sizes[name] < _DISTINCT and len(column):
                distinct = pc.unique(column)[:_DISTINCT]
                if isinstance(distinct, pa.ChunkedArray):
                    distinct = distinct.combine_chunks()
                kept.append(as_text(_decoded(distinct)))
                sizes[name] += len(distinct)
                present[name] += len(column) if len(distinct) < _DISTINCT else _DISTINCT
    keys = {name for key in (described.primary_key,) if key for name in key}
    references = {name for key in data.schema.foreign_keys_of(table) for name in key.columns}
    for column in described.columns:
        pieces = held[column.name]
        values = pa.concat_arrays(pieces).unique() if pieces else pa.array([], pa.string())
        yield ColumnSample(
            table,
            column,
            values[:_DISTINCT],
            max(present[column.name], len(values)),
            column.name in keys,
            column.name in references,
        )


def _decoded(values: pa.Array) -> pa.Array:
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
