"""Where the bytes of a file go: counted, hashed, compressed on the way, on disk in the end."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pyarrow as pa

__all__ = ["ENDINGS", "FileSink", "attached_path", "write_text"]

ENDINGS = {"none": "", "gzip": ".gz", "zstd": ".zst"}
"""What a compressed text file's name ends in."""


class _Counted(io.RawIOBase):
    """A file that is written once, from start to end, and hashed as it goes."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        self.digest = hashlib.sha256()
        self.byte_count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        with memoryview(data) as view:
            written = 0
            while written < view.nbytes:
                # A full disk may take a part; only the next call then says that it is full.
                written += self._file.write(view[written:])
            self.digest.update(view)
        self.byte_count += written
        return written

    def tell(self) -> int:
        return self.byte_count

    def finish(self) -> None:
        """Bring everything to disk and close."""
        os.fsync(self._file.fileno())
        self.release()

    def release(self) -> None:
        """Close the file. `close` leaves it open: Arrow calls that before all is on disk."""
        self._file.close()


class FileSink:
    """One file to write; ``compression`` is none, gzip or zstd, the same bytes every time."""

    def __init__(self, path: Path, compression: str) -> None:
        self._raw = _Counted(path)
        self._packed: Any = None
        if compression == "gzip":
            import gzip

            self._packed = gzip.GzipFile(
                filename="", mode="wb", compresslevel=6, fileobj=self._raw, mtime=0
            )
        elif compression == "zstd":
            self._packed = pa.CompressedOutputStream(pa.PythonFile(self._raw, mode="w"), "zstd")

    @property
    def raw(self) -> Any:
        """The file itself, for formats that compress on their own."""
        return self._raw

    def write(self, data: Any) -> None:
        """Write bytes, or an Arrow buffer of them."""
        (self._raw if self._packed is None else self._packed).write(data)

    def finish(self) -> tuple[int, str]:
        """Bring everything to disk and close; return the file's size and SHA-256."""
        if self._packed is not None:
            self._packed.close()
        self._raw.finish()
        return self._raw.byte_count, self._raw.digest.hexdigest()

    def abandon(self) -> None:
        """Close without finishing."""
        self._raw.release()


def write_text(path: Path, text: str) -> tuple[int, str]:
    """Write a text that ends in one line break, on disk in the end; return size and SHA-256."""
    sink = FileSink(path, "none")
    try:
        sink.write((text.rstrip("\n") + "\n").encode("utf-8"))
        return sink.finish()
    finally:
        sink.abandon()


def attached_path(file: Path, name: str) -> Path:
    """Return where a text lies that is attached to a single file."""
    return file.with_name(f"{file.name}.{name}")
