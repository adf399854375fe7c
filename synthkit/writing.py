"""Writing a data set with its lineage: whole or not at all, and told of to who listens."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from synthkit import export
from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Progress
from synthkit.dataset import Dataset, TableChunk
from synthkit.history import History
from synthkit.lineage.origins import history_of
from synthkit.lineage.record import Lineage
from synthkit.lineage.recording import Recorder, recorded
from synthkit.plugins import installed_plugins

__all__ = ["write"]


def write(
    data: Dataset,
    location: str | Path,
    *,
    format: str | None = None,
    overwrite: bool = False,
    chunk_rows: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    row_count: int | None = None,
    history: Callable[[], History] | None = None,
    check: Callable[[Lineage], None] | None = None,
) -> Written:
    """Write a data set, streamed, complete or not at all, with its ``lineage.json``.

    The format is that given, else the one that the location names, else CSV. ``chunk_rows``
    bounds the rows handled at a time; it never changes what is written. ``progress`` hears of the
    rows, of ``row_count`` in all where that is known. ``history`` tells how the
    rows were made where that is more than the data set knows; ``check`` sees the lineage before
    anything is in place, and what it raises undoes the write.

    Raises `UsageError` if something is there and ``overwrite`` is false.
    """
    plugins = installed_plugins()
    told = history or data.history or partial(history_of, data.schema, data.origin)
    recorder = Recorder(data.schema, told, plugins, settings=settings, check=check)
    keeps_text = export.keeps_text(str(location), plugins, format=format, settings=settings)
    with recorded(recorder, str(location), partial(warnings.warn, stacklevel=4)):
        return export.write(
            data.schema,
            _told(
                _cut(data.stream_mixed() if keeps_text else data.stream(), chunk_rows),
                progress,
                row_count,
            ),
            str(location),
            plugins,
            format=format,
            overwrite=overwrite,
            settings=settings,
            attach=lambda written: {**recorder.attach(written), **data.attachments()},
        )


def _cut(chunks: Iterator[TableChunk], chunk_rows: int | None) -> Iterator[TableChunk]:
    for chunk in chunks:
        if chunk_rows is None:
            yield chunk
            continue
        for start in range(0, chunk.data.num_rows, chunk_rows):
            yield TableChunk(chunk.table, chunk.data.slice(start, chunk_rows))


def _told(
    chunks: Iterator[TableChunk], progress: Progress | None, row_count: int | None
) -> Iterator[TableChunk]:
    if progress is None:
        yield from chunks
        return
    progress.start("writing rows", row_count)
    for chunk in chunks:
        yield chunk
        progress.advance(chunk.data.num_rows)
    progress.start("finishing")
