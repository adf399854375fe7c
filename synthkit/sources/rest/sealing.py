"""What was read and is not anonymized yet rests on disk encrypted, with a key of the run's key.

AES-256 in GCM (NIST SP 800-38D), a random nonce for each piece; a piece is bound to its place, and
the last one to being the last.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from synthkit.errors import DataError
from synthkit.sources.files.places import Part

__all__ = ["Seal", "Sealed", "SealedPart"]

_NONCE_BYTES = 12
_PIECE_BYTES = 1 << 18
_LENGTH_BYTES = 4


class Seal:
    """Encrypts pieces of bytes with a key of 32 bytes.

    ``name`` says in messages which key it is; ``check`` is a digest that tells keys apart.
    """

    def __init__(self, key: bytes, name: str, check: str) -> None:
        """Store the key. It is in no message and no file."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)
        self.name = name
        self.check = check

    def closed(self, piece: bytes, place: str) -> bytes:
        """Return a piece encrypted; it opens at this place only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, piece, place.encode())

    def opened(self, piece: bytes, place: str) -> bytes:
        """Return a piece as it was. Raises `DataError` if it is not from here, or was changed."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(piece[:_NONCE_BYTES], piece[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise DataError(
                f"pages of an earlier run do not open with the key {self.name!r}",
                hint="They were changed, or damaged. Add --restart to read everything again.",
            ) from error


class Sealed(io.RawIOBase):
    """A file of encrypted pieces of text, written from start to end."""

    def __init__(self, path: Path, seal: Seal) -> None:
        """Begin the file, for this user alone."""
        self._file: IO[bytes] = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")
        self._name, self._seal = path.name, seal
        self._held = bytearray()
        self._pieces = 0

    def write(self, text: Any) -> int:
        """Add text; it is encrypted before it is on disk."""
        self._held += str(text).encode()
        if len(self._held) >= _PIECE_BYTES:
            self._bring()
        return len(text)

    def close(self) -> None:
        """Bring the rest to disk."""
        if not self.closed:
            self._bring(last=True)
            self._file.close()
        super().close()

    def _bring(self, last: bool = False) -> None:
        piece = self._seal.closed(bytes(self._held), _place(self._name, self._pieces, last))
        self._file.write(len(piece).to_bytes(_LENGTH_BYTES, "big") + piece)
        self._held.clear()
        self._pieces += 1


def _place(name: str, number: int, last: bool) -> str:
    return f"{name} {number}{' last' if last else ''}"


@dataclass(frozen=True)
class SealedPart(Part):
    """A file that `Sealed` wrote, read as any other file of its format."""

    seal: Seal = field(kw_only=True, repr=False)

    def open(self) -> Any:
        """Return the decrypted bytes as a stream."""
        return io.BufferedReader(_Opened(self.path, self.seal), _PIECE_BYTES)


class _Opened(io.RawIOBase):
    def __init__(self, path: Path, seal: Seal) -> None:
        self._pieces = self._read(path, seal)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        given = min(len(self._rest), len(buffer))
        buffer[:given] = self._rest[:given]
        self._rest = self._rest[given:]
        return given

    @staticmethod
    def _read(path: Path, seal: Seal) -> Iterator[bytes]:
        with path.open("rb") as file:
            number, length = 0, file.read(_LENGTH_BYTES)
            while length or number == 0:
                piece = file.read(int.from_bytes(length, "big"))
                length = file.read(_LENGTH_BYTES)
                yield seal.opened(piece, _place(path.name, number, last=not length))
                number += 1
