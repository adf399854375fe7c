"""Runs a job: finds what is done, has the rest made, and lets all tables appear at the end."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Progress, Silent
from synthkit.edge_cases import EdgeCases
from synthkit.edge_cases.account import Account, sum_of
from synthkit.errors import PluginError, SynthkitError, UsageError
from synthkit.export.parts import PartsFolder, Receipt, form_of, parts_at
from synthkit.export.stores import StoredParts, is_store
from synthkit.lineage.fingerprints import masked
from synthkit.lineage.origins import history_of
from synthkit.lineage.record import Lineage
from synthkit.lineage.recording import Recorder, recorded
from synthkit.parts.job import numbered, open_job, sample_of, stored_seed, write_job
from synthkit.plugins import installed_plugins
from synthkit.synthesizers.model import Sample
from synthkit.synthesizers.sampling.parallel.messages import error_of
from synthkit.synthesizers.sampling.parallel.tasks import cores

__all__ = ["DEFAULT_ROWS", "PART_ROWS", "stored_seed", "write_parts"]

PART_ROWS = "rows_drawn_for_a_part"
"""The setting of what is written that a lineage has besides those of the format."""
DEFAULT_ROWS = 1_000_000
"""Rows of a part, of all tables together: one or two seconds of work."""
_FEW = 3
"""Parts that this process has made nearly as soon as others, which have to start first."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_parts(
    sample: Sample | EdgeCases,
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
    """Write a sample as folders of numbered parts, made side by side; in a store by its URL.

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
    plain = sample_of(sample)
    parts = numbered(sample, part_rows, mixed=form.keeps_text)
    told = sample.history or partial(history_of, sample.schema, sample.origin)
    described = {**(settings or {}), PART_ROWS: part_rows}
    recorder = Recorder(sample.schema, told, installed_plugins(), settings=described, check=check)
    try:
        folder = parts_at(location, sample.schema, form)
        folder.check(str(location), overwrite)
        _check_begun(folder, masked(str(location)), resume, overwrite)
        with recorded(recorder, str(location), partial(warnings.warn, stacklevel=4)):
            fingerprint = write_job(sample, folder.place, format, settings or {}, part_rows)
            folder.begin()
            folder.sweep()
            listener.start("writing parts", sum(plain.plan.values()))
            makers = _Makers(folder, fingerprint, jobs or 0, dask)
            receipts = _made(folder, len(parts), makers, listener)
            _check_rows(plain.plan, receipts)
            if isinstance(sample, EdgeCases):
                accounts = [Account.from_json(each.told) for each in receipts]
                sample.account_for(sum_of(accounts), mixed=form.keeps_text)

            def attach(written: Written) -> Mapping[str, str]:
                return {**recorder.attach(written), **sample.attachments()}

            return folder.finish(str(location), receipts, overwrite, attach)
    except OSError as error:
        raise _explained(error, masked(str(location))) from error


Parts = PartsFolder | StoredParts


class _Makers:
    """Who makes parts of a job."""

    def __init__(self, folder: Parts, fingerprint: str, jobs: int, dask: str | None) -> None:
        self._job = folder.place, fingerprint
        self._shared = folder.shared
        self.fingerprint = fingerprint
        self._jobs = jobs
        self._dask = dask

    def make(self, numbers: Iterator[int], count: int) -> Iterator[dict[str, Any]]:
        """Yield an answer for each number."""
        jobs = self._jobs or (1 if count < _FEW else cores())
        if not count:
            return
        if self._dask is not None and not self._shared:
            raise UsageError(
                "What is in this process's memory is not seen by a cluster.",
                hint="Leave out --dask, or give a store that all hosts see.",
            )
        if self._dask is not None:
            from synthkit.parts.cluster import by_cluster

            yield from by_cluster(*self._job, numbers, self._dask, self._jobs)
        elif min(jobs, count) == 1 or not self._shared:
            job = open_job(*self._job)
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
    for answer in makers.make(iter(missing), len(missing)):
        if "error" in answer:
            raise error_of(answer["error"])
        receipt = Receipt.from_json(answer)
        found[receipt.number] = receipt
        progress.advance(receipt.row_count)
    return [found[number] for number in range(count)]


def _check_rows(plan: Mapping[str, int], receipts: list[Receipt]) -> None:
    for table, count in plan.items():
        made = sum(each.tables[table][0] for each in receipts if table in each.tables)
        if made != count:
            raise PluginError(
                f"The synthesizer promised {count:,} rows of {table!r} and gave {made:,}.",
                hint="This is a bug of the synthesizer: please report it.",
            )


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
