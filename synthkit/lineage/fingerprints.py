"""Fingerprints of files and folders, and locations without what is secret in them."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from synthkit.errors import SynthkitError
from synthkit.lineage.record import FILE

__all__ = ["file_digest", "files_in", "fingerprint", "masked", "text_fingerprint"]

_FILE_URLS = ("sqlite:///", "duckdb:///", "file://")
_PASSWORD = re.compile(r"(://[^:/@?#]*):.*@")
_SECRET = re.compile(r"([?&]\w*(?:password|passwd|pwd|token|secret|api_?key|key)=)[^&#]*", re.I)


def fingerprint(location: str) -> str | None:
    """Return ``sha256:hex`` of a file, or of the names and contents of a folder's files.

    Hidden files and lineage are left out: the same data has the same fingerprint whenever it was
    made. None for what is not on this machine's disk. Raises `SynthkitError` if it cannot be read.
    """
    for scheme in _FILE_URLS:
        location = (
            location.removeprefix(scheme).partition("?")[0] if scheme in location else location
        )
    path = Path(location)
    if "://" in location or not path.exists():
        return None
    if not path.is_dir():
        return f"sha256:{file_digest(path)}"
    lines = [f"{name}\t{file_digest(file)}" for name, file in files_in(path).items()]
    return text_fingerprint("\n".join(lines))


def text_fingerprint(text: str) -> str:
    """Return ``sha256:hex`` of a text in UTF-8."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def files_in(folder: Path) -> dict[str, Path]:
    """Return the files of a folder and of the folders in it, by relative name, in order."""
    found: dict[str, Path] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name == FILE or entry.name.endswith(f".{FILE}"):
            continue
        if entry.is_dir():
            found |= {f"{entry.name}/{name}": file for name, file in files_in(entry).items()}
        elif entry.is_file():
            found[entry.name] = entry
    return found


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits. Raises `SynthkitError`."""
    try:
        known = path.stat()
        return _digest_of(str(path.resolve()), known.st_size, known.st_mtime_ns)
    except OSError as error:
        raise SynthkitError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            hint="Check that it is there and that this user may read it.",
        ) from error


@lru_cache(maxsize=4096)
def _digest_of(path: str, size: int, changed: int) -> str:
    """Hash a file; size and time of change tell whether it is still the one that was hashed."""
    digest = sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def masked(location: str) -> str:
    """Return a location without passwords.

    >>> masked("postgresql://me:secret@host/db?sslmode=require&password=x")
    'postgresql://me:***@host/db?sslmode=require&password=***'
    """
    if "://" not in location:
        return location
    return _SECRET.sub(r"\1***", _PASSWORD.sub(r"\1:***@", location))
