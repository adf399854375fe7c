"""Runs a job: finds what is done, has the rest made, and lets all tables appear at the end."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import Dataset
from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.export.parts import PartsFolder, Receipt, form_of, parts_at
from synthkit.export.stores import StoredParts, is_store
from synthkit.lineage.fingerprints import masked
from synthkit.lineage.record import Lineage
from synthkit.lineage.recording import Recorder, recorded
from synthkit.parts.job import open_job, stored_seed, write_job
from synthkit.parts.work import Work
from synthkit.plugins import installed_plugins
from synthkit.processors import cores

if TYPE_CHECKING:
    from synthkit.extract import Anonymized

__all__ = ["DEFAULT_ROWS", "PART_ROWS", "stored_seed", "write_parts"]

PART_ROWS = "rows_drawn_for_a_part"
"""The setting of what is written that a lineage has besides those of the format."""
DEFAULT_ROWS = 1_000_000
"""Rows of a part, of all tables together: one or two seconds of work."""
_FEW = 3
"""Parts that this process has made nearly as soon as others, which have to start first."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_parts(
    what: Dataset | Anonymized,
    location: str | Path,
    *,
    format: str = "parquet",
    settings: Mapping[str, Any] | None = None,
    part_rows: int = DEFAULT_ROWS,
    jobs: int | None = None,
    dask: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    check: Callable[[Lineage], None] | None = None,
) -> Written:
    """Write rows as folders of numbered parts, made side by side; in a store by its URL.

    They are those of a sample (`Model.sample`), of an extract that lies in files
    (`synthkit.anonymize`), or of generators (`synthkit.generate`).

    The tables appear when all parts are there, with their ``lineage.json``. Until then those that
    are done wait in a hidden folder; ``resume`` goes on where a run of the same sample was ended.
    What is written depends on the sample and ``part_rows`` alone, not on who makes it: this
    process, ``jobs`` processes (None or 0: as many as pay), or the cluster at ``dask``
    (``tcp://host:8786``, or ``local``). ``check`` sees the lineage before tables appear.
    Edge cases (`synthkit.with_edge_cases` of a sample) are those of the sample in one piece.

    Raises `UsageError` if something is there that this would replace and ``overwrite`` is false.
    """
    listener = progress or Silent()
    form = form_of(format, installed_plugins(), settings)
    work = _work(what, part_rows, mixed=form.keeps_text)
    described = {**(settings or {}), PART_ROWS: part_rows}
    recorder = Recorder(
        work.schema, work.history, installed_plugins(), settings=described, check=check
    )
    try:
        folder = parts_at(location, work.schema, form)
        folder.check(str(location), overwrite)
        _check_begun(folder, masked(str(location)), resume, overwrite)
        with recorded(recorder, str(location), partial(warnings.warn, stacklevel=4)):
            fingerprint = write_job(work, folder.place, format, settings or {}, listener)
            folder.begin()
            folder.sweep()
            listener.start("writing parts", work.row_count)
            makers = _Makers(folder, fingerprint, jobs or 0, dask, work)
            receipts = _whole(work, folder, makers, listener)

            def attach(written: Written) -> Mapping[str, str]:
                return {**recorder.attach(written), **work.attachments()}

            return folder.finish(str(location), receipts, overwrite, attach)
    except OSError as error:
        raise _explained(error, masked(str(location))) from error


Parts = PartsFolder | StoredParts


def _work(what: Dataset | Anonymized, part_rows: int, *, mixed: bool) -> Work:
    """Return what is to be done; a process that makes parts imports what it is asked for alone."""
    if not isinstance(what, Dataset):
        from synthkit.parts.anonymized import AnonymizedParts

        return AnonymizedParts(what, part_rows)
    from synthkit.generators import Baseline

    if isinstance(what, Baseline):
        from synthkit.parts.generated import GeneratedParts

        return GeneratedParts(what, part_rows)
    from synthkit.parts.sampled import SampledParts

    return SampledParts(what, part_rows, mixed=mixed)


def _whole(work: Work, folder: Parts, makers: _Makers, progress: Progress) -> list[Receipt]:
    """Return the receipts of all parts.

    What data refuses to be made leaves nothing behind, nor does a run that fails at its first part.
    """
    try:
        receipts = _made(folder, len(work), makers, progress)
        work.check(receipts, (folder.note(number) for number in range(len(work))))
    except SynthkitError as error:
        done = (folder.done(number, makers.fingerprint) for number in range(len(work)))
        if isinstance(error, DataError) or not any(done):
            folder.forget()
        raise
    return receipts


class _Makers:
    """Who makes parts of a job."""

    def __init__(
        self, folder: Parts, fingerprint: str, jobs: int, dask: str | None, work: Work
    ) -> None:
        self._job = folder.place, fingerprint
        self._key = work.key
        self._alone = work.alone
        if self._alone is None and not folder.shared:
            self._alone = "What is in this process's memory is not seen by a cluster."
        self.fingerprint = fingerprint
        self._jobs = jobs
        self._dask = dask

    def make(self, numbers: Iterator[int], count: int) -> Generator[dict[str, Any], None, None]:
        """Yield an answer for each number."""
        jobs = self._jobs or (1 if count < _FEW else cores())
        if not count:
            return
        if self._dask is not None and self._alone:
            raise UsageError(
                self._alone,
                hint="Leave out --dask, or give a store that all hosts see, and a key in a file "
                "or an environment variable.",
            )
        if self._dask is not None:
            from synthkit.parts.cluster import by_cluster

            yield from by_cluster(*self._job, numbers, self._dask, self._jobs)
        elif min(jobs, count) == 1 or self._alone:
            job = open_job(*self._job, self._key)
            yield from map(job.make, numbers)
        else:
            from synthkit.parts.processes import by_processes

            yield from by_processes(*self._job, numbers, min(jobs, count))


def _check_begun(folder: Parts, location: str, resume: bool, overwrite: bool) -> None:
    """Go on with what was begun, or forget it; `UsageError` where neither was asked for."""
    if resume or not folder.begun:
        return
    if not overwrite:
        raise UsageError(
            f"{location!r} has the parts of a run that was not finished.",
            hint="Use --resume to go on with it, or --overwrite to begin anew.",
        )
    folder.forget()


def _made(folder: Parts, count: int, makers: _Makers, progress: Progress) -> list[Receipt]:
    """Return the receipts of all parts in order, after having made those that are not there."""
    found = {}
    for number in range(count):
        receipt = folder.done(number, makers.fingerprint)
        if receipt is not None:
            found[number] = receipt
            progress.advance(receipt.row_count)
    if found:
        progress.say(f"{len(found):,} of {count:,} parts were there already.")
    missing = [number for number in range(count) if number not in found]
    # Whoever makes parts has ended before anything else is done, whatever goes wrong.
    with closing(makers.make(iter(missing), len(missing))) as answers:
        for answer in answers:
            if "error" in answer:
                from synthkit.synthesizers.sampling.parallel.messages import error_of

                raise error_of(answer["error"])
            receipt = Receipt.from_json(answer)
            found[receipt.number] = receipt
            progress.advance(receipt.row_count)
    return [found[number] for number in range(count)]


def _explained(error: OSError, location: str) -> SynthkitError:
    if error.errno in _FULL:
        return SynthkitError(
            f"There is no space left to write {location!r}; the parts that are done are kept.",
            hint="Free some space and use --resume, or --overwrite to begin anew.",
        )
    if is_store(location) and isinstance(error, FileNotFoundError):
        return UsageError(
            f"There is no place {location!r} to write to.",
            hint="Make the bucket first, or check its name.",
        )
    if isinstance(error, PermissionError | FileExistsError | NotADirectoryError):
        return UsageError(f"{location!r} may not be written.", hint="Choose another folder.")
    return SynthkitError(
        f"{location!r} could not be written: {error.strerror or type(error).__name__}.",
        hint="Check the disk or store. The parts that are done are kept: --resume goes on.",
    )
