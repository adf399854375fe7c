"""The pages that were read, on disk line by line, so that a pull that was killed goes on."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from synthkit.errors import UsageError
from synthkit.sources.rest.spec import Api
from synthkit.staging import sync

if TYPE_CHECKING:
    from synthkit.sources.rest.sealing import Seal

__all__ = ["Journal", "Page"]


@dataclass(frozen=True)
class Page:
    """One answer: of which endpoint, below which row of its parent, and how to go on.

    ``owner`` are the values of the parent's row that the path holds; ``next`` is the state that
    asks for the page after it, None at the end.
    """

    endpoint: str
    owner: dict[str, Any] | None
    records: list[Any]
    next: dict[str, Any] | None


class Journal:
    """A file of pages beside the output, for this user alone. One process at a time holds it."""

    def __init__(
        self,
        out: Path,
        api: Api,
        *,
        max_rows: int | None = None,
        restart: bool = False,
        seal: Seal | None = None,
    ) -> None:
        """Open what an earlier run left there, or begin; a line that was cut off is removed.

        With a ``seal`` each page is encrypted. Raises `UsageError` if another process holds it,
        or if api.yaml or the key is not the same any more.
        """
        self._seal = seal
        self._lines = 0
        self.folder = out.parent / f".{out.name}.pull"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = self.folder / "pages.jsonl"
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(handle, "ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise UsageError(f"Another run is pulling into {str(out)!r}.") from error
        self._begin(_digest(api, max_rows), restart=restart)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _begin(self, digest: str, *, restart: bool) -> None:
        if restart:
            self._file.truncate(0)
        whole, first = 0, None
        with self.path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                first = first or json.loads(line)
                whole += len(line)
                self._lines += 1
        self._file.truncate(whole)
        key = None if self._seal is None else [self._seal.name, self._seal.check]
        begin = {"version": 2, "api": digest, "key": key}
        if first is None:
            self._line(json.dumps(begin))
            sync(self.folder)
        elif first != begin:
            self._file.close()
            raise UsageError(
                "An earlier run was not finished, and api.yaml, --max-rows or the key is another "
                "now.",
                hint="Add --restart to read everything again, or undo the change to go on.",
            )

    def add(self, page: Page) -> None:
        """Bring a page to disk; after this, it is never asked for again."""
        text = json.dumps(asdict(page), ensure_ascii=True, separators=(",", ":"))
        if self._seal is not None:
            closed = self._seal.closed(text.encode(), f"page {self._lines}")
            text = base64.b64encode(closed).decode()
        self._line(text)

    def pages(self, endpoint: str | None = None) -> Iterator[Page]:
        """Yield the pages, in the order of reading; of one endpoint, if it is named."""
        with self.path.open("rb") as lines:
            next(lines)
            for number, line in enumerate(lines, start=1):
                seal = self._seal
                text = seal.opened(base64.b64decode(line), f"page {number}") if seal else line
                page = Page(**json.loads(text))
                if endpoint in (None, page.endpoint):
                    yield page

    def remove(self) -> None:
        """Forget the pages: what they hold was written elsewhere."""
        self.path.unlink(missing_ok=True)
        self.folder.rmdir()

    def _line(self, text: str) -> None:
        self._file.write(text.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._lines += 1


def _digest(api: Api, max_rows: int | None) -> str:
    """Return a digest of what decides which pages are asked for."""
    asked = [
        api.base_url,
        [asdict(each) for each in api.endpoints],
        dict(api.headers),
        api.limits.max_rows,
        max_rows,
    ]
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
