"""What exporters of databases share: which locations are theirs, and how a load begins and ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Generic

from synthkit.contracts.exporter import Attach, Written
from synthkit.dataset import TableChunk
from synthkit.errors import UsageError
from synthkit.export.databases.load import Load, Settings, fill
from synthkit.export.databases.place import Server, file_of, scheme_of, server_of
from synthkit.schema import Schema
from synthkit.staging import staging, sync

__all__ = ["FileExporter", "ServerExporter"]


class ServerExporter(ABC, Generic[Settings]):
    """Writes tables into a database of a server."""

    format: ClassVar[str]
    schemes: ClassVar[tuple[str, ...]]

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @abstractmethod
    def connected(
        self, server: Server, schema: Schema, overwrite: bool
    ) -> AbstractContextManager[Load[Any]]:
        """Give a load; what it has not committed is undone at the end."""

    def claims(self, location: str) -> bool:
        """Say whether the location is a URL with one of the schemes."""
        return scheme_of(location) in self.schemes

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table, complete or not at all; see `AttachingExporter`."""
        server = server_of(location)
        with self.connected(server, schema, overwrite) as load:
            return fill(load, schema, chunks, server.shown, self.format, attach)


class FileExporter(ABC, Generic[Settings]):
    """Writes tables into a database that is one file.

    ``format`` is also the scheme of its URLs. Its files have ``start`` at the byte ``start_at``.
    """

    format: ClassVar[str]
    title: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    start: ClassVar[bytes]
    start_at: ClassVar[int] = 0

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @abstractmethod
    def connected(
        self, file: Path, schema: Schema, location: str, overwrite: bool, *, fresh: bool
    ) -> AbstractContextManager[Load[Any]]:
        """Give a load; what it has not committed is undone at the end.

        A ``fresh`` file is not there yet, and goes away if anything is raised.
        """

    def claims(self, location: str) -> bool:
        """Say whether the location is a URL of the format, or has an ending of its files."""
        return file_of(location, self.endings, self.format) is not None

    def write(
        self,
        schema: Schema,
        chunks: Iterator[TableChunk],
        location: str,
        overwrite: bool = False,
        attach: Attach | None = None,
    ) -> Written:
        """Write every table, complete or not at all; see `AttachingExporter`."""
        target = (file_of(location, self.endings, self.format) or Path(location)).resolve()
        if target.is_dir():
            raise UsageError(f"{location!r} is a folder.", hint="Give a file.")
        fresh = not target.exists() or target.stat().st_size == 0
        if not fresh:
            self._check_start(target, location)
        elif self._settings.into_existing:
            raise UsageError(
                f"There is no database {location!r} to fill.", hint="Leave out --into-existing."
            )

        def run(file: Path) -> Written:
            with self.connected(file, schema, location, overwrite, fresh=fresh) as load:
                return fill(load, schema, chunks, location, self.format, attach)

        if not fresh:
            return run(target)
        with staging(target) as staged:
            file = staged / target.name
            written = run(file)
            sync(file)
            file.replace(target)
        return written

    def _check_start(self, target: Path, location: str) -> None:
        """Raise `UsageError` for a file that begins in another way."""
        with target.open("rb") as file:
            file.seek(self.start_at)
            if file.read(len(self.start)) != self.start:
                raise UsageError(
                    f"{location!r} is there already and is not {self.title}.",
                    hint="Give another file.",
                )
