"""What a job asks of the rows that it makes, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from synthkit.anonymization.keys import MasterKey
from synthkit.contracts.progress import Progress
from synthkit.dataset import TableChunk
from synthkit.export.parts import Receipt
from synthkit.history import History
from synthkit.schema import Schema

__all__ = ["Noting", "Numbered", "Work"]


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


@runtime_checkable
class Noting(Protocol):
    """Parts of which more is noted while they are made than a receipt holds, for `Work.check`."""

    def note(self, number: int) -> bytes:
        """Return what is to be known of the part that was made last."""
        ...


class Work(Protocol):
    """Parts, as the one who wants them to be made knows them."""

    kind: str
    """What `open_job` tells them by."""
    schema: Schema
    key: MasterKey | None
    """What makers have to know and what does not lie in the job."""

    def __len__(self) -> int:
        """Return the number of parts."""
        ...

    @property
    def row_count(self) -> int | None:
        """Rows of all parts, where that is known before."""
        ...

    @property
    def alone(self) -> str | None:
        """Say why no other process can make parts, or None."""
        ...

    def history(self) -> History:
        """Return how the rows were made, once they are."""
        ...

    def describe(self, folder: Path) -> dict[str, Any]:
        """Return what others have to know as plain values, with files in a folder."""
        ...

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Write files that take long, and that follow from what `describe` tells."""
        ...

    def check(self, receipts: Sequence[Receipt], notes: Iterator[bytes]) -> None:
        """Look at what was told of all parts in order, before the tables appear."""
        ...

    def attachments(self) -> Mapping[str, str]:
        """Return texts that go beside the tables, by file name; asked after `check`."""
        ...
