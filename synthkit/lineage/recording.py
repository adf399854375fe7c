"""Writes down what is made while it is written: its lineage, and events of the run."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from synthkit.contracts.exporter import Written, WrittenTable
from synthkit.errors import SynthkitError
from synthkit.history import History, Input, Part, Treatment
from synthkit.lineage import openlineage, transport
from synthkit.lineage.fingerprints import masked
from synthkit.lineage.origins import as_record
from synthkit.lineage.record import (
    FILE,
    ColumnRecord,
    ColumnSource,
    Lineage,
    OutputRecord,
    PartRecord,
    TableRecord,
    dumps,
    sealed,
)
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.version import VERSION

__all__ = ["Recorder", "recorded", "tell_run", "versions"]

_PACKAGES = ("numpy", "pandas", "pyarrow", "faker", "scikit-learn", "numba", "presidio-analyzer")
"""Packages whose version may change what is made."""


class Recorder:
    """The lineage of one write; `attach` is what an exporter asks for it."""

    def __init__(
        self,
        schema: Schema,
        history: Callable[[], History],
        plugins: Plugins,
        *,
        settings: Mapping[str, Any] | None = None,
        check: Callable[[Lineage], None] | None = None,
    ) -> None:
        """Store what is known before writing.

        ``settings`` are the exporter's. ``check`` sees the lineage before anything is in place;
        what it raises undoes the write.
        """
        self.run_id = str(uuid.uuid4())
        self.began = datetime.now(UTC)
        self.lineage: Lineage | None = None
        self.schema = schema
        self.history = history
        self._plugins = plugins
        self._settings = dict(settings or {})
        self._check = check

    def attach(self, written: Written) -> Mapping[str, str]:
        """Return ``lineage.json`` of what was written."""
        history = self.history()
        lineage = Lineage(
            run_id=self.run_id,
            step=history.step,
            started_at=self.began,
            ended_at=datetime.now(UTC),
            seed=history.seed,
            settings=dict(history.settings),
            inputs=tuple(as_record(each) for each in history.inputs),
            output=_output(written, self._settings),
            schema=self.schema.model_dump(mode="json", exclude_defaults=True),
            columns=tuple(map(_column, history.columns)),
            parts=tuple(
                PartRecord(kind=each.kind, name=each.name, distribution=each.distribution)
                for each in dict.fromkeys((*history.parts, self._exporter(written.format)))
            ),
            versions=versions(),
            request=None if history.request is None else dict(history.request),
            not_replayable=history.not_replayable,
        )
        self.lineage = sealed(lineage)
        if self._check is not None:
            self._check(self.lineage)
        return {FILE: dumps(self.lineage)}

    def _exporter(self, name: str) -> Part:
        return Part("exporters", name, self._plugins.owner("exporters", name))


@contextmanager
def recorded(recorder: Recorder, location: str, warn: Callable[[str], None]) -> Iterator[Recorder]:
    """Send the events of a write: that it begins, and how it ends."""
    if not transport.wanted():
        yield recorder
        return
    began = recorder.history()
    run = openlineage.Run(recorder.run_id, began.step, location, recorder.schema, began)
    transport.send(openlineage.started(run, recorder.began), warn)
    try:
        yield recorder
    except BaseException as error:
        message = error.message if isinstance(error, SynthkitError) else type(error).__name__
        transport.send(openlineage.failed(run, datetime.now(UTC), message), warn)
        raise
    lineage = recorder.lineage
    if lineage is None:  # an exporter that wrote without asking
        transport.send(openlineage.complete(run, datetime.now(UTC)), warn)
        return
    tables = lineage.output.tables
    ended = openlineage.Run(
        recorder.run_id,
        lineage.step,
        location,
        recorder.schema,
        recorder.history(),
        counts={name: (each.rows, each.bytes, 1) for name, each in tables.items()},
        files={name: each.file for name, each in tables.items() if each.file is not None},
    )
    transport.send(openlineage.complete(ended, lineage.ended_at), warn)


@contextmanager
def tell_run(
    step: str, output: str, inputs: Sequence[Input], warn: Callable[[str], None]
) -> Iterator[None]:
    """Send the events of a run that writes no tables, such as fitting a model."""
    if not transport.wanted():
        yield
        return
    table = Schema()
    run = openlineage.Run(str(uuid.uuid4()), step, output, table, History(step, inputs=inputs))
    transport.send(openlineage.started(run, datetime.now(UTC)), warn)
    try:
        yield
    except BaseException as error:
        message = error.message if isinstance(error, SynthkitError) else type(error).__name__
        transport.send(openlineage.failed(run, datetime.now(UTC), message), warn)
        raise
    transport.send(openlineage.complete(run, datetime.now(UTC)), warn)


def versions() -> dict[str, str]:
    """Return the versions that may change what is made, without importing anything."""
    return {
        "synthkit": VERSION,
        "python": platform.python_version(),
        **_package_versions(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


@cache
def _package_versions() -> dict[str, str]:
    """Read them once: each is a file to parse, and what is imported stays what it is."""
    found = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _output(written: Written, settings: Mapping[str, Any]) -> OutputRecord:
    return OutputRecord(
        location=masked(written.location),
        format=written.format,
        settings={name: str(value) for name, value in settings.items()},
        tables={name: _table(written, table) for name, table in written.tables.items()},
    )


def _table(written: Written, table: WrittenTable) -> TableRecord:
    file = None
    if table.sha256 and "://" not in written.location:
        whole, own = Path(written.location).resolve(), Path(table.location).resolve()
        file = own.name if own == whole else str(own.relative_to(whole))
    return TableRecord(
        file=file,
        rows=table.row_count,
        bytes=table.byte_count,
        sha256=table.sha256,
    )


def _column(found: Treatment) -> ColumnRecord:
    sources = tuple(ColumnSource(role=r, table=t, column=c) for r, t, c in found.sources)
    return ColumnRecord(
        table=found.table, column=found.column, how=found.how, why=found.why, sources=sources
    )
