"""A job: rows that are made in numbered parts, each from what lies in the job's folder alone.

Any process that sees the folder can make any part, in any order; a part is the same every time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthkit.anonymization.keys import MasterKey
from synthkit.contracts.progress import Progress
from synthkit.errors import SynthkitError, UsageError
from synthkit.export.parts import PARTS, PartsFolder, form_of, parts_at
from synthkit.export.sinks import write_text
from synthkit.export.stores import StoredParts, fetch_job, is_store, put_job
from synthkit.lineage.fingerprints import masked
from synthkit.parts.work import Noting, Numbered, Work
from synthkit.plugins import Plugins, installed_plugins
from synthkit.staging import sync
from synthkit.version import VERSION

__all__ = ["Job", "open_job", "stored_seed", "write_job"]

JOB = "job.json"


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
            parts = self.parts
            note = partial(parts.note, number) if isinstance(parts, Noting) else None
            told = partial(parts.told, number)
            receipt = self.folder.write(number, parts.chunks(number), self.fingerprint, told, note)
        return receipt.as_json()


def write_job(
    work: Work, place: str, form: str, settings: Mapping[str, Any], progress: Progress
) -> str:
    """Write what others have to know of some work into the hidden folder; return its fingerprint.

    What lies there of the same job stays as it is. `UsageError` if another one is unfinished.
    """
    hidden = Path(place) / PARTS
    with ExitStack() as stack:
        if not is_store(place):
            hidden.mkdir(parents=True, exist_ok=True)
            stack.callback(_remove_empty, hidden)
        inside = TemporaryDirectory(prefix="job.", dir=None if is_store(place) else hidden)
        made = Path(stack.enter_context(inside))
        told = _described(work, made, form, settings)
        with _files_of(place) as there:
            earlier = _read(there)
        if earlier is None:
            work.prepare(made, progress)
            write_text(made / JOB, json.dumps(told))
            if is_store(place):
                put_job(place, made, last=JOB)
            else:
                for name in (*(each.name for each in made.iterdir() if each.name != JOB), JOB):
                    (made / name).replace(hidden / name)
                sync(hidden)
        elif earlier["fingerprint"] != told["fingerprint"]:
            raise UsageError(
                f"{masked(place)!r} has the parts of another run that was not finished.",
                hint="Give the data or model, plan, rows, seed and format of then, or --overwrite "
                "to begin anew.",
            )
    return str(told["fingerprint"])


def open_job(place: str, fingerprint: str, key: MasterKey | None = None) -> Job:
    """Return the job that a folder or store holds, with nothing but what lies there.

    A key that it needs is ``key``, else it is looked for where it is kept.

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
        form = form_of(told["format"], plugins, told["settings"])
        parts = _opened(told, files, plugins, key, mixed=form.keeps_text)
    return Job(parts, parts_at(place, parts.schema, form), fingerprint)


def stored_seed(location: str | Path) -> int | None:
    """Return the seed of the unfinished run in a folder or store, or None if there is none."""
    with _files_of(str(location)) as files:
        told = _read(files)
    seed = (told or {}).get("request", {}).get("seed")
    return None if seed is None else int(seed)


def _remove_empty(folder: Path) -> None:
    """Remove a folder in which nothing was written, because that failed."""
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _files_of(place: str) -> Iterator[Path]:
    """Give the folder with the files of a job; those in a store are copied for the time being."""
    if not is_store(place):
        yield Path(place) / PARTS
        return
    with TemporaryDirectory(prefix="synthkit-") as folder:
        fetch_job(place, Path(folder))
        yield Path(folder)


def _opened(
    told: Mapping[str, Any], files: Path, plugins: Plugins, key: MasterKey | None, *, mixed: bool
) -> Numbered:
    """Return the parts that were described; ``mixed``: columns may hold text among values."""
    if told["kind"] == "anonymize":
        from synthkit.parts.anonymized import opened as anonymized

        return anonymized(told, files, plugins, key)
    if told["kind"] == "generate":
        from synthkit.parts.generated import opened as generated

        return generated(told, files, plugins)
    from synthkit.parts.sampled import opened as sampled

    return sampled(told, files, plugins, mixed=mixed)


def _described(work: Work, folder: Path, form: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job as plain values, after writing its files into a folder."""
    told = {
        "synthkit": VERSION,
        "kind": work.kind,
        **work.describe(folder),
        "format": form,
        "settings": {name: str(value) for name, value in settings.items()},
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
