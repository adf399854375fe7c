"""An extract that is anonymized in parts, each some rows of one file of a table.

What takes a look at all rows is done once, by the one who asks. The key never lies in the job.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from synthkit.anonymization import plan_yaml
from synthkit.anonymization.apply import Anonymizer
from synthkit.anonymization.distinct import as_arrow
from synthkit.anonymization.keys import MasterKey, read_key
from synthkit.anonymization.tallies import TallyPart
from synthkit.contracts.progress import Progress
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import DataError, UnsupportedError, UsageError
from synthkit.export.parts import Receipt
from synthkit.history import History
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.sources.files.pieces import Piece, PiecedFiles
from synthkit.values import ValueRegistry

if TYPE_CHECKING:
    from synthkit.extract import Anonymized

__all__ = ["AnonymizedParts", "AnonymizedRows", "opened"]

_NOTES = "notes.ipc"


class AnonymizedRows:
    """The parts of an extract, as any process makes them."""

    def __init__(
        self,
        anonymizer: Anonymizer,
        files: PiecedFiles,
        told: Mapping[str, Any],
        digest_key: bytes,
    ) -> None:
        """Store who replaces what of which files; ``told`` is what `AnonymizedParts` tells."""
        self.schema = anonymizer.schema
        self._anonymizer, self._files, self._key = anonymizer, files, digest_key
        self._read = Schema.model_validate(told["schema"])
        self._stamps, self._cuts = told["stamps"], told["cuts"]

    def __len__(self) -> int:
        return len(self._cuts)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Yield the rows of a part, replaced. Raises `DataError` if a file is another one now."""
        table, piece = self._cuts[number][0], Piece(**self._cuts[number][1])
        for tally in self._anonymizer.tallies.values():
            tally.clear()
        self._check_file(table, piece)
        for chunk in self._files.read(self._read.table(table), piece):
            yield TableChunk(table, self._anonymizer.replaced(table, chunk))
        self._check_file(table, piece)

    def told(self, number: int) -> Mapping[str, Any]:
        """Return nothing: what was counted is in the note."""
        del number
        return {}

    def note(self, number: int) -> bytes:
        """Return what was counted of the part that was made last, with digests for values."""
        table = self._cuts[number][0]
        counted = {
            column: tally.part(self._key)
            for (of, column), tally in self._anonymizer.tallies.items()
            if of == table
        }
        arrays = [each for part in counted.values() for each in part.digests]
        sink = pa.BufferOutputStream()
        about = {
            "table": table,
            "columns": {column: dict(part.counts) for column, part in counted.items()},
            "sizes": [-1 if each is None else len(each) for each in arrays],
        }
        held = [as_arrow(np.zeros(0, np.uint64)), *(each for each in arrays if each is not None)]
        digests = pa.table({"digests": pa.concat_arrays(held)})
        digests = digests.replace_schema_metadata({"about": json.dumps(about)})
        with pa.ipc.new_stream(sink, digests.schema) as stream:
            stream.write_table(digests)
        return bytes(sink.getvalue())

    def _check_file(self, table: str, piece: Piece) -> None:
        path, now = self._files.stamp(table, piece)
        if now != self._stamps[path]:
            raise DataError(
                "was changed while it was anonymized",
                file=path,
                hint="Begin anew when nobody writes to it any more.",
            )


class AnonymizedParts:
    """An extract that one process wants to be anonymized, in parts of about so many rows."""

    kind = "anonymize"

    def __init__(self, made: Anonymized, rows: int) -> None:
        """Cut the files.

        Raises:
            UnsupportedError: the rows do not lie in files, or only some of them were chosen.
        """
        location = made.anonymizer.data.files
        if location is None:
            raise UnsupportedError(
                "Only whole folders and files are anonymized in parts.",
                hint="Leave out --parts, --jobs and --dask, or write the rows to files first: "
                "synthkit export SOURCE --to extract/ --format parquet.",
            )
        self.schema = made.data.schema
        self.key: MasterKey | None = made.key
        self._made = made
        read = made.anonymizer.data.schema
        place = str(Path(location).resolve())
        files = PiecedFiles(place, rows)
        cuts = [(name, piece) for name in read.table_names for piece in files.pieces(name)]
        counts = [piece.rows for _, piece in cuts]
        self.row_count = None if None in counts else sum(count or 0 for count in counts)
        self._told: dict[str, Any] = {
            "location": place,
            "schema": read.model_dump(mode="json"),
            "stamps": files.stamps(read.table_names),
            "cuts": [[name, asdict(piece)] for name, piece in cuts],
            "plan": plan_yaml.dumps(made.plan),
            "key": {"id": made.key.id, "check": made.key.check, "kept_in": made.key.kept_in},
            "rows": rows,
        }

    def __len__(self) -> int:
        return len(self._told["cuts"])

    @property
    def alone(self) -> str | None:
        """Say why no other process can make parts, or None."""
        return None if self._made.key.kept_in else "The key is in this process's memory alone."

    def history(self) -> History:
        """Return how the rows were made, once they are."""
        assert self._made.data.history is not None
        return self._made.data.history()

    def describe(self, folder: Path) -> dict[str, Any]:
        """Return what other processes have to know."""
        return self._told

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Look at all rows and write what that told; it follows from what `describe` returns."""
        self._made.anonymizer.survey(progress)
        _write_notes(folder / _NOTES, self._made.anonymizer.notes())

    def check(self, receipts: Sequence[Receipt], notes: Iterator[bytes]) -> None:
        """Count all parts together; `DataError` if input values came out again."""
        tallies = self._made.anonymizer.tallies
        for tally in tallies.values():
            tally.clear()
        for note in notes:
            for place, part in _counted(note):
                tallies[place].merge(part)
        for tally in tallies.values():
            tally.check()

    def attachments(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}


def opened(
    told: Mapping[str, Any], folder: Path, plugins: Plugins, key: MasterKey | None
) -> AnonymizedRows:
    """Return the parts that `AnonymizedParts` told of; the key is found where it is kept.

    Raises `UsageError` where it is not, or another one is.
    """
    known = told["key"]
    if key is None:
        where, name = known["kept_in"]
        key = read_key(**{where: name})
    if key.check != known["check"]:
        raise UsageError(
            f"A process that makes parts has another key than {known['id']!r}.",
            hint="Let every host have the same key, under the same name.",
        )
    read = Dataset.in_memory(Schema.model_validate(told["schema"]), {})
    plan = plan_yaml.loads(told["plan"], "the plan of the job")
    anonymizer = Anonymizer(read, plan, key, plugins, ValueRegistry(plugins))
    anonymizer.take_notes(_read_notes(folder / _NOTES))
    files = PiecedFiles(told["location"], told["rows"])
    return AnonymizedRows(anonymizer, files, told, key.under("tallies"))


def _write_notes(path: Path, notes: Sequence[pa.Array]) -> None:
    """Write arrays of any types and lengths, as lists of one row."""
    lists = [pa.ListArray.from_arrays(pa.array([0, len(each)], pa.int32()), each) for each in notes]
    table = pa.Table.from_arrays(lists, [str(number) for number in range(len(lists))])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)


def _read_notes(path: Path) -> list[pa.Array]:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as file:
        table = file.read_all()
    return [column.combine_chunks().flatten() for column in table.columns]


def _counted(note: bytes) -> Iterator[tuple[tuple[str, str], TallyPart]]:
    """Yield what `AnonymizedRows.note` tells of each column."""
    with pa.ipc.open_stream(note) as stream:
        digests = stream.read_all()
    about = json.loads(digests.schema.metadata[b"about"])
    whole = digests.column(0).combine_chunks()
    sizes, at, arrays = about["sizes"], 0, []
    for size in sizes:
        arrays.append(whole.slice(at, size) if size >= 0 else None)
        at += max(size, 0)
    of_columns = zip(arrays[0::3], arrays[1::3], arrays[2::3], strict=True)
    for (column, counts), digests in zip(about["columns"].items(), of_columns, strict=True):
        yield (about["table"], column), TallyPart(counts, digests)
