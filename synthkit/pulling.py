"""Sampling a REST API: read it page by page, infer its tables, replace what identifies people."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthkit import pipeline, sources
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.keys import MasterKey, read_key
from synthkit.contracts.exporter import Written
from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import Dataset
from synthkit.errors import SynthkitError, UsageError
from synthkit.extract import anonymize
from synthkit.history import History, Treatment
from synthkit.lineage.origins import file_input
from synthkit.sources.files.source import OpenFiles
from synthkit.sources.rest.client import Client
from synthkit.sources.rest.flatten import Flattened, files_of, flatten, with_keys
from synthkit.sources.rest.journal import Journal
from synthkit.sources.rest.sealing import Seal
from synthkit.sources.rest.spec import Api, load
from synthkit.sources.rest.walk import walk

if TYPE_CHECKING:
    import pyarrow as pa

    from synthkit.anonymization.plan import Plan

__all__ = ["Pulled", "pull"]


@dataclass(frozen=True)
class Pulled:
    """What was written, how many requests this run made, and what was left out or dropped."""

    written: Written
    requests: int
    notes: tuple[str, ...]


class _Rows:
    """The rows of a data set, whose schema was changed since."""

    def __init__(self, data: Dataset) -> None:
        self._data = data

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows."""
        return self._data.chunks(table, columns, limit)


def pull(
    file: str | Path,
    out: str | Path,
    *,
    max_rows: int | None = None,
    max_seconds: float | None = None,
    seed: int = 0,
    format: str | None = None,
    overwrite: bool = False,
    restart: bool = False,
    progress: Progress | None = None,
) -> Pulled:
    """Read the API that a file describes into a folder, complete or not at all.

    Pages are kept beside the folder until it is there, encrypted where a plan says what to
    replace: a run that was stopped goes on from them, unless ``restart`` is true. ``max_rows`` are
    rows of each endpoint; with ``max_seconds``, what was read in time is written. ``seed`` is that
    of the waits between attempts.

    Raises:
        UsageError: The file, a plan, a key or a secret is missing, or something is at ``out``.
        DataError: The file is wrong, or values cannot be replaced.
        SynthkitError: The server refuses or fails.
    """
    api, target, listener = load(file), Path(out), progress or Silent()
    plan = None if api.plan is None else plan_yaml.load(api.plan)
    key = None if plan is None else read_key(environment=api.key_env or plan.key_environment)
    if target.exists() and not overwrite and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            f"There is something at {str(target)!r}.", hint="Add --overwrite, or name another."
        )
    seconds = max_seconds or api.limits.max_seconds
    deadline = None if seconds is None else time.monotonic() + seconds
    seal = None if key is None else Seal(key.under("pull", "pages"), key.id, key.check)
    with (
        Client(api, seed=seed, deadline=deadline) as client,
        Journal(target, api, max_rows=max_rows, restart=restart, seal=seal) as journal,
    ):
        notes, requests = walk(api, client, journal, listener, max_rows)
        tables = journal.folder / "tables"
        try:
            made, data = _dataset(api, journal, tables, str(file), listener, seal)
            notes += _told(made)
            if plan is not None and key is not None:
                data = _replaced(data, plan, key, listener)
            written = pipeline.write(
                data, target, format=format, overwrite=overwrite, progress=listener
            )
        finally:
            shutil.rmtree(tables, ignore_errors=True)
        journal.remove()
    return Pulled(written, requests, (*notes, *map(str, written.notes)))


def _dataset(
    api: Api, journal: Journal, tables: Path, file: str, progress: Progress, seal: Seal | None
) -> tuple[Flattened, Dataset]:
    """Return the data set of all pages, read from files that are made in a folder."""
    shutil.rmtree(tables, ignore_errors=True)
    tables.mkdir(mode=0o700)
    progress.start("making tables")
    made = flatten(journal.pages(), api, tables, seal)
    if not made.tables:
        raise SynthkitError(
            "The API gave no rows: there is nothing to write.",
            hint="Check `params` and `records` of the endpoints in api.yaml.",
        )
    opened = OpenFiles(files_of(made, tables, seal), str(tables))
    found = sources.described(opened, api.base_url, check=False)
    schema = with_keys(found.schema, made)
    paths = {each.name: each.path for each in api.endpoints}
    columns = [
        Treatment(
            table.name,
            name,
            "copied",
            f"from GET {paths[table.name.partition('__')[0]]}"
            if table.name.partition("__")[0] in paths
            else "from the API",
        )
        for table in schema.tables
        for name in table.column_names
    ]

    def history() -> History:
        return History(
            "pull",
            inputs=[file_input("api", file)],
            settings={"base_url": api.base_url},
            columns=columns,
            not_replayable="an API may answer something else another time",
        )

    return made, Dataset(schema, _Rows(found), reasons=found.reasons, history=history)


def _replaced(data: Dataset, plan: Plan, key: MasterKey, progress: Progress) -> Dataset:
    return anonymize(data, key=key, plan=plan, progress=progress).data


def _told(made: Flattened) -> list[str]:
    notes = [
        f"{name}: {count:,} rows came more than once (pages changed while they were read); "
        "the first of each was kept."
        for name, count in made.repeated.items()
    ]
    return notes + [f"{name}: there were no rows, so there is no table." for name in made.empty]
