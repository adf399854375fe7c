"""A job: rows that are made in numbered parts, each from what lies in the job's folder alone.

Any process that sees the folder can make any part, in any order; a part is the same every time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from synthkit.contracts.progress import Silent
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.dataset import TableChunk
from synthkit.edge_cases import EdgeCases
from synthkit.errors import SynthkitError, UsageError
from synthkit.export.parts import PARTS, PartsFolder, form_of, parts_at
from synthkit.export.sinks import write_text
from synthkit.export.stores import StoredParts, fetch_job, is_store, put_job
from synthkit.lineage.fingerprints import masked
from synthkit.parts.placed import PlacedParts
from synthkit.plugins import installed_plugins
from synthkit.schema import Schema
from synthkit.staging import sync
from synthkit.synthesizers import load
from synthkit.synthesizers.model import Sample
from synthkit.synthesizers.sampling.opening import Opening, opening, rows_before
from synthkit.synthesizers.sampling.parallel.messages import described_request, request_of
from synthkit.synthesizers.sampling.parallel.tasks import numbered_tasks
from synthkit.values import ValueRegistry
from synthkit.version import VERSION

__all__ = [
    "Job",
    "Numbered",
    "SampledParts",
    "numbered",
    "open_job",
    "sample_of",
    "stored_seed",
    "write_job",
]

JOB = "job.json"
MODEL = "model.synthkit"


class Numbered(Protocol):
    """Rows in numbered parts: what a job makes, whatever makes them."""

    @property
    def schema(self) -> Schema:
        """The schema of the rows."""
        ...

    def __len__(self) -> int:
        """Return the number of parts."""
        ...

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Yield the rows of a part; a table's rows over all parts in order are the whole."""
        ...

    def told(self, number: int) -> Mapping[str, Any]:
        """Return what is to be known of a part beside its rows, once these are made."""
        ...


class SampledParts:
    """A sample in parts of about as many rows each, cut by the plan alone."""

    def __init__(self, sample: Sample, rows: int) -> None:
        """Store what is drawn and how it is cut."""
        self.schema = sample.schema
        self._fitted = sample.model.fitted
        # What is kept for all parts lives as long as this: it is drawn once in a process.
        self._request = replace(sample.request, progress=Silent(), kept={})
        self._tasks = numbered_tasks(self._fitted, self._request, rows)

    def __len__(self) -> int:
        return len(self._tasks)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Draw the rows of a part."""
        return self.drawn(self._tasks[number])

    def told(self, number: int) -> Mapping[str, Any]:
        """Return nothing: rows are all that there is."""
        del number
        return {}

    def drawn(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Draw the rows of a request."""
        return self._fitted.sample(request)

    def opening(self) -> Opening | None:
        """Return the first rows of each table; see `opening`."""
        return opening(self._fitted, self._request)

    def starts(self, number: int) -> dict[str, int] | None:
        """Return how many rows of each table come before a part."""
        return rows_before(self._fitted, self._tasks[number])


class Job:
    """What is made, and the folder or store that it is written to."""

    def __init__(
        self, parts: Numbered, folder: PartsFolder | StoredParts, fingerprint: str
    ) -> None:
        """Store the parts, where they go, and what tells this job from others."""
        self.parts = parts
        self.folder = folder
        self.fingerprint = fingerprint

    def make(self, number: int) -> dict[str, Any]:
        """Write a part unless it is there; return its receipt as plain values."""
        receipt = self.folder.done(number, self.fingerprint)
        if receipt is None:
            receipt = self.folder.write(
                number,
                self.parts.chunks(number),
                self.fingerprint,
                lambda: self.parts.told(number),
            )
        return receipt.as_json()


def write_job(
    data: Sample | EdgeCases, place: str, form: str, settings: Mapping[str, Any], rows: int
) -> str:
    """Write what others have to know of a sample into the hidden folder; return its fingerprint.

    What lies there of the same job stays as it is. `UsageError` if another one is unfinished.
    """
    hidden = Path(place) / PARTS
    if not is_store(place):
        hidden.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="job.", dir=None if is_store(place) else hidden) as folder:
        made = Path(folder)
        told = _described(data, made, form, settings, rows)
        with _files_of(place) as there:
            earlier = _read(there)
        if earlier is None:
            write_text(made / JOB, json.dumps(told))
            if is_store(place):
                put_job(place, made, last=JOB)
            else:
                for name in (*(each.name for each in made.iterdir() if each.name != JOB), JOB):
                    (made / name).replace(hidden / name)
                sync(hidden)
        elif earlier["fingerprint"] != told["fingerprint"]:
            raise UsageError(
                f"{masked(place)!r} has the parts of another sample that was not finished.",
                hint="Give the model, rows, seed and format of then, or --overwrite to begin anew.",
            )
    return str(told["fingerprint"])


def open_job(place: str, fingerprint: str) -> Job:
    """Return the job that a folder or store holds, with nothing but what lies there.

    Raises `SynthkitError` if the place is not seen from here, or holds another job.
    """
    with _files_of(place) as files:
        told = _read(files)
        if told is None or told["fingerprint"] != fingerprint:
            raise SynthkitError(
                f"A process that makes parts does not see the job in {masked(place)!r}.",
                hint="Give a folder that all hosts see under the same name, or a store's URL.",
            )
        if told["synthkit"] != VERSION:
            raise SynthkitError(
                f"A process that makes parts has synthkit {VERSION}, not {told['synthkit']}.",
                hint="Install the same version everywhere.",
            )
        plugins = installed_plugins()
        # The one who asks wrote the file.
        model = load(files / MODEL, plugins, trust_pickle=True)
        request = request_of(told["request"], files, ValueRegistry(plugins), Silent())
        parts = _Restored(model.schema, model.fitted, request, told["rows"])
    form = form_of(told["format"], plugins, told["settings"])
    asked = told["edge_cases"]
    made = parts if asked is None else PlacedParts(parts, asked, mixed=form.keeps_text)
    return Job(made, parts_at(place, model.schema, form), fingerprint)


def stored_seed(location: str | Path) -> int | None:
    """Return the seed of the unfinished sample in a folder or store, or None if there is none."""
    with _files_of(str(location)) as files:
        told = _read(files)
    return None if told is None else int(told["request"]["seed"])


@contextmanager
def _files_of(place: str) -> Iterator[Path]:
    """Give the folder with the files of a job; those in a store are copied for the time being."""
    if not is_store(place):
        yield Path(place) / PARTS
        return
    with TemporaryDirectory(prefix="synthkit-") as folder:
        fetch_job(place, Path(folder))
        yield Path(folder)


class _Restored(SampledParts):
    def __init__(self, schema: Schema, fitted: Any, request: SampleRequest, rows: int) -> None:
        self.schema = schema
        self._fitted = fitted
        self._request = request
        self._tasks = numbered_tasks(fitted, request, rows)


def numbered(data: Sample | EdgeCases, rows: int, *, mixed: bool) -> Numbered:
    """Return a sample in parts of about so many rows, with edge cases if it has some.

    ``mixed`` says whether columns may hold text among values.
    """
    parts = SampledParts(sample_of(data), rows)
    return PlacedParts(parts, data.asked, mixed=mixed) if isinstance(data, EdgeCases) else parts


def sample_of(data: Sample | EdgeCases) -> Sample:
    """Return what is drawn, without edge cases; `UsageError` for data that no model draws."""
    plain = data.data if isinstance(data, EdgeCases) else data
    if not isinstance(plain, Sample):
        raise UsageError(
            "Only what a model draws is written in parts.",
            hint="Use synthkit.write for other data.",
        )
    return plain


def _described(
    data: Sample | EdgeCases, folder: Path, form: str, settings: Mapping[str, Any], rows: int
) -> dict[str, Any]:
    """Return a job as plain values, after writing its files into a folder."""
    sample = sample_of(data)
    sample.model.save(folder / MODEL)
    told = {
        "synthkit": VERSION,
        "request": described_request(sample.request, folder),
        "format": form,
        "settings": {name: str(value) for name, value in settings.items()},
        "rows": rows,
        "edge_cases": dict(data.asked) if isinstance(data, EdgeCases) else None,
    }
    digest = sha256(json.dumps(told, sort_keys=True).encode())
    for file in sorted(folder.iterdir()):
        digest.update(sha256(file.read_bytes()).digest())
    return {**told, "fingerprint": digest.hexdigest()}


def _read(hidden: Path) -> dict[str, Any] | None:
    try:
        told = json.loads((hidden / JOB).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) and "fingerprint" in told else None
